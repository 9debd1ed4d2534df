"""Whom a message was written to, in the short form that the journal keeps."""

from collections.abc import Iterable, Iterator


def packed(numbers: Iterable[int]) -> str | None:
    """Numbers of connections as ranges, sorted: `2-57,60`; None if there are none."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join([str(first) if first == last else f"{first}-{last}" for first, last in ranges]) or None


def unpacked(ranges: str) -> Iterator[int]:
    """The numbers in what `packed` has made."""
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


class Written:
    """Messages written to one connection together: how many (`count`), and of each sender the first and last seq."""

    def __init__(self) -> None:
        self.count = 0
        self._ranges: dict[str, tuple[int, int]] = {}

    def add(self, sender: str, seq: int) -> None:
        """One more message; a sender's come in the order of their seq."""
        self.count += 1
        first, _ = self._ranges.get(sender, (seq, seq))
        self._ranges[sender] = (first, seq)

    def __str__(self) -> str:
        """`anna/3-7  carl/2`: two blanks, for a name may have one, but never two in a row."""
        return "  ".join([f"{sender}/{a}-{b}" if b > a else f"{sender}/{a}" for sender, (a, b) in self._ranges.items()])
