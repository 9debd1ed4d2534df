"""`/life`: what has become of a message since it was written."""

from collections.abc import Iterator
from typing import Final

from msgspec import UNSET

from vestnik.cli.client.arguments import Arguments, BadLine
from vestnik.cli.client.drawing.moments import moment
from vestnik.cli.client.shell import Shell
from vestnik.client import Delivery, Refused, Version

MAX_REPLIES: Final = 1_000
"""Replies that are looked at."""
STEPS: Final = {
    "written": "cli.life_written",
    "copied": "cli.life_copied",
    "edited": "cli.life_edited",
    "deleted": "cli.life_deleted",
    "answered": "cli.life_answered",
    "answers": "cli.life_answers",
    "mentions": "cli.life_mentions",
    "pinned": "cli.life_pinned",
    "reaction": "cli.life_reaction",
    "id": "cli.life_id",
}
"""What happens to messages, as scripts read it, and as people do."""
Step = tuple[str, str, str, str]
"""When, what happened, by whom, what else there is to say; empty where that is not known."""


async def life(shell: Shell, given: Arguments) -> None:
    """Show what has become of a message: its edits, replies, reactions, and what is so about it now."""
    to, seq = given.conversation(), given.number()
    given.end()
    page = await shell.client.history(to, around=seq, limit=1)
    found = next((message for message in page if message.seq == seq), None)
    if found is None:
        raise BadLine("cli.life_none", to=to, seq=seq)
    versions = await _versions(shell, found, to, seq)
    steps = [*_written(found, versions), *_changed(found, versions), *await _replies(shell, found, to, seq)]
    steps.sort(key=lambda step: step[0])
    steps += _now(found)
    if shell.screen.terminal:
        steps = [(when, shell.screen.text(STEPS[what]), who, text) for when, what, who, text in steps]
    shell.screen.rows(steps)


async def _versions(shell: Shell, message: Delivery, to: str, seq: int) -> list[Version]:
    """The earlier versions, if there are some and one may see them."""
    if message.edited is UNSET and message.deleted is UNSET:
        return []
    try:
        return await shell.client.edits(to, seq)
    except Refused:  # no event: the answer had one; who may see them is up to the room
        return []


def _written(message: Delivery, versions: list[Version]) -> Iterator[Step]:
    text = versions[0].message if versions else message.message
    yield moment(message.time), "written", message.from_, text
    if message.forwarded is not UNSET:
        origin = message.forwarded
        yield moment(origin.time), "copied", origin.from_, f"{origin.to} {origin.seq}".strip()
    if not versions and message.edited is not UNSET:
        yield moment(message.edited), "edited", message.from_, ""
    if message.deleted is not UNSET and not any(version.deleted for version in versions):
        yield moment(message.deleted), "deleted", "", ""


def _changed(message: Delivery, versions: list[Version]) -> Iterator[Step]:
    """What was done to it, with the text that it got."""
    texts = [*(version.message for version in versions[1:]), message.message]
    for version, text in zip(versions, texts, strict=False):
        yield moment(version.time), "deleted" if version.deleted else "edited", version.from_, text


async def _replies(shell: Shell, message: Delivery, to: str, seq: int) -> list[Step]:
    if message.replies is UNSET and message.thread is UNSET:
        return []
    page = await shell.client.history(to, thread=seq, limit=MAX_REPLIES)
    return [
        (moment(each.time), "answered", each.from_, "" if each.seq is UNSET else str(each.seq))
        for each in page
        if each.reply_to == seq
    ]


def _now(message: Delivery) -> Iterator[Step]:
    """What is so without being known since when."""
    if message.reply_to is not UNSET:
        yield "", "answers", "", str(message.reply_to)
    if message.mentions is not UNSET:
        yield "", "mentions", ", ".join(message.mentions), ""
    if message.pinned is True:
        yield "", "pinned", "", ""
    if message.reactions is not UNSET:
        for emoji, names in message.reactions.items():
            yield "", "reaction", ", ".join(names), emoji
    if message.id is not UNSET:
        yield "", "id", "", message.id
