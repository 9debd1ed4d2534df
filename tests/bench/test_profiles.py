"""The loads of the benchmark: which there are, who is where in them, and which server gets which."""

import shutil

import pytest

from bench.peers import SERVERS
from bench.profiles import PROFILES, Profile, build, measure, tiny

LOADS = {profile.name: profile for profile in PROFILES}
LOADED = [profile for profile in PROFILES if profile.mode != "idle"]


@pytest.mark.parametrize("profile", LOADED, ids=lambda profile: profile.name)
def test_who_is_where(profile: Profile) -> None:
    """Every room has one who writes and equally many who read, also in the small version of a load."""
    for load in (profile, tiny(profile)):
        rooms = load.members()
        assert {len(people) for people in rooms} == {
            load.receivers * load.each // load.rooms + load.senders // load.rooms
        }
        assert all(people[0] >= load.receivers for people in rooms)
        assert all(len(set(people)) == len(people) for people in rooms)
        assert {number for people in rooms for number in people} == set(range(load.receivers + load.senders))


def test_names() -> None:
    """No two loads have the same name, or are called the same."""
    assert len(LOADS) == len(PROFILES) == len({profile.label for profile in PROFILES})


def test_who_gets_it() -> None:
    """A number may be that of one server, and of a kind; the others are left out."""
    assert LOADS["resume"].count(SERVERS["vestnik"]) == LOADS["resume"].messages["vestnik"]
    assert LOADS["resume"].count(SERVERS["sketch"]) is None
    assert LOADS["pairs"].count(SERVERS["sketch"]) == LOADS["pairs"].messages["own"]
    assert LOADS["rooms-500"].count(SERVERS["prosody"]) is None
    assert LOADS["pairs-rich"].count(SERVERS["inspircd"]) is None


@pytest.mark.skipif(shutil.which("cc") is None, reason="the load generator is written in C")
@pytest.mark.xdist_group("loadgen")
def test_coming_back() -> None:
    """Everybody comes back, and gets what was missed: the load generator gives up otherwise."""
    build()
    load = tiny(LOADS["resume"])
    figures = measure(SERVERS["vestnik"], load)
    assert figures["people"] == load.receivers
    assert figures["missed"] == load.messages["vestnik"] // 2 * load.receivers * load.each / load.rooms
    assert 0 < figures["p50_us"] <= figures["max_us"]


@pytest.mark.skipif(shutil.which("cc") is None, reason="the load generator is written in C")
@pytest.mark.xdist_group("loadgen")
def test_the_index_afterwards() -> None:
    """What is measured ends when the index has all messages."""
    build()
    figures = measure(SERVERS["vestnik"], tiny(LOADS["index"]))
    assert 0 <= figures["index_left"] <= figures["messages"]
    assert figures["index_s"] >= 0
