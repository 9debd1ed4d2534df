"""Every sentence the program says, in Russian (the default) and English.

`TEXTS[language][name]` is a template with named fields (`{account}`). Answers and journal events use
their own name as the key; texts of the command line begin with `cli.`.
"""

from typing import Final

from vestnik.protocol.texts import en, ru


DEFAULT_LANGUAGE: Final = "ru"
TEXTS: Final[dict[str, dict[str, str]]] = {"ru": ru.TEXTS, "en": en.TEXTS}
LANGUAGES: Final = tuple(TEXTS)


def say(language: str, name: str, **values: object) -> str:
    """The sentence `name` in `language`, with its fields filled in. Raises KeyError for an unknown name."""
    return TEXTS[language][name].format(**values)
