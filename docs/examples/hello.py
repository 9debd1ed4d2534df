"""Say hello in a room and show what the others say; a lost connection is made again, and nothing is missed."""

import asyncio
import os

from vestnik.client import Client, Delivery, Disconnected


async def main() -> None:
    """Talk as the account and to the server that the environment names."""
    client = Client(
        os.environ.get("VESTNIK_SERVER", "127.0.0.1"),
        int(os.environ.get("VESTNIK_PORT", "7777")),
        name=os.environ["VESTNIK_USER"],
        password=os.environ["VESTNIK_PASSWORD"],
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


asyncio.run(main())
