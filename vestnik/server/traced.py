"""What is journaled from outside: the functions of the rooms that know no journal, with `@journaled` around them.

No text of a message, no password, token or hash is among the arguments that are shown.
"""

from collections.abc import Mapping
from typing import Final

from vestnik.chat.actions import ACTIONS, Action
from vestnik.log.journaled import journaled
from vestnik.protocol.requests import (
    AddContact,
    Authenticate,
    Ban,
    CreateRoom,
    DelContact,
    Delete,
    Edit,
    Edits,
    Forward,
    GetRoom,
    Group,
    History,
    Invite,
    Join,
    Leave,
    Members,
    Msg,
    Mute,
    Pin,
    Pins,
    React,
    Read,
    Remove,
    Request,
    Rooms,
    Search,
    SetRole,
    SetRoom,
    Typing,
    Unban,
    Unmute,
    Unpin,
    Unreact,
)
from vestnik.store.store import Store

_SHOWN: Final[Mapping[type[Request], tuple[str, ...]]] = {
    Msg: ("request.to",),
    Authenticate: ("request.user.account_name",),
    Join: ("request.room",),
    Leave: ("request.room",),
    CreateRoom: ("request.room",),
    SetRoom: ("request.room",),
    GetRoom: ("request.room",),
    Rooms: ("request.after",),
    Group: ("request.members",),
    Members: ("request.room", "request.after"),
    Invite: ("request.room", "request.name"),
    Remove: ("request.room", "request.name"),
    Ban: ("request.room", "request.name"),
    Unban: ("request.room", "request.name"),
    Mute: ("request.room", "request.name", "request.seconds"),
    Unmute: ("request.room", "request.name"),
    SetRole: ("request.room", "request.name", "request.role"),
    AddContact: ("request.user_id",),
    DelContact: ("request.user_id",),
    History: ("request.to", "request.before", "request.after", "request.around", "request.limit", "request.thread"),
    Read: ("request.to", "request.seq"),
    Typing: ("request.to",),
    Forward: ("request.to", "request.source", "request.seq"),
    Edit: ("request.to", "request.seq"),
    Delete: ("request.to", "request.seq"),
    Edits: ("request.to", "request.seq"),
    React: ("request.to", "request.seq", "request.emoji"),
    Unreact: ("request.to", "request.seq", "request.emoji"),
    Pin: ("request.to", "request.seq"),
    Unpin: ("request.to", "request.seq"),
    Pins: ("request.to",),
    Search: ("request.from_", "request.in_", "request.has", "request.limit"),
}

TRACED_ACTIONS: Final[Mapping[type[Request], Action]] = {
    kind: action._replace(handler=journaled(arguments=_SHOWN.get(kind, ()))(action.handler))
    for kind, action in ACTIONS.items()
}
"""The table of actions, its handlers journaled."""


class TracedStore(Store):
    """The store, its calls journaled; but not `changed_accounts`, which is asked once a second."""

    close = journaled(Store.close)
    submit = journaled(Store.submit)
    all_rooms = journaled(Store.all_rooms)
    find_account = journaled(arguments=("key",))(Store.find_account)
    find_accounts = journaled(Store.find_accounts)
    initials = journaled(Store.initials)
    last_revision = journaled(Store.last_revision)
    credentials = journaled(arguments=("key",))(Store.credentials)
    token_login = journaled(Store.token_login)
    begin_login = journaled(arguments=("account_id",))(Store.begin_login)
    touch_login = journaled(arguments=("account_id", "login_id"))(Store.touch_login)
    end_login = journaled(arguments=("account_id", "login_id"))(Store.end_login)
    join_room = journaled(arguments=("name", "account_id"))(Store.join_room)
    leave_room = journaled(arguments=("room_id", "account_id"))(Store.leave_room)
    create_room = journaled(arguments=("name", "account_id"))(Store.create_room)
    begin_group = journaled(arguments=("people", "account_id"))(Store.begin_group)
    set_room = journaled(arguments=("room_id", "account_id"))(Store.set_room)
    room_state = journaled(arguments=("room_id", "account_id"))(Store.room_state)
    list_rooms = journaled(arguments=("account_id", "after", "limit"))(Store.list_rooms)
    list_members = journaled(arguments=("room_id", "after", "limit"))(Store.list_members)
    invite = journaled(arguments=("room_id", "account_id", "person.id"))(Store.invite)
    remove_member = journaled(arguments=("room_id", "account_id", "person.id"))(Store.remove_member)
    ban = journaled(arguments=("room_id", "account_id", "person.id"))(Store.ban)
    unban = journaled(arguments=("room_id", "account_id", "person.id"))(Store.unban)
    mute = journaled(arguments=("room_id", "account_id", "person.id", "until"))(Store.mute)
    unmute = journaled(arguments=("room_id", "account_id", "person.id"))(Store.unmute)
    set_role = journaled(arguments=("room_id", "account_id", "person.id", "role"))(Store.set_role)
    direct_conversation = journaled(arguments=("one", "other"))(Store.direct_conversation)
    find_message = journaled(arguments=("conversation_id", "seq"))(Store.find_message)
    edit_message = journaled(arguments=("conversation_id", "seq", "account_id"))(Store.edit_message)
    delete_message = journaled(arguments=("conversation_id", "seq", "account_id", "anybodys"))(Store.delete_message)
    versions = journaled(arguments=("conversation_id", "seq"))(Store.versions)
    react = journaled(arguments=("conversation_id", "seq", "account_id", "emoji"))(Store.react)
    unreact = journaled(arguments=("conversation_id", "seq", "account_id", "emoji"))(Store.unreact)
    pin = journaled(arguments=("conversation_id", "seq", "account_id"))(Store.pin)
    unpin = journaled(arguments=("conversation_id", "seq", "account_id"))(Store.unpin)
    pinned = journaled(arguments=("conversation_id",))(Store.pinned)
    last_number = journaled(Store.last_number)
    kept_messages = journaled(arguments=("account_id", "first", "last"))(Store.kept_messages)
    save_cursors = journaled(Store.save_cursors)
    contacts = journaled(arguments=("account_id",))(Store.contacts)
    add_contact = journaled(arguments=("account_id", "contact_id"))(Store.add_contact)
    people = journaled(Store.people)
    save_people = journaled(Store.save_people)
    remove_contact = journaled(arguments=("account_id", "contact_id"))(Store.remove_contact)
    history = journaled(arguments=("conversation_id", "limit"))(Store.history)
    conversations = journaled(arguments=("account_id",))(Store.conversations)
    undelivered = journaled(arguments=("account_id",))(Store.undelivered)
    unread = journaled(arguments=("account_id",))(Store.unread)
    read_up_to = journaled(arguments=("conversation_id", "account_id", "seq"))(Store.read_up_to)
    missed_messages = journaled(arguments=("horizon", "limit"))(Store.missed_messages)
    missed_changes = journaled(arguments=("horizon", "limit"))(Store.missed_changes)
    retained_rooms = journaled(Store.retained_rooms)
    expire = journaled(arguments=("room_id", "before", "limit"))(Store.expire)
    search = journaled(arguments=("question.account_id", "question.conversation_id", "question.limit"))(Store.search)
