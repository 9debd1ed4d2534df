"""What a bot does something for: the message or the reaction, and how to answer it."""

import asyncio
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from msgspec import UNSET

from vestnik.client.bots.errors import CommandError
from vestnik.client.bots.questions import Questions
from vestnik.client.bots.state import Happening
from vestnik.client.client import Client
from vestnik.client.errors import Refused
from vestnik.log.journaled import journaled
from vestnik.protocol.codes import Code
from vestnik.protocol.events import Change, Delivery
from vestnik.protocol.names import ROOM_SIGN, conversation_of, name_key
from vestnik.texts import say

ANSWER_WITHIN: Final = 300.0
"""Seconds for which the answer to a question is waited for."""
MAX_WAIT: Final = 300.0
"""Seconds that an answer waits in all where one may not write so often; past it the server's refusal is raised."""
LOOKED_BACK: Final = 100
"""Messages of a thread that are looked through for an answer that came while the bot was away."""


class Call:
    """Something that a bot is to do something for: a message, or a change such as a reaction.

    `event` is that; `command` the name of the command, if it is one, and `text` what stands behind it, else all of the
    message. `author` is who has said or done it, `conversation` where an answer goes: a room, or that person. `seq` is
    the number of the message there.

    What is sent by a call has ids that follow from its event. When a bot was cut off and does it again, nothing is
    sent twice: what was sent first stays, whatever would be sent now.
    """

    def __init__(
        self, client: Client, event: Happening, questions: Questions, command: str = "", text: str = ""
    ) -> None:
        self.client = client
        self.event = event
        self.command = command
        self.text = text
        self.author = event.from_
        self.conversation = conversation_of(event.from_, event.to, client.name)
        self.seq = 0 if event.seq is UNSET else event.seq
        self._questions = questions
        self._sent = 0

    @property
    def in_room(self) -> bool:
        """Whether it is in a room, and not in a direct conversation."""
        return self.conversation.startswith(ROOM_SIGN)

    @property
    def thread(self) -> int:
        """The `seq` of the first message of the thread that an answer belongs to."""
        thread = self.event.thread if isinstance(self.event, Delivery) else UNSET
        return self.seq if thread is UNSET else thread

    async def reply(self, text: str, *, key: str = "") -> int:
        """Answer the message, in its thread; the `seq` of the answer.

        `key` tells answers of the same call apart where their order is not always the same. Raises ClientError.
        """
        return await self._send(self.conversation, text, key, self.seq)

    async def send(self, to: str, text: str, *, key: str = "") -> int:
        """Send a message to a room or a person, in no thread; its `seq`. `key` is as in `reply`. Raises ClientError."""
        return await self._send(to, text, key, None)

    async def edit(self, seq: int, text: str) -> None:
        """Change the text of an answer. Raises ClientError."""
        await self.client.edit(self.conversation, seq, text)

    async def react(self, emoji: str) -> None:
        """Put an emoji to the message. Raises ClientError."""
        await self.client.react(self.conversation, self.seq, emoji)

    async def unreact(self, emoji: str) -> None:
        """Take it off again. Raises ClientError."""
        await self.client.unreact(self.conversation, self.seq, emoji)

    async def message(self) -> Delivery | None:
        """The message as it is now, also that of a reaction; None if it is not kept any more. Raises ClientError."""
        page = await self.client.history(self.conversation, around=self.seq, limit=1)
        return next((each for each in page if each.seq == self.seq), None)

    async def replies(self) -> list[Delivery]:
        """The newest messages of the thread, oldest first. Raises ClientError."""
        return list(await self.client.history(self.conversation, thread=self.thread))

    @journaled(arguments=("within",), logger="client")
    async def ask(self, question: str, *, within: float = ANSWER_WITHIN, key: str = "") -> str:
        """Ask the author something, and wait for the answer: their next message in the thread, or in the conversation
        if it is a direct one.

        An answer that came while the bot was restarted counts. Raises CommandError when none comes `within` so many
        seconds, ClientError.
        """
        thread = self.thread if self.in_room else 0
        async with self._questions.expecting(self.conversation, thread, self.author) as answer:
            seq = await self.reply(question, key=key)
            found = await self._answered(seq, thread)
            if found is None:
                try:
                    async with asyncio.timeout(within):
                        found = await answer
                except TimeoutError:  # no event: whoever was asked is told
                    said = say(self._questions.language, "bots.no_answer", command=f"/{self.command}")
                    raise CommandError(said) from None
        return found.message

    async def _answered(self, seq: int, thread: int) -> Delivery | None:
        """The answer to question `seq`, if it has come before it was waited for."""
        page = await self.client.history(self.conversation, after=seq, thread=thread or None, limit=LOOKED_BACK)
        author = name_key(self.author)
        found = next((each for each in page if name_key(each.from_) == author and each.message), None)
        if found is not None and found.seq is not UNSET:
            self._questions.found(self.conversation, found.seq)
        return found

    async def _send(self, to: str, text: str, key: str, reply_to: int | None) -> int:
        self._sent += not key
        event = self.event
        number = f"change/{event.change}" if isinstance(event, Change) else f"{event.seq}"
        about = f"{self.client.name}/{event.to}/{event.from_}/{number}/{event.time}/{self.command}/{key or self._sent}"
        message_id = str(uuid5(NAMESPACE_URL, about))
        waited = 0.0
        while True:
            try:
                response = await self.client.send(to, text, message_id=message_id, reply_to=reply_to)
            except Refused as error:
                if error.status == Code.CONFLICT:
                    return await self._sent_before(to, message_id, error)
                seconds = error.retry_after
                if error.status != Code.TOO_MANY or seconds is None or waited + seconds > MAX_WAIT:
                    raise
                waited += seconds
                await asyncio.sleep(seconds)
            else:
                return 0 if response.seq is UNSET else response.seq

    async def _sent_before(self, to: str, message_id: str, refused: Refused) -> int:
        """The `seq` of a message that was sent with another text before the bot was cut off."""
        before: int | None = None
        for _ in range(10):
            page = await self.client.history(to, before=before)
            for each in page:
                if each.id == message_id and each.seq is not UNSET:
                    return each.seq
            if not page.more or not page or page[0].seq is UNSET:
                break
            before = page[0].seq
        raise refused
