"""The languages that the program speaks, and the shape of what it says."""

from collections.abc import Mapping
from typing import Final, TypeAlias

LANGUAGES: Final = ("ru", "en")
DEFAULT_LANGUAGE: Final = "ru"

Catalogue: TypeAlias = Mapping[str, tuple[str, str]]
"""Sentences by name: of each a template with named fields (`{account}`) for each of LANGUAGES, in their order."""
