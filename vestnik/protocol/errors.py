"""The tree of exceptions. Every one knows the response code it is answered with.

VestnikError                500
├── BadRequest              400  the request, or the bytes it came in, cannot be understood
├── NotAuthorised           401  the action needs a login
├── WrongLogin              402  wrong name, password or token
├── Forbidden               403  known, but not allowed
├── NotFound                404  no such account, room or contact
├── Conflict                409  the name is taken
├── TooMany                 429  too often: later
└── ServerError             500  our own fault, or an overload
    └── LocalError          ---  never sent: shown and journaled where it happens
        ├── StartupError         the program cannot start
        └── ClientError          what goes wrong on the client's side (`vestnik.client.errors`)
"""

from typing import ClassVar

from vestnik.protocol.answers import SERVER_ERROR, Answer
from vestnik.protocol.codes import Code
from vestnik.texts import say
from vestnik.texts.system import system_reason


class VestnikError(Exception):
    """An expected failure: an `answer` and the `values` of its fields, in the answer's order."""

    code: ClassVar[Code] = Code.SERVER_ERROR

    def __init__(self, answer: Answer, *values: object) -> None:
        super().__init__(answer.name, *values)
        self.answer = answer
        self.values = values

    def text(self, language: str) -> str:
        """The sentence of this error in `language` ("ru" or "en")."""
        return say(language, self.answer.name, **dict(zip(self.answer.fields, self.values, strict=True)))

    def __str__(self) -> str:
        return self.text("en")


class BadRequest(VestnikError):
    """400: the request cannot be understood. `fatal` says that the stream cannot be read any further."""

    code = Code.BAD_REQUEST

    def __init__(self, answer: Answer, *values: object, fatal: bool = False) -> None:
        super().__init__(answer, *values)
        self.fatal = fatal


class NotAuthorised(VestnikError):
    """401: the action needs a login."""

    code = Code.NOT_AUTHORISED


class WrongLogin(VestnikError):
    """402: wrong name, password or token; which of them is not said."""

    code = Code.WRONG_LOGIN


class Forbidden(VestnikError):
    """403: understood, but not allowed."""

    code = Code.FORBIDDEN


class NotFound(VestnikError):
    """404: no such account, room or contact."""

    code = Code.NOT_FOUND


class Conflict(VestnikError):
    """409: the name is already taken."""

    code = Code.CONFLICT


class TooMany(VestnikError):
    """429: not so often. The last value of its answer, `seconds`, says when it may be tried again."""

    code = Code.TOO_MANY


class ServerError(VestnikError):
    """500: our own fault, or an overload; internals are not told."""


class LocalError(ServerError):
    """Never sent. `event` names the journal event (and text) that says what happened, `fields` its values.

    A value may be another error, of ours or of the system, which is then said in the language of whoever reads.
    """

    def __init__(self, event: str, **fields: "str | int | VestnikError | OSError") -> None:
        super().__init__(SERVER_ERROR)
        self.args = (event, fields)
        self.event = event
        self.fields = fields

    def text(self, language: str) -> str:
        """The sentence of this error in `language` ("ru" or "en")."""
        return say(language, self.event, **self.shown(language))

    def shown(self, language: str) -> dict[str, str | int]:
        """Its fields as they are shown in `language`."""
        return {name: _shown(value, language) for name, value in self.fields.items()}


def _shown(value: str | int | VestnikError | OSError, language: str) -> str | int:
    if isinstance(value, VestnikError):
        return value.text(language)
    return system_reason(value, language) if isinstance(value, OSError) else value


class StartupError(LocalError):
    """The program cannot start."""
