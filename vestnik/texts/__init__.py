"""Every sentence the program says, in Russian (the default) and English: a catalogue for each reader.

`answers` is for clients of the server, `journal` for those who read the journal, `client` and `own_account` for
whoever sits before `vestnik client`, `commands` for who asks it about its commands, `cli` for those who use other
commands, `bots` for whoever calls a command of a bot. Answers and events have their own name, sentences of the command
line one that begins with `cli.`. What any journal says of itself is in `vestnik.log.sentences`.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from vestnik.language import LANGUAGES, Catalogue
from vestnik.texts import answers, bots, cli, client, commands, journal, own_account

CATALOGUES: Final[tuple[Catalogue, ...]] = (
    answers.CATALOGUE,
    journal.CATALOGUE,
    client.CATALOGUE,
    own_account.CATALOGUE,
    commands.CATALOGUE,
    cli.CATALOGUE,
    bots.CATALOGUE,
)


def in_language(language: str, *catalogues: Catalogue) -> dict[str, str]:
    """The templates of some catalogues in one of LANGUAGES, by name."""
    at = LANGUAGES.index(language)
    return {name: templates[at] for catalogue in catalogues for name, templates in catalogue.items()}


TEXTS: Final = {language: in_language(language, *CATALOGUES) for language in LANGUAGES}
"""`TEXTS[language][name]` is a template."""


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


class Wordings:
    """The sentences of every language, for whoever has named one; `default` is for all others."""

    def __init__(self, default: str) -> None:
        self._all = {language: Wording(language) for language in LANGUAGES}
        self.default = self._all[default]

    def of(self, language: str) -> Wording:
        """Those of one language, or of the default one if there are none in it."""
        return self._all.get(language, self.default)

    def __iter__(self) -> Iterator[Wording]:
        return iter(self._all.values())


def _by_position(template: str, fields: Sequence[str]) -> str:
    """`template` with `{0}` in the place of the first field's name, and so on."""
    for position, field in enumerate(fields):
        template = template.replace(f"{{{field}}}", f"{{{position}}}")
    return template
