"""Say hello in a room and show what the others say; a lost connection is made again, and nothing is missed."""

import asyncio
import os
import sys

from vestnik.client import Client, ClientError, Delivery, Disconnected


async def talk() -> None:
    """Talk as the account and to the server that the environment names."""
    client = Client(
        os.environ.get("VESTNIK_SERVER", "127.0.0.1"),
        int(os.environ.get("VESTNIK_PORT", "7777")),
        name=os.environ["VESTNIK_USER"],
        password=os.environ["VESTNIK_PASSWORD"],
        lang="en",
    )
    async with client:
        await client.join("#tea")
        answer = await client.send("#tea", "Hello from a program")
        print(f"kept as number {answer.seq}", flush=True)
        async for event in client.events():
            if isinstance(event, Delivery):
                print(f"{event.from_}: {event.message}", flush=True)
            elif isinstance(event, Disconnected):
                print("connecting again...", flush=True)


try:
    asyncio.run(talk())
except KeyError as missing:
    sys.exit(f"hello.py: set {missing.args[0]}")
except (ClientError, ValueError) as error:  # a wrong password, a wrong port, a server that is gone
    sys.exit(f"hello.py: {error}")
except KeyboardInterrupt:
    sys.exit(130)
