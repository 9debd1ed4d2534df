"""What the connections of one server share, put together once in `vestnik.server.app`."""

from dataclasses import dataclass

from vestnik.chat.chat import Chat
from vestnik.log.journal import Journal
from vestnik.server.catchup import CatchUp
from vestnik.server.fanout import Fanout
from vestnik.server.intake import Intake
from vestnik.server.kept import KeptMessages
from vestnik.server.refusals import Refusals
from vestnik.server.tasks import Tasks
from vestnik.server.turns import Turns
from vestnik.texts import Wordings


@dataclass(frozen=True, slots=True)
class Services:
    """All of them. `send_buffer` is how many bytes may wait for a slow reader before its connection is closed."""

    chat: Chat
    journal: Journal
    wordings: Wordings
    intake: Intake
    fanout: Fanout
    kept: KeptMessages
    catch_up: CatchUp
    tasks: Tasks
    refusals: Refusals
    turns: Turns
    send_buffer: int
