"""What a large store has to reach, and its tables."""

from bench.findings import Rounds, Table, notes, text
from bench.goals import Goal, at_least, lost, within
from bench.journal_load import LOADS, cpu_ratio, speed_ratio
from bench.report import cell
from bench.scale_questions import BASE, BASE_QUESTION, HISTORY, LIST, MISSED, QUESTIONS, RESUME, SEARCH

MOST_START_S = 2.0
MOST_PAGE_MS = 10.0
MOST_RESUME_MS = 50.0
MOST_SEARCH_MS = 50.0
LEAST_SPEED = 0.95

START, LOAD = "start", "load"
PARTS = (START, HISTORY, RESUME, LIST, SEARCH, LOAD)
ASKED = (HISTORY, RESUME, LIST, SEARCH)
EMPTY, LARGE = "empty", "large"
STORES = {EMPTY: "empty store", LARGE: "large store"}
TOGETHER = {HISTORY: "all pages together", SEARCH: "all searches together"}
"""The rows of all answers of a part, which its goal is about."""


def labels(part: str) -> dict[str, str]:
    """Return what is asked in a part, by name."""
    asked = MISSED if part == RESUME else QUESTIONS[part]
    return {name: one.label for name, one in asked.items()} | ({part: TOGETHER[part]} if part in TOGETHER else {})


def start_table(findings: Rounds) -> Table:
    """Return how the server starts."""
    rows = [["start", "until it listens", "CPU until then", "memory at rest", "database"]]
    for name, label in STORES.items():
        seconds, cpu = (text(findings.median(name, key), "{:.2f} s") for key in ("seconds", "cpu"))
        memory, size = (text(findings.median(name, key), "{:.0f} MB") for key in ("rest_mb", "file_mb"))
        rows.append([label, seconds, cpu, memory, size])
    return Table("Start", rows, notes(findings, STORES))


def asked_table(findings: Rounds, parts: tuple[str, ...]) -> Table:
    """Return how long answers take."""
    named = {BASE: BASE_QUESTION.label}
    for part in parts:
        named |= labels(part)
    rows = [["question", "listed", "p50", "p99", "CPU"]]
    problems: dict[str, list[str]] = {}
    for name, label in named.items():
        times = (text(findings.median(name, key), "{:.2f} ms") for key in ("p50", "p99", "cpu"))
        rows.append([label, text(findings.median(name, "things"), "{:.0f}"), *times])
        if problem := findings.problem(name):
            problems.setdefault(problem, []).append(label)
    said = [f"{'; '.join(those)}: {problem}." for problem, those in problems.items()]
    return Table("Answers from the large store", rows, said)


def load_table(findings: Rounds) -> Table:
    """Return the loads on the large store beside those on an empty one."""
    rows = [["load", *STORES.values(), "speed: large / empty", "CPU: large / empty"]]
    for load in LOADS:
        cells = [cell(load, findings.loads.get((name, load.name))) for name in STORES]
        ratios = [how(findings.loads, LARGE, load.name, EMPTY) for how in (speed_ratio, cpu_ratio)]
        rows.append([load.label, *cells, *(text(ratio, "{:.2f} ×") for ratio in ratios)])
    failed = [(name, load) for name in STORES for load in LOADS if _failures(findings, name, load.name)]
    said = [f"{load.label}, {STORES[name]}: {_failures(findings, name, load.name)[0]}." for name, load in failed]
    return Table("Copies per second (CPU per copy)", rows, said)


def _failures(findings: Rounds, name: str, load: str) -> list[str]:
    result = findings.loads.get((name, load))
    return result.failures if result else []


def tables(findings: Rounds, parts: tuple[str, ...]) -> list[Table]:
    """Return the tables of these parts."""
    found = [start_table(findings)] if START in parts else []
    if asked := tuple(part for part in parts if part in ASKED):
        found.append(asked_table(findings, asked))
    return [*found, load_table(findings)] if LOAD in parts else found


def goals(findings: Rounds, parts: tuple[str, ...]) -> list[Goal]:
    """Return the goals of these parts."""
    found = {
        START: [within("start-up", findings.median(LARGE, "seconds"), MOST_START_S, " s")],
        HISTORY: [within("page of history, p99", findings.median(HISTORY, "p99"), MOST_PAGE_MS, " ms")],
        RESUME: [within("resume of 100 conversations, p99", findings.median(RESUME, "p99"), MOST_RESUME_MS, " ms")],
        LIST: [],
        SEARCH: [within("search, p99", findings.median(SEARCH, "p99"), MOST_SEARCH_MS, " ms")],
        LOAD: [
            *(
                at_least(
                    f"speed large / empty, {load.label}",
                    speed_ratio(findings.loads, LARGE, load.name, EMPTY),
                    LEAST_SPEED,
                    " ×",
                )
                for load in LOADS
            ),
            lost(findings.loads),
        ],
    }
    return [goal for part in parts for goal in found[part]]
