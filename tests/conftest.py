"""For all tests: how much of those that are exhaustive is run, and what they must find as it is everywhere."""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.ports import reserved_port
from tests.support.proof import Proof

settings.register_profile("house", deadline=None)  # a property is about what holds, not about how long it takes
settings.register_profile("long", deadline=None, max_examples=1000)  # pytest --hypothesis-profile=long
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--proof`: the exhaustive tests whole, and no others."""
    parser.addoption("--proof", action="store_true", help="run the exhaustive tests, whole, and no others")


def pytest_configure() -> None:
    """Programs that are started by tests heed Ctrl-C, also where the tests run in the background, which does not."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--proof`, leave out what is not exhaustive."""
    if config.getoption("--proof"):
        chosen = [item for item in items if "proof" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen


@pytest.fixture
def port() -> Iterator[int]:
    """A port of 127.0.0.1 for a server that comes and goes."""
    with reserved_port() as reserved:
        yield reserved


@pytest.fixture(scope="session")
def proof(pytestconfig: pytest.Config) -> Proof:
    """How much of an exhaustive test is wanted."""
    return Proof(pytestconfig.getoption("--proof"))
