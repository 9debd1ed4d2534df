"""The client library: an asyncio client for JIM servers.

async with Client("127.0.0.1", name="user", password="secret") as client:
    await client.join("#room")
    await client.send("#room", "hello")
    async for event in client.events():
        if isinstance(event, Delivery):
            print(event.from_, event.message)
"""

from vestnik.client.accounts import MadeCode, MadeInvite
from vestnik.client.asking import Page
from vestnik.client.backoff import Backoff
from vestnik.client.bots.bot import Bot
from vestnik.client.bots.call import Call
from vestnik.client.bots.errors import CommandError
from vestnik.client.bots.signature import Rest
from vestnik.client.client import Client, LinkState
from vestnik.client.errors import (
    AnswerTimeout,
    CertificateRefused,
    ClientError,
    ConnectionFailed,
    ConnectionLost,
    NotJson,
    NoTls,
    OutboxFull,
    Refused,
    ServerClosing,
    UnknownHost,
)
from vestnik.client.event_queue import BegunAnew, Disconnected, Event, Reconnected
from vestnik.client.totp import AuthenticatorKey, TotpState
from vestnik.client.trust import Trust
from vestnik.protocol.bots import RegisteredCommand
from vestnik.protocol.events import (
    AccountState,
    Change,
    CommandState,
    ConversationState,
    Delivery,
    Forwarded,
    InvitationNotice,
    InvitationState,
    InviteState,
    LoginState,
    MemberState,
    Notice,
    Person,
    PresenceNotice,
    ReadNotice,
    ReportNotice,
    ReportState,
    Response,
    RoomState,
    TypingNotice,
    Version,
)

__all__ = [
    "AccountState",
    "AnswerTimeout",
    "AuthenticatorKey",
    "Backoff",
    "BegunAnew",
    "Bot",
    "Call",
    "CertificateRefused",
    "Change",
    "Client",
    "ClientError",
    "CommandError",
    "CommandState",
    "ConnectionFailed",
    "ConnectionLost",
    "ConversationState",
    "Delivery",
    "Disconnected",
    "Event",
    "Forwarded",
    "InvitationNotice",
    "InvitationState",
    "InviteState",
    "LinkState",
    "LoginState",
    "MadeCode",
    "MadeInvite",
    "MemberState",
    "NoTls",
    "NotJson",
    "Notice",
    "OutboxFull",
    "Page",
    "Person",
    "PresenceNotice",
    "ReadNotice",
    "Reconnected",
    "Refused",
    "RegisteredCommand",
    "ReportNotice",
    "ReportState",
    "Response",
    "Rest",
    "RoomState",
    "ServerClosing",
    "TotpState",
    "Trust",
    "TypingNotice",
    "UnknownHost",
    "Version",
]
