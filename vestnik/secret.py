"""A password or token that cannot be shown by mistake."""

from hmac import compare_digest
from typing import Final, NoReturn, Self

SHOWN: Final = "***"
"""What stands in the place of a secret."""


class Secret:
    """The text of a password or token. Whatever shows it (`str`, `repr`, format, `%s`, a traceback) shows `***`.

    Not a subclass of str: `"".join`, `+`, `json`, encoders and everything written in C take the text out of one without
    asking `__str__`. Of this class they raise TypeError, so a secret that goes where it should not is an error in a
    test and not a line in a file. `reveal` is the only way to the text, and easy to search for.

    Two are compared in constant time (their lengths are not hidden), and only with each other. It cannot be hashed or
    pickled; copying gives the same object. `len` is there for limits; an empty one is false. Raises TypeError for
    anything that is not a str; the error does not say what it was.
    """

    __slots__ = ("__text",)
    __hash__ = None  # type: ignore[assignment]  # a dict or set compares in its own time

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise TypeError("a secret is a text")
        self.__text = text

    def reveal(self) -> str:
        """The text itself."""
        return self.__text

    def __repr__(self) -> str:
        return SHOWN

    def __format__(self, _spec: str) -> str:
        return SHOWN

    def __len__(self) -> int:
        return len(self.__text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return compare_digest(_octets(self.__text), _octets(other.__text))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a secret is not pickled")


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
