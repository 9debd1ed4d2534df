"""What each connection speaks, and what is remembered of it."""

from pathlib import Path

from tests.support.app import running_app
from tests.support.wire import Wire
from vestnik.protocol.dialects import MESS_TEXT, SILENTLY, Dialect
from vestnik.protocol.requests import Join, Msg
from vestnik.server.doors.dialects import MAX_JOINED


async def test_one_format_for_all_who_speak_alike(tmp_path: Path) -> None:
    """Two connections of one dialect share a format, so that a message is encoded once for both."""
    async with (
        running_app(tmp_path, "anna", "boris") as app,
        await Wire.connect(app.listener.port) as anna,
        await Wire.connect(app.listener.port) as boris,
    ):
        for wire, name in ((anna, "anna"), (boris, "boris")):
            assert await wire.code(action="authenticate", account_name=name, password="secret") == 202
        formats = {peer.session.format for peer in app.peers._peers}
        assert len(formats) == 1


async def test_what_is_spoken_is_forgotten(tmp_path: Path) -> None:
    """How somebody spells is known as long as they are connected."""
    async with running_app(tmp_path, "anna") as app:
        dialects = app.listener._dialects
        async with await Wire.connect(app.listener.port) as anna:
            assert await anna.code(action="authenticate", account_name="anna", password="secret") == 202
            assert await anna.code(action="message", to="anna", mess_text="x") == 202
            assert dialects.spoken == {"anna": MESS_TEXT}
            anna.tell(action="quit")
            assert await anna.rest() == b""
        await app.stop()
        assert dialects.spoken == {}


async def test_rooms_that_are_joined_by_writing_are_remembered(tmp_path: Path) -> None:
    """A room is joined once, and of very many rooms the door remembers none."""
    async with running_app(tmp_path) as app, await Wire.connect(app.listener.port) as wire:
        assert await wire.code(action="presence") == 401
        (peer,) = app.peers._peers
        ear = peer._door._ear  # type: ignore[attr-defined]
        ear._dialect = Dialect(joining=True)
        first = list(ear.hear(iter([Msg(to="#tea", message="x"), Msg(to="#Tea", message="y")])))
        assert [type(each) for each in first] == [Join, Msg, Msg]
        assert first[0].id == SILENTLY
        for number in range(MAX_JOINED):
            list(ear.hear(iter([Msg(to=f"#{number}", message="x")])))
        assert len(ear._joined) <= MAX_JOINED
