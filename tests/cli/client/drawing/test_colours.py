"""Colours, and that they can be read and switched off."""

import pytest

from vestnik.cli.client.drawing.colours import PEOPLE, Colours, Depth, Style, depth_of

LEVELS = (0, 95, 135, 175, 215, 255)


def luminance(number: int) -> float:
    """The relative luminance (WCAG) of one of the 256 colours of xterm, as far as it is in the cube or a grey."""
    if number >= 232:
        channels = (8 + 10 * (number - 232),) * 3
    else:
        at = number - 16
        channels = (LEVELS[at // 36], LEVELS[at // 6 % 6], LEVELS[at % 6])
    red, green, blue = (
        value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("number", [*PEOPLE, 243, 32, 130, 160])
def test_readable(number: int) -> None:
    """Every colour stands out from black as well as from white."""
    assert 1.05 / (luminance(number) + 0.05) >= 3.6
    assert (luminance(number) + 0.05) / 0.05 >= 3.6


@pytest.mark.parametrize(
    ("environment", "depth"),
    [
        ({"TERM": "xterm-256color"}, Depth.MANY),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, Depth.MANY),
        ({"TERM": "xterm"}, Depth.FEW),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, Depth.MONO),
        ({"TERM": "xterm", "NO_COLOR": ""}, Depth.FEW),
        ({"TERM": "dumb"}, Depth.PLAIN),
        ({}, Depth.PLAIN),
    ],
)
def test_depth(environment: dict[str, str], depth: Depth) -> None:
    """Terminal and user decide how many colours there are."""
    assert depth_of(environment) is depth


@pytest.mark.parametrize("depth", [Depth.MONO, Depth.PLAIN])
def test_no_colours(depth: Depth) -> None:
    """Without colours nothing sets any; a plain terminal gets text alone."""
    colours = Colours(depth)
    painted = [colours.paint("x", style) for style in Style] + [colours.person("x", "anna")]
    assert not [each for each in painted if "\x1b[3" in each or ";3" in each]
    assert depth is Depth.MONO or painted == ["x"] * len(painted)


def test_people() -> None:
    """Somebody has the same colour however the name is written, and others have others."""
    colours = Colours(Depth.MANY)
    assert colours.person("x", "Anna") == colours.person("x", "anna")
    assert len({colours.person("x", name) for name in ("anna", "boris", "clara", "dora", "egor", "фома")}) > 3
