"""Reports of messages, in the real database."""

from sqlalchemy import Connection

from tests.store.queries.test_messages import ANNA, BORIS, keep
from tests.support.store import allow
from vestnik.chat.rules.reports import MayResolve, may_act
from vestnik.store.queries import members, reports, retention, rooms, vacancy


def room(connection: Connection) -> int:
    """A room of anna's, in which boris has written."""
    number = rooms.join_room(connection, "#tea", "#tea", ANNA, 1.0, allow).room_id
    rooms.join_room(connection, "#tea", "#tea", BORIS, 1.0, allow)
    keep(connection, number, 1, BORIS, "Bad")
    return number


def reported(connection: Connection) -> list[int]:
    """The numbers of the reports that anna is to act on."""
    kept = reports.list_reports(connection, ANNA, None, 0, 9)
    return [each.report.report for each in kept if may_act(each.standing)]


def test_numbers_are_not_given_again(connection: Connection) -> None:
    """A report that was acted on has had its number; the same message may be reported anew."""
    tea = room(connection)
    made = reports.make_report(connection, tea, 1, ANNA, "", 2.0, allow)
    assert made is not None
    same = reports.make_report(connection, tea, 1, ANNA, "", 2.0, allow)
    assert (made.new, same) == (True, made._replace(new=False))
    done = reports.resolve_report(connection, made.number, ANNA, MayResolve(made.number))
    assert done is not None
    assert (done.by_id, done.author_id, done.to, done.seq) == (ANNA, BORIS, "#tea", 1)
    again = reports.make_report(connection, tea, 1, ANNA, "", 3.0, allow)
    assert again is not None
    assert again.number > made.number
    assert reported(connection) == [again.number]


def test_they_go_with_the_message(connection: Connection) -> None:
    """What a room does not keep is kept in no report, either."""
    tea = room(connection)
    reports.make_report(connection, tea, 1, ANNA, "", 2.0, allow)
    assert len(reported(connection)) == 1
    retention.expire(connection, tea, 6.0, 9, 7.0)
    assert reported(connection) == []
    keep(connection, tea, 2, BORIS, "Worse")
    reports.make_report(connection, tea, 2, ANNA, "", 2.0, allow)
    for person in (ANNA, BORIS):
        members.leave_room(connection, tea, person, 8.0, allow)
    assert vacancy.remove_room(connection, tea, 500, 9.0)
    assert reports.list_reports(connection, ANNA, None, 0, 9) == []
