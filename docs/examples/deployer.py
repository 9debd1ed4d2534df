"""A bot with commands: `/deploy tea --where production` asks back, `/status` tells what runs, `+1` is counted.

It may be stopped or killed at any moment: it loses nothing and says nothing twice.
"""

import os
import sys
from pathlib import Path
from typing import Literal

from vestnik.client import Bot, Call, ClientError, CommandError

TOKEN = Path(os.environ.get("VESTNIK_BOT_TOKEN", "deployer.token"))
STATE = Path(os.environ.get("VESTNIK_BOT_STATE", "deployer.json"))
SERVICES = {"tea": 1, "cake": 2}

bot = Bot(
    os.environ.get("VESTNIK_SERVER", "127.0.0.1"),
    int(os.environ.get("VESTNIK_PORT", "7777")),
    name=os.environ.get("VESTNIK_USER", "deployer"),
    token=TOKEN.read_text("utf-8").strip() if TOKEN.exists() else None,
    state=STATE,
    rooms=["#tea"],
    lang="en",
)


@bot.command("deploy", once=True)
async def deploy(call: Call, service: str, *, where: Literal["staging", "production"] = "staging") -> str:
    """Deploy a service."""
    if service not in SERVICES:
        raise CommandError(f"There is no service {service}, only {', '.join(SERVICES)}")
    if where == "production" and await call.ask("Really to production? yes or no") != "yes":
        return "Then not"
    await call.react("🚀")
    return f"{service} is on {where}"


@bot.command("status")
async def status(call: Call, *services: str) -> str:
    """Say on how many machines services run."""
    return "\n".join(f"{name}: {SERVICES[name]}" for name in services or SERVICES if name in SERVICES)


@bot.message(r"\+1$")
async def plus_one(call: Call) -> None:
    """Thank who agrees."""
    await call.react("🙏")


if __name__ == "__main__":
    try:
        bot.run()
    except (ClientError, ValueError, OSError) as error:
        sys.exit(f"deployer.py: {error}")
