"""From values to sentences."""

import pytest

from vestnik.log.recording.forms import form, forms

ROWS = [("a", 1, None, 0.5), ("{0}", True, "%s", 1e300), ("я", -3, "", 2.0)]


@pytest.mark.parametrize(
    "template",
    [
        "",
        "plain {{}}",
        "{0}",
        "a {1}",
        "{1} b {0}",
        "{0}{1}",
        "{2}, {0}: {1}.",
        "{0} {1} {2} {3}",
        "{3:.2f}",
        "{0!r} {1}",
    ],
)
def test_like_format(template: str) -> None:
    """Sentences are what `str.format` makes of the template, one by one and all at once."""
    expected = [template.format(*row) for row in ROWS]
    assert [form(template)(*row) for row in ROWS] == expected
    assert forms(template)(tuple(zip(*ROWS, strict=True)), len(ROWS)) == expected


def test_too_few() -> None:
    """Values that are missing are said to be."""
    with pytest.raises(IndexError):
        form("{0} {1}")("a")
    with pytest.raises(IndexError):
        forms("{0} {1}")([("a", "b")], 2)
