"""The names of the files of days."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.log.days.names import DayFile, day_file, day_files, unfinished

KINDS = ("log", "jsonl", "seals")


@given(
    st.from_regex(r"[A-Za-z0-9_.-]{1,12}", fullmatch=True),
    st.sampled_from(KINDS),
    st.dates().map(str),
    st.sampled_from(["", ".gz", ".late"]),
)
def test_every_name_of_ours_is_known(name: str, kind: str, date: str, form: str) -> None:
    """A name tells its journal, kind, date and whether it is compressed, or for what comes late."""
    path = Path("/log") / f"{name}.{kind}.{date}{form}"
    assert day_file(path) == DayFile(path, name, kind, date, form == ".gz", form == ".late")  # type: ignore[arg-type]


NEAR = [
    "server.log",
    "server.jsonl",
    "server.anchors",
    "server.seals.key",
    "server.log.2026-11-22.gz.tmp",
    "server.log.2026-11-22.tmp",
    "server.log.2026-11-22.bak",
    "server.log.2026-11-22~",
    "server.log.2026-11-22 ",
    "server.log.2026-11-22\n",
    "server.log.2026-11-22.gz\n",
    "server.log.2026-11-22.GZ",
    "server.log.2026-11-22.gz.gz",
    "server.log.2026-11-22.late.gz",
    "server.log.2026-11-22.gz.late",
    "server.log.2026-11-22.1",
    "server.log.2026-11-2",
    "server.log.2026-11-222",
    "server.log.12026-11-22",
    "server.log.2026-13-01",
    "server.log.2026-02-30",
    "server.log.0000-01-01",
    "server.log.2026_11_22",
    "server.log.20261122",
    "server.log.٢٠٢٦-11-22",
    "server.logs.2026-11-22",
    "server.LOG.2026-11-22",
    "server.2026-11-22",
    ".log.2026-11-22",
    "log.2026-11-22",
    "se rver.log.2026-11-22",
    "сервер.log.2026-11-22",
    ".server.log.4711",
]


@pytest.mark.parametrize("name", NEAR)
def test_near_misses(name: str) -> None:
    """What is not exactly the name of a day is none."""
    assert day_file(Path(name)) is None


@given(st.text())
def test_any_text(text: str) -> None:
    """No text is taken for a day that is not put together from the parts of one."""
    found = day_file(Path("/log", text.replace("/", "_").replace("\0", "_") or "_"))
    if found is not None:
        assert (
            found.path.name
            == f"{found.name}.{found.kind}.{found.date}{'.gz' if found.packed else ''}{'.late' * found.late}"
        )


def test_order(tmp_path: Path) -> None:
    """The files of a journal come by date, and those with later lines of the same date later."""
    names = [
        "server.log.2026-01-02.gz",
        "server.seals.2026-01-02.gz",
        "server.log.2026-01-02",
        "server.log.2026-01-02.late",
        "server.jsonl.2026-01-03",
        "server.log.2026-01-03",
    ]
    for name in [*reversed(names), "client.log.2026-01-02", "server.log.log.2026-01-02", "server.x.log.2026-01-02"]:
        (tmp_path / name).touch()
    assert [file.path.name for file in day_files(tmp_path, "server")] == names
    assert [file.path.name for file in day_files(tmp_path, "server", "log")] == [names[0], names[2], names[3], names[5]]
    assert [file.name for file in day_files(tmp_path, "server.log")] == ["server.log"]


def test_only_regular_files(tmp_path: Path) -> None:
    """A link, a directory or a pipe of a fitting name is no day."""
    (tmp_path / "server.log.2026-01-01").mkdir()
    (tmp_path / "real").touch()
    (tmp_path / "server.log.2026-01-02").symlink_to("real")
    os.mkfifo(tmp_path / "server.log.2026-01-03")
    assert day_files(tmp_path, "server") == []


def test_no_directory(tmp_path: Path) -> None:
    """A directory that is not there has no days; one that cannot be read is an error."""
    assert day_files(tmp_path / "none", "server") == []
    assert unfinished(tmp_path / "none", "server") == []
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        day_files(tmp_path / "file", "server")


def test_unfinished(tmp_path: Path) -> None:
    """What an interrupted run leaves is known by a name that is as strict."""
    ours = ["server.log.2026-01-01.gz.tmp", "server.log.2026-01-01.tmp", "server.seals.2026-01-01.gz.tmp"]
    for name in [
        *ours,
        "server.log.tmp",
        "server.sweep.tmp",
        "server.log.2026-01-01.late.tmp",
        "server.log.2026-01-01.gz.tmp.tmp",
        "server.log.2026-01-01.xz.tmp",
        "server.log.2026-01-99.gz.tmp",
        "client.log.2026-01-01.gz.tmp",
        "server.log.2026-01-01.gz",
    ]:
        (tmp_path / name).touch()
    (tmp_path / "server.log.2026-01-02.gz.tmp").mkdir()
    (tmp_path / "server.log.2026-01-03.gz.tmp").symlink_to("server.log.2026-01-01.tmp")
    assert [path.name for path in unfinished(tmp_path, "server")] == ours
