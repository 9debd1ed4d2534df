"""How long tests wait: for events, and only so that a test that will fail does not wait forever."""

from typing import Final

DEADLINE: Final = 120.0
"""Seconds after which a test gives up that waits for something: much longer than it takes on a busy machine."""
