"""`vestnik bot`."""

from pathlib import Path

from tests.support.process import ServerProcess, vestnik
from tests.support.wire import Wire


def bot(data: Path, *arguments: str, code: int = 0, lang: str = "en") -> tuple[str, str]:
    """Run a command; what it printed on both outputs."""
    done = vestnik("bot", "--data", str(data), "--lang", lang, *arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr


def test_a_life(tmp_path: Path) -> None:
    """Make a bot, give it tokens, list them, take one away: said and journaled in either language, no token is."""
    vestnik("user", "--data", str(tmp_path), "add", "anna", password="secret")
    assert bot(tmp_path, "add", "deployer", lang="ru") == ("Бот deployer создан\n", "")
    token, said = bot(tmp_path, "token", "deployer", "--label", "one", "--may", "read", "--may", "msg", "--days", "3")
    assert token.startswith("vestnik-bot-")
    assert said == "Bot deployer was given token “one”: read msg\n"
    other, _ = bot(tmp_path, "token", "deployer")
    assert other != token
    rows = [line.split("\t") for line in bot(tmp_path, "tokens", "deployer")[0].splitlines()]
    assert [[row[0], row[1], row[3], row[5], row[6]] for row in rows] == [
        ["1", "one", "unused", "all rooms", "read msg"],
        ["2", "", "unused", "all rooms", "read write join register"],
    ]
    assert [row[4] == "for ever" for row in rows] == [False, True]
    assert bot(tmp_path, "revoke", "deployer", "1") == ("Token 1 of bot deployer revoked\n", "")
    assert "has no token 1" in bot(tmp_path, "revoke", "deployer", "1", code=1)[1]
    assert "only bots" in bot(tmp_path, "token", "anna", code=1)[1]
    assert "#none" in bot(tmp_path, "token", "deployer", "--room", "#none", code=1)[1]
    written = "".join(path.read_text("utf-8", "replace") for path in (tmp_path / "log").iterdir() if path.is_file())
    assert token.strip() not in written
    assert "was given token" in written or "дан токен" in written


async def test_beside_a_server(tmp_path: Path) -> None:
    """Beside a running server the same holds at once, and a token that is revoked is not good any more."""
    with ServerProcess(tmp_path) as server:
        bot(tmp_path, "add", "deployer")
        token = bot(tmp_path, "token", "deployer")[0].strip()
        async with await Wire.connect(server.port) as wire:
            user = {"account_name": "deployer", "token": token}
            assert await wire.code(action="authenticate", user=user) == 200
            bot(tmp_path, "revoke", "deployer", "1")
            assert await wire.rest() == b""
