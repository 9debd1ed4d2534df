"""Who has blocked whom, in the real database."""

import pytest
from sqlalchemy import Connection

from tests.store.queries.test_messages import ANNA, BORIS, VERA
from tests.support.store import allow
from vestnik.chat.rules.contacts import MayBlock
from vestnik.chat.rules.rooms import MayBegin, MayInvite
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.protocol.errors import Forbidden
from vestnik.store.queries import blocks, members, messages, rooms


def test_it_is_one_way(connection: Connection) -> None:
    """Who blocks may invite; each has a list of their own."""
    for _ in range(2):
        blocks.block_person(connection, BORIS, ANNA, MayBlock("boris", 1))
    with pytest.raises(Forbidden):
        blocks.block_person(connection, BORIS, VERA, MayBlock("boris", 1))
    assert [blocks.blocked(connection, who) for who in (ANNA, BORIS)] == [[], ["anna"]]
    assert blocks.blockers(connection, ANNA, [ANNA, BORIS, VERA]) == ["boris"]
    assert blocks.blockers(connection, BORIS, [ANNA, BORIS, VERA]) == []
    blocks.unblock_person(connection, BORIS, ANNA)
    blocks.unblock_person(connection, BORIS, ANNA)
    assert blocks.blocked(connection, BORIS) == []


def test_in_the_transaction(connection: Connection) -> None:
    """It is asked when the invitation is made, and the group."""
    blocks.block_person(connection, BORIS, ANNA, MayBlock("boris", 1))
    tea = rooms.join_room(connection, "#tea", "#tea", ANNA, 1.0, allow).room_id
    rule = MayInvite("anna", "boris", "#tea")
    with pytest.raises(Forbidden):
        members.invite(connection, tea, ANNA, AccountRecord(BORIS, "boris"), 2.0, rule)
    with pytest.raises(Forbidden):
        rooms.begin_group(connection, [ANNA, BORIS, VERA], ANNA, 2.0, MayBegin("anna"))
    made = rooms.begin_group(connection, [ANNA, BORIS, VERA], BORIS, 2.0, MayBegin("boris"))
    assert rooms.begin_group(connection, [ANNA, BORIS, VERA], ANNA, 2.0, MayBegin("anna")).room_id == made.room_id


def test_who_of_two(connection: Connection) -> None:
    """Of the two people of a direct conversation those who have blocked the other; none in any other conversation."""
    talk = messages.direct_conversation(connection, BORIS, ANNA, 1.0)
    other = messages.direct_conversation(connection, ANNA, VERA, 1.0)
    assert blocks.blocks_in(connection, talk) == set()
    blocks.block_person(connection, BORIS, ANNA, MayBlock("boris", 1))
    assert blocks.blocks_in(connection, talk) == {BORIS}
    blocks.block_person(connection, ANNA, BORIS, MayBlock("anna", 1))
    assert blocks.blocks_in(connection, talk) == {ANNA, BORIS}
    assert blocks.blocks_in(connection, other) == set()
    assert sorted(blocks.all_blocks(connection)) == sorted([(ANNA, BORIS), (BORIS, ANNA)])
