"""Whether there is a conversation that somebody names."""

from msgspec import UNSET

from vestnik.cli.client.arguments import BadLine
from vestnik.cli.client.shell import Shell
from vestnik.protocol.names import ROOM_SIGN, name_key


async def find(shell: Shell, name: str) -> str:
    """The conversation with a room or person, as it is called really.

    What one is known to have is so, and a script, a server of plain JIM and one without a connection are believed:
    then it is as it was written. Raises Refused where there is nobody of that name, and BadLine for a room that one
    is not in.
    """
    if not shell.screen.terminal or not shell.connected or shell.plain or name_key(name) in shell.own:
        return shell.spelling(name)
    if not name.startswith(ROOM_SIGN):
        found = await shell.client.who([name])
        return found[0].name if found else name
    room = await shell.client.get_room(name)
    if room.role is UNSET and not room.group:
        raise BadLine("cli.not_member", room=room.room)
    return room.room
