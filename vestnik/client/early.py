"""What a server says before a client could tell it its language, in the language of the client.

A connection too many is turned away as soon as it is there. The few sentences for that are recognised by their words.
"""

import re
from functools import cache
from string import Formatter
from typing import Final

from vestnik.protocol.answers import LOGIN_LATE, NETWORK_CROWDED, SERVER_FULL
from vestnik.texts import TEXTS, say

EARLY: Final = (SERVER_FULL, NETWORK_CROWDED, LOGIN_LATE)
MAX_TEXT: Final = 500
"""Characters that are taken of such a text: it comes from somebody who is not known yet."""


def understood(text: str, language: str | None) -> str:
    """`text` in `language`, if it is one of those sentences, else as it is; never more than MAX_TEXT of it."""
    text = text[:MAX_TEXT]
    for answer in EARLY if language is not None else ():
        for template in (texts[answer.name] for texts in TEXTS.values()):
            if found := _pattern(template).fullmatch(text):
                return say(language or "", answer.name, **found.groupdict())
    return text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = Formatter().parse(template)
    return re.compile(
        "".join(re.escape(said) + (rf"(?P<{field}>[\d.]+)" if field else "") for said, field, _, _ in parts)
    )
