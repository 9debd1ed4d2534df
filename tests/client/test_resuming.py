"""The requests that make a `resume`."""

from vestnik.client.resuming import resume_requests
from vestnik.protocol.framing import MAX_VALUE
from vestnik.protocol.messages import encode
from vestnik.protocol.requests import Position, Resume


def test_a_new_client() -> None:
    """A new client says nothing of what it has; one that has nothing says so."""
    assert list(resume_requests(None)) == [Resume()]
    assert list(resume_requests({})) == [Resume(cursors={})]


def test_all_in_one() -> None:
    """Few cursors go into one request."""
    positions = {"#tea": Position(5, 2), "boris": Position(1)}
    assert list(resume_requests(positions)) == [Resume(cursors=positions)]
    assert list(resume_requests(positions, "1f0c")) == [Resume(cursors=positions, epoch="1f0c")]


def test_many_cursors() -> None:
    """Many go into several that a server reads, all but the last with `more`; none is left out."""
    longest = 2**53 - 1
    tail = "Ы" * 45 + "\u2028" + '"' * 45
    positions = {f"#{n:04}{tail}": Position(longest, longest) for n in range(1500)}
    requests = list(resume_requests(positions, "1f0c"))
    assert len(requests) > 2
    assert all(len(encode(request)) <= MAX_VALUE for request in requests)
    assert [request.more for request in requests] == [True] * (len(requests) - 1) + [False]
    assert {request.epoch for request in requests} == {"1f0c"}
    together: dict[str, object] = {}
    for request in requests:
        together |= request.cursors or {}
    assert together == positions
