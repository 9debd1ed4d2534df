"""A user's settings of their client."""

from pathlib import Path

import pytest

from tests.support.process import vestnik
from vestnik.cli.client.settings import WANTED, ClientSettings, ClientSettingsBad, load_client_settings
from vestnik.language import LANGUAGES
from vestnik.texts import TEXTS


def test_a_file(tmp_path: Path) -> None:
    """What the file says holds, and nobody has to have one."""
    assert load_client_settings(tmp_path / "none.toml") == ClientSettings()
    (tmp_path / "client.toml").write_text('user = "анна"\nport = 7000\nremember = false\n', "utf-8")
    assert load_client_settings(tmp_path / "client.toml") == ClientSettings(user="анна", port=7000, remember=False)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("adress = 1", "cli.setting_unknown"),
        ('password = "secret"', "cli.setting_unknown"),
        ("address = 1", "cli.setting_address"),
        ('address = ""', "cli.setting_address"),
        ('port = "7777"', "cli.setting_port"),
        ("port = 0", "cli.setting_port"),
        ("port = 70000", "cli.setting_port"),
        ("user = 7", "cli.setting_text"),
        ('lang = "de"', "cli.setting_lang"),
        ("lang = []", "cli.setting_lang"),
        ('log_level = "LOUD"', "cli.setting_level"),
        ('journal_text = "no"', "cli.setting_switch"),
        ("[limits]\nname = 3", "cli.setting_unknown"),
        ("a =", "cli.settings_not_toml"),
        ("a = 1\na = 2", "cli.settings_not_toml"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, name: str) -> None:
    """A mistake is said in the language of the client, and so that one knows what to write."""
    (tmp_path / "client.toml").write_text(text, "utf-8")
    with pytest.raises(ClientSettingsBad) as caught:
        load_client_settings(tmp_path / "client.toml")
    said = {caught.value.text(language, tmp_path) for language in LANGUAGES}
    assert len(said) == len(LANGUAGES)
    begins = TEXTS["en"][name].partition("{path}")[2].partition("{")[0]
    assert any(begins in each for each in said)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """What is no text, and what is no file, is no settings file."""
    (tmp_path / "client.toml").write_bytes(b"\xff")
    for path, said in (
        (tmp_path / "client.toml", "В x не текст в UTF-8"),
        (tmp_path, "Не удалось прочитать x: это каталог"),
    ):
        with pytest.raises(ClientSettingsBad) as caught:
            load_client_settings(path)
        assert caught.value.text("ru", Path("x")) == said


def test_every_setting_has_its_sentence() -> None:
    """For each setting there is a sentence that says what it has to be."""
    assert list(WANTED) == list(ClientSettings.__struct_fields__)


@pytest.mark.parametrize(
    ("lang", "text", "said"),
    [
        (None, "prot = 1\n", "настройки prot нет"),
        (None, 'lang = "en"\nprot = 1\n', "no setting prot"),
        ("en", 'lang = "ru"\nport = "x"\n', "port is a number from 1 to 65535"),
    ],
)
def test_a_wrong_file_ends_the_client(tmp_path: Path, lang: str | None, text: str, said: str) -> None:
    """The client says what is wrong, in the language chosen, with exit code 2."""
    (tmp_path / "vestnik").mkdir()
    (tmp_path / "vestnik" / "client.toml").write_text(text, "utf-8")
    more = {} if lang is None else {"VESTNIK_LANG": lang}
    done = vestnik("client", "-u", "anna", password="secret", XDG_CONFIG_HOME=str(tmp_path), **more)
    assert done.returncode == 2
    assert said in done.stderr
    assert "client.toml" in done.stderr
