"""Descriptors: what they leave room for, and when they are used up."""

import os
import resource
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from vestnik.server.descriptors import SPARE, DescriptorRoom


@pytest.fixture
def limited() -> Iterator[None]:
    """What the test does to the limit of this process is undone."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def allow(count: int) -> None:
    """Let this process have so many descriptors."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


@pytest.mark.usefixtures("limited")
def test_room_follows_the_limit() -> None:
    """There is room for as many connections as descriptors are left, less what everything else may need."""
    found = DescriptorRoom()
    allow(1000)
    room = found.room
    assert 0 < room < 1000 - SPARE
    allow(1100)
    assert (found.limit, found.room) == (1100, room + 100)


@pytest.mark.usefixtures("limited")
def test_few_are_shared() -> None:
    """Of few descriptors connections get half, and of none one, so that it can be told."""
    found = DescriptorRoom()
    others = 1000 - SPARE - (allow(1000), found.room)[1]
    allow(others + 20)
    assert found.room == 10
    assert 0 < found.spare < 10
    allow(others)
    assert found.room == 1


@pytest.mark.usefixtures("limited")
def test_used_up_is_news_once() -> None:
    """That there is none left is news, until there was one again."""
    found = DescriptorRoom()
    allow(200)
    for _ in range(2):
        with ExitStack() as opened:
            assert not found.news()
            while True:
                try:
                    opened.callback(os.close, os.open(os.devnull, os.O_RDONLY))
                except OSError:
                    break
            assert found.news()
            assert not found.news()
