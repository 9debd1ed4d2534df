"""Answer `!ping` in a room: a bot that may be stopped or killed at any moment, and loses and doubles nothing.

How far it is, it keeps in a file after each event. What it was doing when it was killed comes again; its answer then
has the same id as before, so that the server keeps it once.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from vestnik.client import Client, ClientError, Delivery, Refused

STATE = Path(os.environ.get("VESTNIK_BOT_STATE", "bot.json"))
ROOM = "#tea"


def begin() -> Client:
    """The bot as it was left; without a file it is new."""
    return Client(
        os.environ.get("VESTNIK_SERVER", "127.0.0.1"),
        int(os.environ.get("VESTNIK_PORT", "7777")),
        name=os.environ["VESTNIK_USER"],
        password=os.environ["VESTNIK_PASSWORD"],
        lang="en",
        cursors=json.loads(STATE.read_text("utf-8")) if STATE.exists() else None,
    )


def keep(client: Client) -> None:
    """Write down how far the bot is; the file is whole at any moment."""
    new = STATE.with_suffix(".new")
    new.write_text(json.dumps(client.cursors), "utf-8")
    new.replace(STATE)


async def answer(client: Client, said: Delivery) -> None:
    """Answer what was said, in the room, or to the person."""
    to = said.to if said.to.startswith("#") else said.from_
    once = uuid5(NAMESPACE_URL, f"pong/{said.to}/{said.from_}/{said.seq}/{said.time}")
    try:
        await client.send(to, f"pong {said.message.removeprefix('!ping').strip()}", message_id=str(once))
    except Refused as error:  # it may be muted, or its answer deleted
        print(error, file=sys.stderr, flush=True)


async def serve() -> None:
    """Go on from where the bot was."""
    async with begin() as client:
        keep(client)  # from here on nothing is missed, also if it is killed before the first event
        await client.join(ROOM)
        async for event in client.events():
            if isinstance(event, Delivery) and event.message.startswith("!ping"):
                await answer(client, event)
            keep(client)  # after what was done for the event, not before


if __name__ == "__main__":
    try:
        asyncio.run(serve())
    except KeyError as missing:
        sys.exit(f"bot.py: set {missing.args[0]}")
    except (ClientError, ValueError) as error:
        sys.exit(f"bot.py: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
