"""The store's methods, one row for each: its query, whether a reader or the writer runs it, what may be shown of it.

What the methods do and give is said by their contract, `vestnik.chat.storage`. Of the arguments a journal may show
those that a row names (`room`, or `person.id` for an attribute of one): never a text, password, token or hash.
"""

from collections.abc import Callable, Coroutine, Iterator
from inspect import signature
from types import FunctionType
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from sqlalchemy import Connection

from vestnik.store.enabled import by_enabled
from vestnik.store.queries import (
    accounts,
    alterations,
    behind,
    blocks,
    bots,
    changes,
    clock,
    conversations,
    epochs,
    guests,
    history,
    ids,
    invitations,
    invites,
    logins,
    members,
    messages,
    people,
    reports,
    resets,
    retention,
    room_lists,
    rooms,
    search,
    second_factor,
    vacancy,
)

P = ParamSpec("P")
T = TypeVar("T")
QueryFunction: TypeAlias = Callable[Concatenate[Connection, P], T]
"""A function of `vestnik.store.queries`, called with a connection inside a transaction."""
Method: TypeAlias = Callable[Concatenate["Access", P], Coroutine[Any, Any, T]]


def read(query: QueryFunction[P, T], *shown: str) -> Method[P, T]:
    """A method that gives what a query finds, which may take a page's time."""

    async def method(self: "Access", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._read(query, *args, **kwargs)

    return _described(method, query, shown)


def look_up(query: QueryFunction[P, T], *shown: str) -> Method[P, T]:
    """A method that gives what a query finds: a few rows by a key. It does not wait for pages."""

    async def method(self: "Access", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._look_up(query, *args, **kwargs)

    return _described(method, query, shown)


def log_in(query: QueryFunction[P, T], *shown: str) -> Method[P, T]:
    """A method that gives what a login needs. It waits for logins only."""

    async def method(self: "Access", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._log_in(query, *args, **kwargs)

    return _described(method, query, shown)


def write(change: QueryFunction[P, T], *shown: str) -> Method[P, T]:
    """A method that gives what a change made by the writer returns, once it is on disk."""

    async def method(self: "Access", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._change(change, *args, **kwargs)

    return _described(method, change, shown)


def act(change: QueryFunction[P, T], *shown: str) -> Method[P, T]:
    """The same as `write` for what the account `account_id` does: refused if that is disabled by then."""
    return write(by_enabled(change), *shown)


def find(query: QueryFunction[P, T], *shown: str) -> Method[P, T]:
    """The same as `read`, with the index for searching."""

    async def method(self: "Access", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._search(query, *args, **kwargs)

    return _described(method, query, shown)


def _described(method: Method[P, T], query: QueryFunction[P, T], shown: tuple[str, ...]) -> Method[P, T]:
    """`method` with the parameters of its query and what may be shown of them."""
    own, asked = signature(method), signature(query)
    parameters = [own.parameters["self"], *list(asked.parameters.values())[1:]]
    method.__dict__.update(__signature__=own.replace(parameters=parameters), shown=shown)
    method.__doc__ = query.__doc__
    return method


class Access:
    """What a `Store` is asked; how it asks is for the store to say."""

    async def _read(self, query: QueryFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `query` finds, called with a connection that cannot write."""
        raise NotImplementedError

    async def _look_up(self, query: QueryFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same, for what takes no time."""
        raise NotImplementedError

    async def _log_in(self, query: QueryFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same, for what a login waits for."""
        raise NotImplementedError

    async def _search(self, query: QueryFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `query` finds, called with a connection that cannot write and has the index for searching."""
        raise NotImplementedError

    async def _change(self, change: QueryFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `change` returns, called inside a transaction, once that is on disk. Raises its VestnikError."""
        raise NotImplementedError

    # Accounts, logins, contacts.
    find_account = look_up(accounts.find_account, "key")
    find_accounts = look_up(accounts.find_accounts)
    name_standing = look_up(accounts.name_standing, "name")
    account_names = read(accounts.account_names, "after", "limit")
    doubtful_accounts = read(accounts.doubtful_accounts, "limit")
    initials = read(accounts.initials)
    list_accounts = read(accounts.list_accounts, "after", "limit")
    account_state = look_up(accounts.account_state, "account_id")
    add_account = write(accounts.add_account, "name")
    account_standing = look_up(accounts.account_standing, "account_id", "by_id")
    change_password = write(accounts.change_password, "account_id", "login_id")
    add_reset = write(resets.add_reset, "account_id", "expires", "by_id")
    reset_standing = log_in(resets.reset_standing, "key")
    reset_password = write(resets.reset_password, "account_id")
    set_account_role = write(accounts.set_account_role, "account_id", "role")
    set_password = write(accounts.set_password, "account_id")
    set_disabled = write(accounts.set_disabled, "account_id", "disabled")
    inviters_standing = look_up(invites.inviters_standing, "by_id")
    add_invite = write(invites.add_invite, "role", "uses", "expires", "by_id")
    remove_invite = write(invites.remove_invite, "invite_id")
    registration_standing = log_in(invites.registration_standing, "name")
    register = write(invites.register, "name")
    invites = read(invites.invites, "after", "limit")  # from here on the method
    credentials = log_in(accounts.credentials, "key")
    token_login = log_in(accounts.token_login)
    begin_login = write(accounts.begin_login, "account_id")
    touch_login = write(accounts.touch_login, "account_id", "login_id")
    end_login = write(accounts.end_login, "account_id", "login_id")
    begin_second_factor = act(second_factor.begin_second_factor, "account_id")
    confirm_second_factor = act(second_factor.confirm_second_factor, "account_id", "step")
    end_second_factor = write(second_factor.end_second_factor, "account_id")
    set_recovery_codes = act(second_factor.set_recovery_codes, "account_id")
    take_try = write(second_factor.take_try, "account_id")
    use_step = write(second_factor.use_step, "account_id", "step")
    use_recovery_code = write(second_factor.use_recovery_code, "account_id")
    second_factor = look_up(second_factor.second_factor, "account_id")  # from here on the method
    end_logins = act(logins.end_logins, "account_id", "login_id")
    logins = read(logins.logins, "account_id")  # from here on the method
    add_bot_token = write(bots.add_bot_token, "account_id")
    bot_tokens = look_up(bots.bot_tokens, "account_id")
    revoke_bot_token = write(bots.revoke_bot_token, "account_id", "number")
    bot_login = log_in(bots.bot_login)
    touch_bot_token = write(bots.touch_bot_token, "number")
    set_bot_commands = act(bots.set_bot_commands, "account_id")
    bot_commands = read(bots.bot_commands, "reader.account_id", "conversation_id", "bot_id", "limit")
    blocked = read(blocks.blocked, "account_id")
    all_blocks = read(blocks.all_blocks)
    block = write(blocks.block_person, "account_id", "person_id")
    unblock = write(blocks.unblock_person, "account_id", "person_id")
    add_guest = write(guests.add_guest, "name")
    forget_guest = write(guests.forget_guest, "account_id")
    guests_left = look_up(guests.guests_left)
    takes_guests = look_up(guests.takes_guests, "account_id", "conversation_id")
    hosts = read(guests.hosts, "limit")
    admit_guests = act(guests.admit_guests, "account_id", "admit")
    contacts = read(accounts.contacts, "account_id")
    add_contact = act(accounts.add_contact, "account_id", "contact_id")
    remove_contact = act(accounts.remove_contact, "account_id", "contact_id")
    save_people = write(people.save_people)
    everybody = read(people.everybody, "after", "limit")
    people = read(people.people)  # from here on the name is the method's, not the module's

    # Messages.
    find_direct_conversation = look_up(messages.find_direct_conversation, "one", "other")
    direct_conversation = write(messages.direct_conversation, "one", "other")
    find_message = look_up(messages.find_message, "reader.account_id", "conversation_id", "seq")
    knows_id = write(ids.knows_id, "account_id")
    messages_after = read(messages.messages_after, "number", "limit")
    kept_numbers = read(messages.kept_numbers, "account_id", "after", "limit")
    kept_messages = read(messages.kept_messages, "account_id")
    messages_behind = read(behind.messages_behind, "conversation_id", "seq", "limit")
    save_cursors = write(messages.save_cursors)
    edit_message = act(alterations.edit_message, "conversation_id", "seq", "account_id")
    delete_message = act(alterations.delete_message, "conversation_id", "seq", "account_id")
    versions = read(alterations.versions, "reader.account_id", "conversation_id", "seq")
    report = act(reports.make_report, "conversation_id", "seq", "account_id")
    resolve_report = act(reports.resolve_report, "number", "account_id")
    reports = read(reports.list_reports, "account_id", "room_id", "after", "limit")  # from here on the method
    react = act(alterations.react, "conversation_id", "seq", "account_id", "emoji")
    unreact = act(alterations.unreact, "conversation_id", "seq", "account_id", "emoji")
    pin = act(alterations.pin_message, "conversation_id", "seq", "account_id")
    unpin = act(alterations.unpin_message, "conversation_id", "seq", "account_id")
    pinned = read(alterations.pinned, "reader.account_id", "conversation_id")
    search = find(search.search, "question.account_id", "question.conversation_id", "question.limit")

    # Numbers over all conversations.
    current_epoch = look_up(epochs.current_epoch)
    begin_epoch = write(epochs.begin_epoch, "seen")
    last_number = look_up(changes.last_number)
    settle = write(changes.settle)

    # Conversations.
    changes_after = read(conversations.changes_after, "number", "limit")
    history = read(history.history, "reader.account_id", "conversation_id", "limit")
    undelivered = read(conversations.undelivered, "account_id")
    ends = read(conversations.ends)
    unread = read(conversations.unread, "account_id")
    read_up_to = write(conversations.read_up_to, "reader.account_id", "conversation_id", "seq")
    missed_messages = read(conversations.missed_messages, "account_id", "limit")
    missed_changes = read(conversations.missed_changes, "account_id", "limit")
    changes_behind = read(behind.changes_behind, "conversation_id", "number", "limit")
    conversations = read(conversations.conversations, "account_id")  # from here on the method

    # Rooms and their members.
    all_rooms = read(room_lists.all_rooms)
    room_names = read(room_lists.room_names, "after", "limit")
    room_state = read(room_lists.room_state, "reader.account_id", "room_id")
    list_rooms = read(room_lists.list_rooms, "account_id", "after", "limit")
    list_members = read(room_lists.list_members, "reader.account_id", "room_id", "after", "limit")
    join_room = act(rooms.join_room, "name", "account_id")
    create_room = act(rooms.create_room, "name", "account_id")
    begin_group = act(rooms.begin_group, "people", "account_id")
    set_room = act(rooms.set_room, "room_id", "account_id")
    leave_room = act(members.leave_room, "room_id", "account_id")
    offer = act(invitations.offer, "room_id", "account_id", "person.id")
    decline = act(invitations.decline, "room_id", "account_id")
    invite = act(members.invite, "room_id", "account_id", "person.id")
    remove_member = act(members.remove_member, "room_id", "account_id", "person.id")
    ban = act(members.ban_person, "room_id", "account_id", "person.id")
    unban = act(members.unban_person, "room_id", "account_id", "person.id")
    mute = act(members.mute_member, "room_id", "account_id", "person.id", "until")
    unmute = act(members.unmute_member, "room_id", "account_id", "person.id")
    set_role = act(members.set_role, "room_id", "account_id", "person.id", "role")
    invitations = read(invitations.invitations, "account_id", "limit")  # from here on the method
    retained_rooms = read(retention.retained_rooms)
    vacated_rooms = write(vacancy.vacated_rooms, "hours", "hours_silent")
    remove_room = write(vacancy.remove_room, "room_id", "limit")
    idle_aliases = write(vacancy.idle_aliases, "hours")
    expire = write(retention.expire, "room_id", "before", "limit")
    known_clock = read(clock.known_clock)
    save_clock = write(clock.save_clock)
    forget_ids = write(ids.forget_ids, "before", "limit")


def rows() -> Iterator[tuple[str, Callable[..., Any], tuple[str, ...]]]:
    """The table: the name of each method, the method, and its arguments that may be shown."""
    for name, method in vars(Access).items():
        if isinstance(method, FunctionType) and "shown" in vars(method):
            yield name, method, vars(method)["shown"]


for _name, _method, _shown in rows():
    _method.__name__, _method.__qualname__ = _name, f"Store.{_name}"
