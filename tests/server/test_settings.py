"""The settings: names, bounds, and errors that name the key."""

import math
import os
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from vestnik.chat.limits import Limits
from vestnik.language import LANGUAGES
from vestnik.server.settings import FILE_NAME, SettingError, Settings, SettingUnknown, load_settings, make_settings

SECTIONS: dict[str, type[Struct]] = {"": Settings, "limits": Limits}
KEYS = [(section, key) for section, kind in SECTIONS.items() for key in kind.__struct_fields__]


def inside(section: str, key: str, value: object) -> dict[str, Any]:
    """Settings with one value."""
    return {section: {key: value}} if section else {key: value}


def path_of(section: str, key: str) -> str:
    """The key as an error names it."""
    return f"{section}.{key}" if section else key


def metas(section: str, key: str) -> list[Meta]:
    """What the table says about a setting."""
    hint = get_type_hints(SECTIONS[section], include_extras=True)[key]
    return [found for found in get_args(hint) if isinstance(found, Meta)]


def test_defaults() -> None:
    """Without any value there are the defaults of the protocol and the manual."""
    made = make_settings({})
    assert made == Settings()
    assert (made.address, made.port, made.lang, made.log_level) == ("", 7777, "ru", "INFO")
    assert (made.keepalive, made.unfinished) == (60.0, 30.0)
    limits = made.limits
    assert (limits.name, limits.room, limits.text) == (25, 25, 4000)


def test_languages() -> None:
    """The languages that can be set are those that there are."""
    for language in LANGUAGES:
        assert make_settings({"lang": language}).lang == language


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_every_setting_is_described(section: str, key: str) -> None:
    """Every setting says what it means, in a sentence."""
    (meta,) = metas(section, key)
    assert meta.description
    assert meta.description.endswith(".")


@given(st.text(min_size=1).filter(lambda key: key not in Settings.__struct_fields__))
@example("a`b")
def test_unknown_keys(key: str) -> None:
    """An unknown key is named as it was written."""
    with pytest.raises(SettingUnknown) as caught:
        make_settings({key: 1})
    assert caught.value.fields == {"key": key}


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda key: key not in Limits.__struct_fields__))
@example("a`b")
def test_unknown_keys_of_a_section(key: str) -> None:
    """An unknown key in a section is named with the section."""
    with pytest.raises(SettingUnknown) as caught:
        make_settings({"limits": {key: 1}})
    assert caught.value.fields == {"key": f"limits.{key}"}


strange = (
    st.none()
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.integers(), min_size=1, max_size=2).map(lambda found: [found])
    | st.datetimes()
)


@given(st.sampled_from([place for place in KEYS if place[1] != "limits"]), strange)
@example(("", "port"), True)
@example(("", "lang"), False)
@example(("", "log_json"), 1)
@example(("", "trace"), "yes")
def test_values_of_a_wrong_type(place: tuple[str, str], value: object) -> None:
    """A value of a wrong type is refused, and the key is named with its section."""
    with pytest.raises(SettingError) as caught:
        make_settings(inside(*place, value))
    assert caught.value.fields["key"] == path_of(*place)
    assert caught.value.fields["reason"]


@pytest.mark.parametrize("value", [1, "x", [], None, True])
def test_section_of_a_wrong_type(value: object) -> None:
    """A section that is a plain value is refused by name."""
    with pytest.raises(SettingError) as caught:
        make_settings({"limits": value})
    assert caught.value.fields["key"] == "limits"


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_bounds(section: str, key: str) -> None:
    """A bound itself is accepted; what lies beyond it is refused and the key is named."""
    for meta in metas(section, key):
        good = [bound for bound in (meta.ge, meta.le) if bound is not None]
        bad = [bound - 1 for bound in (meta.ge,) if bound is not None]
        bad += [bound + 1 for bound in (meta.le,) if bound is not None]
        bad += [bound for bound in (meta.gt,) if bound is not None]
        for value in good:
            make_settings(inside(section, key, value))
        for value in bad:
            with pytest.raises(SettingError) as caught:
                make_settings(inside(section, key, value))
            assert caught.value.fields["key"] == path_of(section, key)


TIMES = [key for key, hint in get_type_hints(Settings).items() if hint is float]


@pytest.mark.parametrize("key", TIMES)
@pytest.mark.parametrize("value", [math.nan, -math.inf])
def test_times_are_numbers(key: str, value: float) -> None:
    """`nan` and `-inf`, which TOML knows, are no times; `inf` is for ever."""
    assert getattr(make_settings({key: math.inf}), key) == math.inf
    with pytest.raises(SettingError) as caught:
        make_settings({key: value})
    assert caught.value.fields["key"] == key


@pytest.mark.parametrize(("key", "value"), [("lang", "fr"), ("log_level", "info"), ("log_level", "LOUD"), ("data", "")])
def test_choices(key: str, value: str) -> None:
    """A word that is none of the choices is refused by name."""
    with pytest.raises(SettingError) as caught:
        make_settings({key: value})
    assert caught.value.fields["key"] == key


def test_choices_are_named() -> None:
    """Who writes a word that is none of the choices is told what they are."""
    with pytest.raises(SettingError) as caught:
        make_settings({"invitations": "maybe"})
    assert caught.value.fields["reason"] == "'maybe' (join | ask)"


def test_error_has_its_sentence() -> None:
    """The error says key and reason in both languages."""
    with pytest.raises(SettingError) as caught:
        make_settings({"port": "7777"})
    for language in LANGUAGES:
        assert "port" in caught.value.text(language)
        assert "int" in caught.value.text(language)


def test_paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`~` is the home directory; the journal is in the data directory unless it is put elsewhere."""
    monkeypatch.setenv("HOME", str(tmp_path))
    made = make_settings({"data": "~/vestnik"})
    assert made.data_path == tmp_path / "vestnik"
    assert made.log_path == tmp_path / "vestnik" / "log"
    assert make_settings({"log_dir": "~/journal"}).log_path == tmp_path / "journal"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty current directory."""
    directory = tmp_path / "here"
    directory.mkdir()
    monkeypatch.chdir(directory)
    return directory


def test_file_and_overrides(here: Path) -> None:
    """What is given on the command line goes before the file, and None is not given."""
    file = here / "other.toml"
    file.write_text('port = 1\nlang = "en"\n[limits]\ntext = 10\n')
    made = load_settings(file, {"port": 2, "lang": None})
    assert (made.port, made.lang, made.limits.text, made.limits.name) == (2, "en", 10, 25)


def test_which_file(here: Path, tmp_path: Path) -> None:
    """The file in the current directory goes before that in the data directory; both may be missing."""
    data = tmp_path / "data"
    data.mkdir()
    given_ = {"data": str(data)}
    assert load_settings(None, given_).port == 7777
    (data / FILE_NAME).write_text("port = 1")
    assert load_settings(None, given_).port == 1
    (here / FILE_NAME).write_text("port = 2")
    assert load_settings(None, given_).port == 2


@pytest.mark.parametrize("content", [b"port", b"port = 1\nport = 2", b"\xff", b"\xef\xbb\xbfport = 1"], ids=repr)
def test_broken_files(here: Path, content: bytes) -> None:
    """A file that is not TOML in UTF-8 is refused under its own name."""
    (here / "broken.toml").write_bytes(content)
    with pytest.raises(SettingError) as caught:
        load_settings(here / "broken.toml", {})
    assert caught.value.fields["key"] == str(here / "broken.toml")


def test_missing_file(here: Path) -> None:
    """A file that was named and is not there, or is a directory, is refused under its own name."""
    for path in (here / "missing.toml", here):
        with pytest.raises(SettingError) as caught:
            load_settings(path, {})
        assert caught.value.fields["path"] == str(path)


@pytest.mark.parametrize("data", ["~nobody-has-this-name/x", "a\0b"], ids=ascii)
def test_impossible_directories(here: Path, data: str) -> None:
    """A data directory that no system can have is refused by name, before anything is done with it."""
    with pytest.raises(SettingError) as caught:
        os.stat(load_settings(None, {"data": data}).data_path)  # noqa: PTH116
    assert caught.value.fields["key"] == "data"
