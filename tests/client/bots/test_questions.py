"""Whose answer is whose."""

import asyncio

import pytest

from vestnik.client import CommandError, Delivery
from vestnik.client.bots import questions as questions_module
from vestnik.client.bots.questions import Questions


async def test_answers() -> None:
    """An answer is the next message of the same person in the thread; the first question gets it."""
    slots = asyncio.Semaphore(0)
    questions = Questions(slots, "en")
    async with questions.expecting("#Tea", 3, "Boris") as first, questions.expecting("#tea", 3, "boris") as second:
        assert not slots.locked()
        assert not questions.take(Delivery(0, "anna", "#tea", "no", 5, thread=3), "#tea")
        assert not questions.take(Delivery(0, "boris", "#tea", "no", 6), "#tea")
        assert questions.take(Delivery(0, "boris", "#tea", "yes", 7, thread=3), "#tea")
        assert first.done()
        assert not second.done()
        assert questions.take(Delivery(0, "boris", "#tea", "again", 8, thread=3), "#tea")
        assert (await second).message == "again"
    assert slots.locked()
    assert not questions.take(Delivery(0, "boris", "#tea", "more", 9, thread=3), "#tea")


async def test_an_answer_found_in_the_history() -> None:
    """An answer that was found before it came is not taken for anything else when it comes."""
    questions = Questions(asyncio.Semaphore(1), "en")
    questions.found("boris", 4)
    assert questions.take(Delivery(0, "boris", "bot", "yes", 4), "boris")
    assert not questions.take(Delivery(0, "boris", "bot", "yes", 4), "boris")


async def test_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """More questions than there may be are refused."""
    monkeypatch.setattr(questions_module, "MAX_QUESTIONS", 1)
    questions = Questions(asyncio.Semaphore(1), "en")
    async with questions.expecting("#tea", 1, "boris"):
        with pytest.raises(CommandError):
            async with questions.expecting("#tea", 2, "boris"):
                pass
