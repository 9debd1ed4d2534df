"""The table: how figures become text, for the terminal and for docs/performance.md."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from bench.goals import Goal, Results, median_of, ratio
from bench.peers import Server
from bench.profiles import Profile, Result

NOTHING = "–"
HEADING = "# Performance\n\n"


def rate(copies_per_s: float) -> str:
    """Return copies per second with three digits: 5.31 M, 814 k, 950."""
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if copies_per_s >= size:
            figure = copies_per_s / size
            return f"{figure:.{2 if figure < 10 else 1 if figure < 100 else 0}f}{letter}"
    return f"{copies_per_s:.0f}"


def cell(profile: Profile, result: Result | None) -> str:
    """Return the figures of one server under one load, or a dash."""
    if result is None or not result.rounds:
        return NOTHING
    if profile.mode == "idle":
        each, whole = result.median("kb_per_connection"), result.median("rest_kb")
        return f"{each or 0:.2f} KB, {(whole or 0) / 1024:.0f} MB"
    if profile.mode == "resume":
        cost = (result.median("cpu_us") or 0) / 1000
        return f"{result.median('seconds') or 0:.1f} s ({cost:.2f} ms each)"
    if profile.indexed:
        return f"{result.median('index_us') or 0:.1f} µs a message, {result.median('index_s') or 0:.1f} s"
    cpu = f"{result.median('cpu_us') or 0:.2f} µs"
    if profile.mode == "latency":
        p50, p99 = result.median("p50_us") or 0, result.median("p99_us") or 0
        return f"{p50 / 1000:.2f} / {p99 / 1000:.2f} ms ({cpu})"
    if profile.mode == "people":
        times = " / ".join(f"{(result.median(key) or 0) / 1000:.1f}" for key in ("p50_us", "p99_us", "p999_us"))
        return f"{rate(result.median('copies_per_s') or 0)} ({cpu}), {times} ms"
    lost = f", lost {result.lost()}" if result.lost() else ""
    return f"{rate(result.median('copies_per_s') or 0)} ({cpu}{lost})"


def rows(servers: Sequence[Server], profiles: Sequence[Profile], results: Results) -> list[list[str]]:
    """Return the table as texts, its heading first."""
    table = [["load", *(server.label for server in servers), "Vestnik / sketch", "messages per commit"]]
    for profile in profiles:
        times = ratio(results, profile.name)
        cells = [cell(profile, results.get((server.name, profile.name))) for server in servers]
        commits = median_of(results, "vestnik", profile.name, "per_commit")
        table.append([profile.label, *cells, said(times, "{:.2f} ×"), said(commits, "{:.0f}")])
    return table


def people_rows(servers: Sequence[Server], profiles: Sequence[Profile], results: Results) -> list[list[str]]:
    """Return the times where everybody has one message in flight, the heading first."""
    heading = ["load", "server", "messages per second", "acknowledged p50 / p99 / p99.9", "delivered p50 / p99 / p99.9"]
    table = [heading]
    for profile in profiles:
        for server in servers:
            result = results.get((server.name, profile.name))
            if profile.mode != "people" or result is None or not result.rounds:
                continue
            times = [
                " / ".join(f"{(result.median(f'{what}{key}_us') or 0) / 1000:.1f}" for key in ("p50", "p99", "p999"))
                for what in ("", "arrival_")
            ]
            known = server.kind == "own"
            speed = rate(result.median("copies_per_s") or 0)
            table.append([profile.label, server.label, speed, f"{times[0]} ms" if known else NOTHING, f"{times[1]} ms"])
    return table


def said(number: float | None, form: str) -> str:
    """Return a figure as text, or a dash."""
    return NOTHING if number is None else form.format(number)


def goal_rows(goals: Sequence[Goal]) -> list[list[str]]:
    """Return the goals as texts, the heading first."""
    return [
        ["goal", "limit", "measured", "met"],
        *([goal.name, goal.limit, goal.figure, "yes" if goal.met else "**no**"] for goal in goals),
    ]


def rich_table(title: str, texts: Sequence[Sequence[str]]) -> Table:
    """Return the texts as a table for the terminal."""
    table = Table(title=title)
    for heading in texts[0]:
        table.add_column(heading)
    for row in texts[1:]:
        table.add_row(*(text.replace("**no**", "[bold red]no[/]") for text in row))
    return table


def markdown(texts: Sequence[Sequence[str]]) -> str:
    """Return the texts as a Markdown table."""
    lines = [texts[0], ["---"] * len(texts[0]), *texts[1:]]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def document(about: str, tables: Sequence[Sequence[Sequence[str]]], goals: Sequence[Goal]) -> str:
    """Return what stands between the two marks in docs/performance.md."""
    parts = [about, *(markdown(texts) for texts in tables)]
    if goals:
        parts.append(markdown(goal_rows(goals)))
    return "\n".join(parts)


def write(path: Path, section: str, text: str) -> None:
    """Put the text between the two marks of a section of a file, which is made if missing; leave the rest alone."""
    start, end = f"<!-- {section}:start -->", f"<!-- {section}:end -->"
    whole = path.read_text() if path.exists() else HEADING
    if start not in whole or end not in whole:
        whole = f"{whole.rstrip()}\n\n{start}\n{end}\n"
    before, rest = whole.split(start, 1)
    after = rest.split(end, 1)[1]
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before}{start}\n{text}{end}{after}")
