"""What a bot keeps."""

import asyncio
from pathlib import Path
from typing import cast

import pytest

from vestnik.client import Client, Delivery
from vestnik.client.bots import state as state_module
from vestnik.client.bots.state import BotState, Job


class Cursors:
    """In the place of a client: its cursors."""

    cursors = {"#tea": {"seq": 1, "change": 0, "epoch": "e"}}  # noqa: RUF012


CLIENT = cast(Client, Cursors())


def message(seq: int, time: float = 1.0) -> Delivery:
    """A message in a room."""
    return Delivery(time, "boris", "#tea", f"/x {seq}", seq)


async def test_kept(tmp_path: Path) -> None:
    """What was begun and not ended is there again, with the cursors."""
    state = BotState("bot", tmp_path / "bot.json")
    jobs = [Job(message(1)), Job(message(2), once=True)]
    for job in jobs:
        state.begin(job)
    state.end(jobs[0])
    await state.save(CLIENT)
    state.close()
    again = BotState("bot", tmp_path / "bot.json")
    assert again.kept.cursors == Cursors.cursors
    assert [(job.event, job.once) for job in again.jobs] == [(message(2), True)]
    again.close()
    assert (tmp_path / "bot.json").stat().st_mode & 0o077 == 0


async def test_one_process(tmp_path: Path) -> None:
    """The state of a bot that runs is nobody else's."""
    state = BotState("bot", tmp_path / "bot.json")
    with pytest.raises(BlockingIOError):
        BotState("bot", tmp_path / "bot.json")
    state.close()
    BotState("bot", tmp_path / "bot.json").close()


@pytest.mark.parametrize("content", [b"", b"{", b'{"bot": 1}', b'{"bot": "other"}', b'{"bot": "bot", "version": 9}'])
async def test_what_is_no_state(tmp_path: Path, content: bytes) -> None:
    """Another bot's state, or what is none, is refused and stays as it is."""
    path = tmp_path / "bot.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="state"):
        BotState("bot", path)
    assert path.read_bytes() == content
    path.unlink()
    BotState("bot", path).close()


async def test_many_saves_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saves that wait for one another are written together, and each is on disk when it returns."""
    writes: list[bytes] = []
    write = state_module._write
    monkeypatch.setattr(state_module, "_write", lambda path, data: (writes.append(data), write(path, data)))
    state = BotState("bot", tmp_path / "bot.json")

    async def work(seq: int) -> None:
        state.begin(Job(message(seq)))
        await state.save(CLIENT)
        assert f'/x {seq}"'.encode() in (tmp_path / "bot.json").read_bytes()

    await asyncio.gather(*map(work, range(50)))
    assert len(writes) <= 3
    state.close()


def test_conversations_that_begin_anew() -> None:
    """What a bot has seen before its conversation began anew is told from what is new."""
    state = BotState("bot", None)
    assert not state.seen("#tea", 5.0)
    state.begun_anew("#tea")
    assert [state.seen("#tea", time) for time in (4.0, 5.0, 6.0, 3.0)] == [True, True, False, False]
    assert not state.seen("#cake", 1.0)
