"""The table of answers."""

import pytest

from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.protocol.codes import FIRST_ERROR, Code


def test_all_is_complete() -> None:
    """`ALL` holds every answer of the module under its own name, each name once."""
    constants = [value for value in vars(answers).values() if isinstance(value, Answer)]
    assert list(answers.ALL.values()) == constants
    assert all(name == answer.name for name, answer in answers.ALL.items())
    assert len(answers.ALL) == len(constants)


@pytest.mark.parametrize("answer", answers.ALL.values(), ids=lambda answer: answer.name)
def test_constants_are_named_after_their_answers(answer: Answer) -> None:
    """The constant of `room.joined` is `ROOM_JOINED`."""
    assert getattr(answers, answer.name.replace(".", "_").upper()) is answer


def test_codes_of_the_specification() -> None:
    """The codes are those of JIM and 429, which is of HTTP, and `error` begins at 400."""
    assert [int(code) for code in Code] == [100, 101, 200, 201, 202, 400, 401, 402, 403, 404, 409, 410, 429, 500]
    assert FIRST_ERROR == 400


def test_codes_of_the_mission() -> None:
    """The codes that the mission's session fixes: 202 then 200 for a login, 402, 403 and 400 for a bad leave."""
    assert answers.LOGIN_ACCEPTED.code == 202
    assert answers.LOGIN_RESUMED.code == 200
    assert answers.LOGIN_REFUSED.code == 402
    assert answers.ROOM_NOT_MEMBER.code == 403
    assert answers.ROOM_UNKNOWN_LEAVE.code == 400
