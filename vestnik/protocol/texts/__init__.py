"""Every sentence the program says, in Russian (the default) and English.

`TEXTS[language][name]` is a template with named fields (`{account}`). Answers and journal events use
their own name as the key; texts of the command line begin with `cli.`.
"""

from collections.abc import Sequence
from typing import Final

from vestnik.protocol.texts import en, ru

DEFAULT_LANGUAGE: Final = "ru"
TEXTS: Final[dict[str, dict[str, str]]] = {"ru": ru.TEXTS, "en": en.TEXTS}
LANGUAGES: Final = tuple(TEXTS)


def say(language: str, name: str, /, **values: object) -> str:
    """The sentence `name` in `language`, with its fields filled in. Raises KeyError for an unknown name."""
    return TEXTS[language][name].format(**values)


class Wording:
    """The sentences of one language, for callers that give values by position. Raises KeyError for an unknown one."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = TEXTS[language]
        self._positional: dict[str, str] = {}

    def text(self, name: str, fields: Sequence[str], values: Sequence[object]) -> str:
        """The sentence `name`, whose fields are called `fields`, with `values` in the same order; more may be given."""
        template = self._positional.get(name)
        if template is None:
            template = self._positional[name] = _by_position(self._texts[name], fields)
        return template.format(*values)


def _by_position(template: str, fields: Sequence[str]) -> str:
    """`template` with `{0}` in the place of the first field's name, and so on."""
    for position, field in enumerate(fields):
        template = template.replace(f"{{{field}}}", f"{{{position}}}")
    return template
