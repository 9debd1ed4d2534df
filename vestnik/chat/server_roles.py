"""What somebody is on the server, beside what they are in each room."""

from collections.abc import Mapping
from typing import Final

from vestnik.protocol.requests import ServerRole

RANK: Final[Mapping[ServerRole, int]] = {"guest": 0, "bot": 1, "member": 1, "administrator": 2, "owner": 3}
"""Who outranks whom."""
ADMINISTRATORS: Final = frozenset[ServerRole]({"administrator", "owner"})
"""Who may administer accounts."""
