"""Who has blocked whom: no messages, mentions, invitations from them, and one's presence is hidden from them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager

from vestnik.chat.session import Account
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden

NOBODY: Set[int] = frozenset()


class Blocks:
    """Pairs of accounts by number: who blocks, and who is blocked. It is false when nobody has blocked anybody."""

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._blocked: dict[int, set[int]] = {}
        self._blockers: dict[int, set[int]] = {}
        self._begun: Counter[tuple[int, int]] = Counter()
        for account_id, person_id in pairs:
            self.add(account_id, person_id)

    def __bool__(self) -> bool:
        return bool(self._blocked or self._begun)

    def add(self, account_id: int, person_id: int) -> None:
        """An account has blocked a person."""
        self._blocked.setdefault(account_id, set()).add(person_id)
        self._blockers.setdefault(person_id, set()).add(account_id)

    def remove(self, account_id: int, person_id: int) -> None:
        """An account has blocked a person no more; no change if it had not."""
        for pairs, one, other in ((self._blocked, account_id, person_id), (self._blockers, person_id, account_id)):
            others = pairs.get(one, set())
            others.discard(other)
            if not others:
                pairs.pop(one, None)

    @contextmanager
    def beginning(self, account_id: int, person_id: int) -> Iterator[None]:
        """Around a block that is on its way to the store: it holds from now on, so that nothing comes behind it."""
        pair = account_id, person_id
        self._begun[pair] += 1
        try:
            yield
        finally:
            self._begun[pair] -= 1
            if not self._begun[pair]:
                del self._begun[pair]

    def holds(self, account_id: int, person_id: int) -> bool:
        """Whether an account has blocked a person."""
        return person_id in self._blocked.get(account_id, NOBODY) or (account_id, person_id) in self._begun

    def blocked_by(self, account_id: int) -> Set[int]:
        """Whom an account has blocked."""
        return self._blocked.get(account_id, NOBODY)

    def blockers_of(self, account_id: int) -> Set[int]:
        """Who has blocked an account."""
        return self._blockers.get(account_id, NOBODY)

    def check(self, account: Account, person_id: int, person: str) -> None:
        """Raises Forbidden if one of the two has blocked the other, so that the account may not write to the person."""
        check_blocks(
            account.name, person, blocked=self.holds(person_id, account.id), own=self.holds(account.id, person_id)
        )


def check_blocks(account: str, person: str, *, blocked: bool, own: bool) -> None:
    """Raises Forbidden for somebody (`account`) whom the person has `blocked`, and who has blocked them (`own`)."""
    if own:
        raise Forbidden(answers.MESSAGE_BLOCKING, account, person)
    if blocked:
        raise Forbidden(answers.MESSAGE_BLOCKED, account, person)
