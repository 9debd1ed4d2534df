"""Token buckets by the cost of requests."""

import pytest

from tests.chat.conftest import House
from vestnik.chat import floods
from vestnik.chat.floods import BURST, Floods
from vestnik.chat.limits import Limits
from vestnik.protocol.errors import TooMany
from vestnik.protocol.requests import GetContacts, Presence


def test_burst_and_rate() -> None:
    """Much may be asked for at once, then so much a second; what is refused costs nothing."""
    made = Floods()
    assert [made.spend(1, BURST, 2.0, 0.0) for _ in range(2)] == [0.0, 0.0]
    assert made.spend(1, 3.0, 2.0, 0.0) == 1.5
    assert made.spend(1, 3.0, 2.0, 1.0) == 0.5
    assert made.spend(1, 3.0, 2.0, 1.5) == 0.0
    assert made.spend(2, 3.0, 2.0, 1.5) == 0.0


def test_clocks() -> None:
    """A clock that is put back gives nothing and takes nothing; one that jumps ahead gives no more than all."""
    made = Floods()
    made.spend(1, BURST, 1.0, 1000.0)
    assert made.spend(1, 1.0, 1.0, 500.0) == 1.0
    assert made.spend(1, BURST, 1.0, 1e9) == 0.0
    assert made.spend(1, 1.0, 1.0, 1e9) == 1.0


def test_dear_requests() -> None:
    """What costs more than all at once can still be asked for, by whoever has spent nothing."""
    assert Floods().spend(1, 10.0, 0.01, 0.0) == 0.0


def test_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many accounts the one that was seen first is forgotten."""
    monkeypatch.setattr(floods, "MAX_SPENDERS", 2)
    made = Floods()
    for account in (1, 2, 3):
        made.spend(account, BURST, 1.0, 0.0)
    assert made.spend(1, 1.0, 1.0, 0.0) == 0.0
    assert made.spend(3, 1.0, 1.0, 0.0) == 1.0


async def test_requests(house: House) -> None:
    """Who asks for too much is answered 429, however little each request is; what is dear counts for more."""
    house.chat.limits = Limits(requests=1)
    session = await house.login("anna")
    for _ in range(int(BURST)):
        await house.reply(session, GetContacts())
    with pytest.raises(TooMany) as caught:
        await house.reply(session, GetContacts())
    assert caught.value.answer.name == "request.flood"
    assert 0.0 < float(str(caught.value.values[-1])) <= 1.0
    with pytest.raises(TooMany):
        await house.reply(session, Presence())
    assert house.chat.floods.spend(session.speaker.id, 1.0, 1.0, house.chat.clock() + 1.0) == 0.0


async def test_no_limit(house: House) -> None:
    """Without a limit everything is served."""
    house.chat.limits = Limits(requests=0)
    session = await house.login("anna")
    for _ in range(int(BURST) * 2):
        await house.reply(session, GetContacts())
