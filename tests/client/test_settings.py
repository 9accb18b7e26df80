"""Settings are read and written as they were, and mistakes are named."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.settings import (
    Address,
    Settings,
    SettingsError,
    change,
    check_nick,
    default_nick,
    load,
    parse_address,
    render,
    save,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("host", Address("host")),
        ("host:6667", Address("host", 6667)),
        ("ada@host:1", Address("host", 1, "ada")),
        ("ada@[::1]:6697", Address("::1", 6697, "ada")),
        ("[fe80::1%eth0]", Address("fe80::1%eth0")),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text", ["", "a b", "host:", "host:0", "host:65536", "@host", "::1", "a@b@c"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_address(text)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    settings = Settings(nick='a"\\b', rooms=("#a", "#ü"), tls=True, port=6697, clock="\x7f%H")
    path = tmp_path / "deep" / "chat.toml"
    assert load(path) is None
    save(settings, path)
    assert load(path) == settings
    assert [file.name for file in path.parent.iterdir()] == ["chat.toml"]


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_written_as_toml(text: str) -> None:
    assert tomllib.loads(render(Settings(nick=text)))["nick"] == text


@pytest.mark.parametrize("text", ["port = 0", "theme = 'pink'", "prot = 1", "= 1", "mouse = 'on'"])
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "chat.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"chat\.toml"):
        load(path)


def test_one_setting_is_changed() -> None:
    settings = change(Settings(), "port", "7000")
    assert settings.port == 7000
    assert change(settings, "mouse", "false").mouse is False
    assert change(settings, "rooms", "#a, #b").rooms == ("#a", "#b")
    for name, value in (("port", "x"), ("theme", "pink"), ("nothing", "1")):
        with pytest.raises(SettingsError):
            change(settings, name, value)


@pytest.mark.parametrize(
    ("login", "nick"),
    [("ada", "ada"), ("9ada", "ada"), ("ada lovelace", "adalovelace"), ("é", "guest")],
)
def test_the_login_name_becomes_a_nick(
    monkeypatch: pytest.MonkeyPatch, login: str, nick: str
) -> None:
    monkeypatch.setattr("client.settings.getpass.getuser", lambda: login)
    assert default_nick() == nick


@pytest.mark.parametrize("nick", ["ada", "_ada", "[x]", "zoë", "a-1", "a|b", "`^"])
def test_what_may_be_a_name(nick: str) -> None:
    assert check_nick(f" {nick} ") == nick


@pytest.mark.parametrize(
    ("nick", "near"),
    [
        ("Ada Lovelace", "such as Ada_Lovelace."),
        (":x", "such as x."),
        ("127.0.0.1:8000", "a letter."),
        ("9a", "such as a."),
        ("a,b", "such as ab."),
        ("", "a letter."),
        ("#ops", "such as ops."),
    ],
)
def test_what_no_server_takes_is_refused_with_one_that_may_do(nick: str, near: str) -> None:
    with pytest.raises(SettingsError) as refused:
        change(Settings(), "nick", nick)
    assert str(refused.value).endswith(near)


def test_a_name_in_an_address_is_looked_at_too() -> None:
    with pytest.raises(SettingsError, match="cannot be a name"):
        parse_address(":x@localhost")
