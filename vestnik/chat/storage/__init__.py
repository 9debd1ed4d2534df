"""What the rules need to have kept: the interface that a store implements, one part for each family of actions."""

from typing import Protocol

from vestnik.chat.storage.accounts import AccountStorage
from vestnik.chat.storage.alterations import AlterationStorage
from vestnik.chat.storage.bots import BotStorage
from vestnik.chat.storage.conversations import ConversationStorage
from vestnik.chat.storage.epochs import EpochStorage
from vestnik.chat.storage.guests import GuestStorage
from vestnik.chat.storage.invites import InviteStorage
from vestnik.chat.storage.messages import MessageStorage
from vestnik.chat.storage.people import PeopleStorage
from vestnik.chat.storage.reports import ReportStorage
from vestnik.chat.storage.retention import RetentionStorage
from vestnik.chat.storage.rooms import RoomStorage
from vestnik.chat.storage.search import SearchStorage
from vestnik.chat.storage.second_factor import SecondFactorStorage


class Storage(
    AccountStorage,
    AlterationStorage,
    BotStorage,
    ConversationStorage,
    EpochStorage,
    GuestStorage,
    InviteStorage,
    MessageStorage,
    PeopleStorage,
    ReportStorage,
    RetentionStorage,
    RoomStorage,
    SearchStorage,
    SecondFactorStorage,
    Protocol,
):
    """All of them."""
