"""Tokens and commands of bots, as they are kept."""

from sqlalchemy import Connection, update

from tests.support.store import allow, reader
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.bots import NewBotToken
from vestnik.protocol.bots import RegisteredCommand
from vestnik.protocol.events import CommandState
from vestnik.store.queries import accounts, bots
from vestnik.store.schema import account

ANNA, BOT = 1, 4


def add_bot(connection: Connection) -> None:
    """A bot beside the people."""
    accounts.add_account(connection, "Bot", "bot", "!", 100.0, allow, "bot")


def test_tokens(connection: Connection) -> None:
    """A token is found by its hash until it expires or is forgotten; numbers are never given again."""
    add_bot(connection)
    new = NewBotToken("hash", "label", 1.0, 10.0, (7, 8), ("read", "msg"))
    number = bots.add_bot_token(connection, BOT, new, allow)
    found = bots.bot_login(connection, "hash", 9.0)
    assert found is not None
    assert (found.login.id, found.login.account, found.login.role) == (-number, AccountRecord(BOT, "Bot"), "bot")
    assert (found.token.rooms, found.token.may, found.token.used) == ((7, 8), ("read", "msg"), None)
    assert bots.bot_login(connection, "hash", 10.0) is None
    assert bots.bot_login(connection, "other", 1.0) is None
    bots.touch_bot_token(connection, number, 5.0)
    assert [token.used for token in bots.bot_tokens(connection, BOT)] == [5.0]
    assert not bots.revoke_bot_token(connection, ANNA, number)
    assert bots.revoke_bot_token(connection, BOT, number)
    assert bots.bot_tokens(connection, BOT) == []
    assert bots.add_bot_token(connection, BOT, new, allow) == number + 1


def test_commands(connection: Connection) -> None:
    """Commands take the place of those before; of a bot that is disabled there are none."""
    add_bot(connection)
    bots.set_bot_commands(connection, BOT, [RegisteredCommand("old")])
    bots.set_bot_commands(connection, BOT, [RegisteredCommand("status"), RegisteredCommand("deploy", "X", "Do it.")])
    found = bots.bot_commands(connection, reader(ANNA), 0, BOT, 9)
    assert found == [CommandState("Bot", "deploy", "X", "Do it."), CommandState("Bot", "status")]
    assert len(bots.bot_commands(connection, reader(ANNA), 0, BOT, 1)) == 1
    assert bots.bot_commands(connection, reader(ANNA), 99, None, 9) == []
    connection.execute(update(account).where(account.c.id == BOT).values(disabled=True))
    assert bots.bot_commands(connection, reader(ANNA), 0, BOT, 9) == []
