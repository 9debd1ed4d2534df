"""The chart of growth: how it is drawn, and the table beside it."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.chart import Chart, page, scale
from bench.growth import SERIES, charts, growth_rows, keep_growth, smallest
from bench.profiles import Result

SVG = "{http://www.w3.org/2000/svg}"


def found(*costs: float | None) -> list[Result]:
    """What was measured at the points of a series."""
    return [Result([] if cost is None else [{"cpu_us": cost}]) for cost in costs]


def test_picture() -> None:
    """A picture is well-formed, has a dot for each figure, and nothing outside of it."""
    drawn = [Chart("a < b", "rooms", [("1", 2.0), ("10", 2.5), ("100", 40.0)]), Chart("none", "nothing", [])]
    root = ElementTree.fromstring(page(drawn))
    dots = root.findall(f".//{SVG}circle")
    assert len(dots) == 3
    for dot in dots:
        assert 0 < float(dot.attrib["cx"]) < 400
        assert 0 < float(dot.attrib["cy"]) < 230
    assert "a < b" in {text.text for text in root.iter(f"{SVG}text")}


def test_higher_is_higher() -> None:
    """The larger figure is further up, on either scale."""
    for largest in (3.0, 300.0):
        root = ElementTree.fromstring(page([Chart("", "", [("1", 2.0), ("2", largest)])]))
        low, high = (float(dot.attrib["cy"]) for dot in root.iter(f"{SVG}circle"))
        assert high < low


def test_scales() -> None:
    """The scale begins at nothing unless figures are far apart; nothing at all has a scale, too."""
    assert scale([2.0, 3.0])[0] == 0
    low, high, steep = scale([0.2, 20.0])
    assert steep
    assert 0 < low < 0.2
    assert high > 20
    assert scale([]) == scale([0.0]) == (0.0, 1.0, False)


def test_table() -> None:
    """The table has all points, and says how many times as much the last one is as the first."""
    series = [replace(SERIES[0], points=SERIES[0].points[:3])]
    _, row = growth_rows(series, [found(2.0, 4.0, 5.0)])
    assert row[1:] == ["1 → 10 → 100", "2.00 → 4.00 → 5.00 µs", "2.50 ×"]
    _, row = growth_rows(series, [found(2.0, None, None)])
    assert row[2:] == ["2.00 → – → – µs", "–"]
    assert len(charts(series, [found(2.0, None, 5.0)])[0].points) == 2


def test_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page gets the table and shows the picture beside it."""
    monkeypatch.setattr("bench.growth.PICTURE", tmp_path / "growth.svg")
    keep_growth(tmp_path / "page.md", "Today.\n", SERIES[:1], [found(1.0, 2.0, 3.0, 4.0, 5.0)])
    text = (tmp_path / "page.md").read_text()
    assert "](growth.svg)" in text
    assert "5.00 ×" in text
    assert ElementTree.parse(tmp_path / "growth.svg").getroot().tag == f"{SVG}svg"


def test_small_version() -> None:
    """To see that it runs, every series has two small points."""
    for small in smallest(SERIES):
        assert len(small.points) == 2
        assert all(point.profile.connections <= 1200 for point in small.points)
