"""Acts of administration: what they do to connections and logins, and their records."""

import asyncio
import errno
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.chat.storage.accounts import TokenLogin
from vestnik.log.recording import files
from vestnik.protocol.administration import AddAccount, AnyAdministration, DisableAccount, EnableAccount, SetPassword
from vestnik.protocol.answers import ACTION_UNKNOWN
from vestnik.protocol.codes import FIRST_ERROR
from vestnik.protocol.errors import BadRequest
from vestnik.secret import Secret
from vestnik.server import administration
from vestnik.server.administration import ProcessIdentity
from vestnik.server.app import App

PASSWORD = Secret("seven cold spoons")


async def administer(app: App, *acts: AnyAdministration) -> None:
    """Do what an administrator asks for, as the control door does."""
    for act in acts:
        assert (await app.administration.serve(ProcessIdentity.ourselves(), act)).response < FIRST_ERROR


@pytest.mark.parametrize("act", [DisableAccount(name="anna"), SetPassword(name="anna", password=PASSWORD)])
async def test_administration_closes_connections(tmp_path: Path, act: AnyAdministration) -> None:
    """Disabling an account or changing its password closes its connections, and no others, before it is answered."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            await administer(app, act)
            assert any("Connection of client anna closed" in line for line in journal_lines(app))
            assert app.chat.sessions.find(1) is None
            assert await anna.rest() == b""
            assert await boris.silent()


async def test_new_accounts_close_nothing(tmp_path: Path) -> None:
    """Who logs in at once to an account made beside the running server stays: only a later change ends the session."""
    async with running_app(tmp_path, "anna") as app, await Wire.login(app.listener.port, "anna") as anna:
        await administer(app, AddAccount(name="boris", password=PASSWORD))
        async with await Wire.login(app.listener.port, "boris", PASSWORD.reveal()) as boris:
            await administer(app, DisableAccount(name="anna"))
            assert await anna.rest() == b""
            assert await boris.silent()
            await administer(app, SetPassword(name="boris", password=PASSWORD))
            assert await boris.rest() == b""


async def test_a_token_login_lives_through_changes_before_it(tmp_path: Path) -> None:
    """A session by token is ended by a change that comes after it, not by one from before."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        await administer(app, DisableAccount(name="boris"), EnableAccount(name="boris"))
        async with await Wire.connect(port) as first, await Wire.login(port, "anna") as anna:
            token = (await first.authenticate("boris", remember=True))["token"]
            async with await Wire.connect(port) as boris:
                user = {"account_name": "boris", "token": token}
                assert await boris.code(action="authenticate", time=0, user=user) == 200
                await administer(app, DisableAccount(name="anna"))
                assert await anna.rest() == b""
                assert await boris.silent()
                await administer(app, DisableAccount(name="boris"))
                assert await boris.rest() == b""


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_change_during_a_login_refuses_it(tmp_path: Path, when: str) -> None:
    """An account is disabled just before its login is kept, or just after: the login is refused and not kept."""
    async with running_app(tmp_path, "anna") as app, await Wire.connect(app.listener.port) as wire:
        going_on, begun = asyncio.Event(), asyncio.Event()
        begin_login = app.store.begin_login

        async def slow(*values: Any) -> int | None:
            kept = await begin_login(*values) if when == "after" else None
            begun.set()
            await going_on.wait()
            return kept if when == "after" else await begin_login(*values)

        app.store.begin_login = slow  # type: ignore[assignment, method-assign]
        wire.tell(action="authenticate", user={"account_name": "anna", "password": "secret"}, remember=True)
        await asyncio.wait_for(begun.wait(), DEADLINE)
        await administer(app, DisableAccount(name="anna"))
        going_on.set()
        assert (await wire.hear())["response"] == 403
        assert await wire.code(action="join", room="#tea") == 401
        credentials = await app.store.credentials("anna", 0.0)
        assert credentials is not None
        assert credentials.login_used is None


async def test_a_change_during_a_login_by_token_refuses_it(tmp_path: Path) -> None:
    """An account gets a new password while a token is being looked up: it lets nobody in any more."""
    async with running_app(tmp_path, "anna") as app, await Wire.connect(app.listener.port) as wire:
        token = (await wire.authenticate("anna", remember=True))["token"]
        going_on, begun = asyncio.Event(), asyncio.Event()
        token_login = app.store.token_login

        async def slow(*values: Any) -> TokenLogin | None:
            found = await token_login(*values)
            begun.set()
            await going_on.wait()
            return found

        app.store.token_login = slow  # type: ignore[assignment, method-assign]
        async with await Wire.connect(app.listener.port) as late:
            late.tell(action="authenticate", user={"account_name": "anna", "token": token})
            await asyncio.wait_for(begun.wait(), DEADLINE)
            await administer(app, SetPassword(name="anna", password=PASSWORD))
            going_on.set()
            assert (await late.hear())["response"] == 402
            assert await wire.rest() == b""


async def test_other_changes_during_a_login(tmp_path: Path) -> None:
    """Whatever is done to other accounts during a login, it is answered as if nothing had been."""
    async with running_app(tmp_path, "anna", "boris") as app, await Wire.connect(app.listener.port) as wire:
        going_on, begun = asyncio.Event(), asyncio.Event()
        begin_login = app.store.begin_login

        async def slow(*values: Any) -> int | None:
            kept = await begin_login(*values)
            begun.set()
            await going_on.wait()
            return kept

        app.store.begin_login = slow  # type: ignore[assignment, method-assign]
        wire.tell(action="authenticate", user={"account_name": "anna", "password": "secret"})
        await asyncio.wait_for(begun.wait(), DEADLINE)
        await administer(app, DisableAccount(name="boris"), EnableAccount(name="boris"))
        going_on.set()
        assert (await wire.hear())["response"] == 202
        assert await wire.code(action="join", room="#tea") == 200


async def test_the_record_comes_first(tmp_path: Path) -> None:
    """An act is in the file before it is done, with the process that asked; the journal of the server has no line."""
    async with running_app(tmp_path, lang="en") as app:
        seen: list[str] = []
        add_account = app.store.add_account

        async def look(*values: Any) -> None:
            seen.extend((tmp_path / "log" / "admin.jsonl").read_text("utf-8").splitlines())
            await add_account(*values)

        app.store.add_account = look  # type: ignore[assignment, method-assign]
        before = journal_lines(app)
        await app.administration.serve(
            ProcessIdentity(7, 4711), AddAccount(name="dora", password=Secret("canary of gold"))
        )
        assert journal_lines(app) == before
        (record,) = [json.loads(line) for line in seen]
        assert (record["event"], record["account"], record["uid"], record["pid"]) == ("admin.added", "dora", 7, 4711)
        assert "canary" not in "".join(seen)


async def test_without_its_record_nothing_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the journal of administration cannot be written, an act is a 500 and is not done, and is done later."""
    monkeypatch.setattr(administration, "RECORD_WITHIN", 0.3)
    async with running_app(tmp_path, "anna", lang="en") as app, await Wire.login(app.listener.port, "anna") as anna:
        assert app.journal.flush()
        day = tmp_path / "log" / f"admin.log.{date.today().isoformat()}"
        day.mkdir()
        act = DisableAccount(name="anna")
        unrecorded = "Nothing was done, for the journal of administration (admin.log) cannot be written: "
        unrecorded += f"{day}: it is a directory"
        assert (await app.administration.serve(ProcessIdentity.ourselves(), act)).error == unrecorded
        assert await anna.code(action="presence") == 200
        assert not (await app.store.account_state(1)).disabled
        day.rmdir()
        monkeypatch.setattr(administration, "RECORD_WITHIN", DEADLINE)
        assert (await app.administration.serve(ProcessIdentity.ourselves(), act)).response == 200
        assert await anna.rest() == b""
    lines = [line[24:] for line in (tmp_path / "log" / "admin.log").read_text("utf-8").splitlines()]
    kept = [line for line in lines if "journal" not in line.split("admin", 1)[1]]
    assert kept == ["INFO     admin      Account anna disabled"] * 2
    undone = "ERROR    admin      Error! What the line before says was not done: Nothing was done"
    assert any(line.startswith(undone) for line in lines)


@pytest.mark.parametrize("act", [DisableAccount(name="nobody"), BadRequest(ACTION_UNKNOWN, "sing")])
async def test_no_refusal_without_its_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: AnyAdministration | BadRequest
) -> None:
    """What is refused anyway is answered with the trouble of the journal, too: no attempt is left without a record."""
    monkeypatch.setattr(administration, "RECORD_WITHIN", 0.3)
    async with running_app(tmp_path, lang="en") as app:
        day = tmp_path / "log" / f"admin.jsonl.{date.today().isoformat()}"
        day.mkdir(parents=True)
        answer = await app.administration.serve(ProcessIdentity.ourselves(), act)
        assert (answer.response, str(day) in str(answer.error)) == (500, True)
        day.rmdir()
        monkeypatch.setattr(administration, "RECORD_WITHIN", DEADLINE)
        assert (await app.administration.serve(ProcessIdentity.ourselves(), act)).response in {400, 404}


async def test_a_record_in_a_file_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that went into a file which somebody has deleted meanwhile is none: the act is refused."""
    monkeypatch.setattr(files, "CHECK_EVERY", 2 * DEADLINE)
    async with running_app(tmp_path, "anna", lang="en") as app:
        await administer(app, DisableAccount(name="anna"))
        day = tmp_path / "log" / f"admin.log.{date.today().isoformat()}"
        day.unlink()
        answer = await app.administration.serve(ProcessIdentity.ourselves(), EnableAccount(name="anna"))
        assert (answer.response, str(answer.error).endswith(f"{day}: no such file")) == (500, True)
        assert (await app.store.account_state(1)).disabled


async def test_a_failure_is_told_after_its_record(tmp_path: Path) -> None:
    """An act that fails after its record leaves another one that says so, with the traceback, and is a 500."""
    async with running_app(tmp_path, "anna", lang="en") as app:

        async def fail(*_values: Any) -> None:
            raise OSError("disk")

        app.store.set_disabled = fail  # type: ignore[assignment, method-assign]
        answer = await app.administration.serve(ProcessIdentity.ourselves(), DisableAccount(name="anna"))
        assert answer.response == 500
    text = (tmp_path / "log" / "admin.log").read_text("utf-8")
    done, undone, *_ = [line[24:] for line in text.splitlines()]
    assert done == "INFO     admin      Account anna disabled"
    assert undone.startswith("ERROR    admin      Error! What the line before says was not done: Internal server error")
    assert "OSError: disk" in text


async def test_a_quiet_journal(tmp_path: Path) -> None:
    """However little a server is to journal, acts are recorded, with who asked."""
    async with running_app(tmp_path, lang="en", log_level="CRITICAL", log_json=False) as app:
        await administer(app, AddAccount(name="dora", password=PASSWORD))
    assert "Account dora created" in (tmp_path / "log" / "admin.log").read_text("utf-8")
    assert f'"pid":{os.getpid()}' in (tmp_path / "log" / "admin.jsonl").read_text("utf-8")


async def test_a_record_that_does_not_reach_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record is on the disk before its act is done; when the disk refuses it, nothing is done."""
    async with running_app(tmp_path, "anna", lang="en") as app:
        synced: list[str] = []

        def fail(file: int) -> None:
            synced.append(Path(f"/proc/self/fd/{file}").resolve().name)
            raise OSError(errno.EIO, "bad disk")

        with monkeypatch.context() as patch:
            patch.setattr(administration, "fsync", fail)
            answer = await app.administration.serve(ProcessIdentity.ourselves(), DisableAccount(name="anna"))
        assert answer.response == 500
        assert synced[0].startswith("admin.jsonl.")
        assert not (await app.store.account_state(1)).disabled


async def test_records_stand_in_the_order_of_the_acts(tmp_path: Path) -> None:
    """Acts that are asked for at once are done one after the other: the last line says how it is."""
    async with running_app(tmp_path, "anna", lang="en") as app:
        acts = [DisableAccount(name="anna"), EnableAccount(name="anna")] * 4
        await asyncio.gather(*(app.administration.serve(ProcessIdentity.ourselves(), act) for act in acts))
        assert not (await app.store.account_state(1)).disabled
    lines = (tmp_path / "log" / "admin.log").read_text("utf-8").splitlines()
    assert [line.rsplit(" ", 1)[1] for line in lines] == ["disabled", "enabled"] * 4


async def test_a_room_is_inherited(tmp_path: Path) -> None:
    """When the last owner of a room is disabled its members hear who owns it now, and the server's journal has it."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna") as anna,
            await Wire.login(port, "boris", features=["changes"]) as boris,
        ):
            for wire in (anna, boris):
                await wire.ask(action="join", room="#tea")
            await app.administration.serve(ProcessIdentity(1, 2), DisableAccount(name="anna"))
            heard = await boris.hear()
            assert (heard["kind"], heard["from"], heard["name"], heard["role"]) == (
                "set_role",
                "anna",
                "boris",
                "owner",
            )
            assert await boris.code(action="set_room", room="#tea", topic="Mine") == 200
        line = "INFO     server     Change of #tea by the administration of account anna: set_role"
        assert line in journal_lines(app)


async def test_an_administrator_who_is_logged_in(tmp_path: Path) -> None:
    """What an administrator asks for on a connection is recorded with the account, and so are refusals."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            assert await boris.code(action="disable_account", name="anna") == 403
            assert await anna.code(action="set_password", name="boris", password="two wet boots") == 400
            assert await anna.code(action="set_account_role", name="boris", role="administrator") == 200
            assert await boris.code(action="add_account", name="dora", password="two wet boots") == 201
            assert await boris.code(action="disable_account", name="anna") == 403
            assert await anna.code(action="disable_account", name="boris") == 200
            assert await boris.rest() == b""
        lines = (app.settings.log_path / "admin.jsonl").read_text("utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    acts = [(each["administrator"], each["event"]) for each in found if "administrator" in each]
    assert acts == [
        ("anna", "admin.role"),
        ("boris", "admin.added"),
        ("boris", "admin.refused"),
        ("anna", "admin.disabled"),
    ]


async def test_wrong_codes_are_slowed_down_as_wrong_passwords_are(tmp_path: Path) -> None:
    """Who guesses codes or passwords of accounts waits in the queue of logins, and fails there."""
    async with running_app(tmp_path, "anna") as app, await Wire.login(app.listener.port, "anna") as anna:
        failed: list[tuple[str, str]] = []
        queue = app._passwords.queue
        queue.delays.fail = lambda network, key, now: failed.append((network, key))  # type: ignore[method-assign]
        change = {"password": "guess", "new_password": "two wet boots"}
        assert await anna.code(action="change_password", **change) == 402
        async with await Wire.connect(app.listener.port) as wire:
            user = {"account_name": "Anna", "password": "two wet boots"}
            assert await wire.code(action="reset_password", user=user, code="7QK2M") == 402
        assert failed == [("127.0.0.1", "anna")] * 2
