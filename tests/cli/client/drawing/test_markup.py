"""What stands out in texts."""

import pytest

from vestnik.cli.client.drawing.colours import Colours, Depth
from vestnik.cli.client.drawing.markup import Markup

LINK, CODE, MENTION, END = "\x1b[4;38;5;32m", "\x1b[38;5;130m", "\x1b[1;7m", "\x1b[0m"


def painted(text: str) -> str:
    """A text as anna sees it."""
    return "\n".join(Markup("anna", Colours(Depth.MANY)).lines(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://example.org/a?b=1.", f"see {LINK}https://example.org/a?b=1{END}."),
        ("(http://пример.рф/чай)", f"({LINK}http://пример.рф/чай{END})"),
        ("run `make tea` now", f"run {CODE}`make tea`{END} now"),
        ("`https://x.org`", f"{CODE}`https://x.org`{END}"),
        ("@Anna, @annabel, x@anna", f"{MENTION}@Anna{END}, @annabel, x@anna"),
        ("@все: чай", f"{MENTION}@все{END}: чай"),
        ("```\nx = `1`\n```\n`y`", f"{CODE}```{END}\n{CODE}x = `1`{END}\n{CODE}```{END}\n{CODE}`y`{END}"),
        ("```py\n\n```", f"{CODE}```py{END}\n\n{CODE}```{END}"),
        ("` a ``", f"{CODE}` a `{END}`"),
        ("\x1b[31mred", "\\x1b[31mred"),
    ],
)
def test_painted(text: str, shown: str) -> None:
    """Links, code and one's own name stand out; the rest stays plain."""
    assert painted(text) == shown
