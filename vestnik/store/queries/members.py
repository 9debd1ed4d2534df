"""Members of rooms: what is done to them. What a rule refuses has changed nothing."""

from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.rooms import Left, RoomRule
from vestnik.protocol.requests import RoleName
from vestnik.store.queries.changes import add_change
from vestnik.store.queries.heirs import inherit
from vestnik.store.queries.invitations import decline
from vestnik.store.queries.standing import add_member, check_standing
from vestnik.store.schema import ban, member, mute


def leave_room(connection: Connection, room_id: int, account_id: int, now: float, rule: RoomRule) -> Left:
    """End the account's own membership; when no owner is left who can act, somebody inherits the room."""
    check_standing(connection, room_id, account_id, account_id, rule)
    _end_membership(connection, room_id, account_id)
    left = add_change(connection, room_id, account_id, now, "leave")
    return Left(left, inherit(connection, room_id, account_id, now))


def invite(
    connection: Connection, room_id: int, account_id: int, person: AccountRecord, now: float, rule: RoomRule
) -> ChangeEvent | None:
    """Make a person a member."""
    standing = check_standing(connection, room_id, account_id, person.id, rule)
    if standing.their_role is not None:
        return None
    add_member(connection, room_id, person.id, now, "member", invited=True)
    return add_change(connection, room_id, account_id, now, "invite", person=person)


def remove_member(
    connection: Connection, room_id: int, account_id: int, person: AccountRecord, now: float, rule: RoomRule
) -> ChangeEvent:
    """End a person's membership."""
    check_standing(connection, room_id, account_id, person.id, rule)
    _end_membership(connection, room_id, person.id)
    return add_change(connection, room_id, account_id, now, "remove", person=person)


def ban_person(
    connection: Connection, room_id: int, account_id: int, person: AccountRecord, now: float, rule: RoomRule
) -> ChangeEvent | None:
    """Keep a person out, who is no member any more."""
    if check_standing(connection, room_id, account_id, person.id, rule).banned:
        return None
    _end_membership(connection, room_id, person.id)
    decline(connection, room_id, person.id)
    connection.execute(insert(ban).values(room_id=room_id, account_id=person.id, by_id=account_id, time=now))
    return add_change(connection, room_id, account_id, now, "ban", person=person)


def unban_person(
    connection: Connection, room_id: int, account_id: int, person: AccountRecord, now: float, rule: RoomRule
) -> ChangeEvent | None:
    """Let a person in again."""
    if not check_standing(connection, room_id, account_id, person.id, rule).banned:
        return None
    connection.execute(delete(ban).where(ban.c.room_id == room_id, ban.c.account_id == person.id))
    return add_change(connection, room_id, account_id, now, "unban", person=person)


def mute_member(
    connection: Connection,
    room_id: int,
    account_id: int,
    person: AccountRecord,
    until: float,
    now: float,
    rule: RoomRule,
) -> ChangeEvent | None:
    """Keep a person from writing until `until`."""
    check_standing(connection, room_id, account_id, person.id, rule)
    new = insert_or_update(mute).values(room_id=room_id, account_id=person.id, until=until)
    changing = new.on_conflict_do_update(
        index_elements=[mute.c.room_id, mute.c.account_id],
        set_={"until": new.excluded.until},
        where=mute.c.until != new.excluded.until,
    )
    if not connection.execute(changing).rowcount:
        return None
    return add_change(connection, room_id, account_id, now, "mute", person=person, until=until)


def unmute_member(
    connection: Connection, room_id: int, account_id: int, person: AccountRecord, now: float, rule: RoomRule
) -> ChangeEvent | None:
    """Let a person write again; one whose time was over could do so before."""
    check_standing(connection, room_id, account_id, person.id, rule)
    gone = delete(mute).where(mute.c.room_id == room_id, mute.c.account_id == person.id).returning(mute.c.until)
    until = connection.execute(gone).scalar()
    if until is None or until <= now:
        return None
    return add_change(connection, room_id, account_id, now, "unmute", person=person)


def set_role(
    connection: Connection,
    room_id: int,
    account_id: int,
    person: AccountRecord,
    role: RoleName,
    now: float,
    rule: RoomRule,
) -> ChangeEvent | None:
    """Give a member another role; who gets a higher one may write, too."""
    if check_standing(connection, room_id, account_id, person.id, rule).their_role == role:
        return None
    who = (member.c.room_id == room_id, member.c.account_id == person.id)
    connection.execute(update(member).where(*who).values(role=role))
    if role != "member":
        connection.execute(delete(mute).where(mute.c.room_id == room_id, mute.c.account_id == person.id))
    return add_change(connection, room_id, account_id, now, "set_role", person=person, role=role)


def _end_membership(connection: Connection, room_id: int, account_id: int) -> None:
    connection.execute(delete(member).where(member.c.room_id == room_id, member.c.account_id == account_id))
