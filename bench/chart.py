"""Charts as SVG, drawn with text alone: a page of small ones that any Git host shows."""

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT, COLUMNS = 400, 230, 2
LEFT, RIGHT, TOP, BOTTOM = 52, 22, 40, 44
TICKS = 4
STEEP = 8.0
"""From this quotient of the largest and the smallest figure on the scale is logarithmic."""
STYLE = (
    "text{font:11px sans-serif;fill:#444}.title{font-weight:bold;font-size:12px;fill:#222}"
    ".grid{stroke:#ddd}.line{fill:none;stroke:#2563a8;stroke-width:2}.dot{fill:#2563a8}"
)


class Chart(NamedTuple):
    """A line through points that are the same distance apart, whatever their names say; figures are not negative."""

    title: str
    axis: str
    points: Sequence[tuple[str, float]]


def page(charts: Sequence[Chart]) -> str:
    """Return all charts as one picture."""
    lines = math.ceil(len(charts) / COLUMNS)
    width, height = WIDTH * min(COLUMNS, max(len(charts), 1)), HEIGHT * lines
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, chart in enumerate(charts):
        row, column = divmod(number, COLUMNS)
        parts.append(f'<g transform="translate({column * WIDTH} {row * HEIGHT})">{_draw(chart)}</g>')
    return "\n".join([*parts, "</svg>\n"])


def _draw(chart: Chart) -> str:
    figures = [figure for _, figure in chart.points]
    low, high, steep = scale(figures)
    parts = [f'<text class="title" x="{LEFT}" y="20">{escape(chart.title)}</text>']
    for tick in range(TICKS + 1):
        share = tick / TICKS
        figure = low * (high / low) ** share if steep else high * share
        y = _down(share)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{figure:.3g}</text>')
    places = []
    for number, (name, figure) in enumerate(chart.points):
        x = LEFT + (WIDTH - LEFT - RIGHT) * (number + 0.5) / len(chart.points)
        y = _down(math.log(figure / low) / math.log(high / low) if steep else figure / high)
        places.append((x, y))
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{escape(name)}</text>')
        parts.append(f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{figure:.3g}</text>')
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts.append(f'<polyline class="line" points="{drawn}"/>')
    parts += [f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in places]
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    parts.append(f'<text x="{middle:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{escape(chart.axis)}</text>')
    return "".join(parts)


def scale(figures: Sequence[float]) -> tuple[float, float, bool]:
    """Return the lowest and the highest figure of a scale, and whether it is logarithmic; the others begin at 0."""
    low, high = min(figures, default=0.0), max(figures, default=0.0)
    steep = low > 0 and high / low >= STEEP
    return (low / 1.5, high * 1.5, True) if steep else (0.0, high * 1.25 or 1.0, False)


def _down(share: float) -> float:
    """How far down something is that is so far up the scale."""
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share
