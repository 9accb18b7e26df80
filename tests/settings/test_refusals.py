"""What is refused of settings, and in which words."""

from pathlib import Path

import pytest

from chatserver.config import Config
from chatserver.settings import ConfigError, load
from tests.settings.files import complaint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "port = 99999",
            "FILE: port is 99999; it must be a whole number from 0 to 65535.",
        ),
        ("port = '1'", 'FILE: port is "1"; it must be a whole number from 0 to 65535.'),
        ("port = true", "FILE: port is true; it must be a whole number from 0 to 65535."),
        ("port = 1.5", "FILE: port is 1.5; it must be a whole number from 0 to 65535."),
        ("workers = 0", "FILE: workers is 0; it must be a whole number from 1 to 64."),
        (
            "workers = 99999999999999999999999",
            "FILE: workers is 99999999999999999999999; it must be a whole number from 1 to 64.",
        ),
        (
            "log_level = 'loud'",
            'FILE: log_level is "loud"; it must be one of debug, info, warning, error.',
        ),
        ("host = 1", "FILE: host is 1; it must be a text."),
        (
            "host = 'a:1'",
            'FILE: host is "a:1"; it must be a host name or an address '
            "(its port is the setting port).",
        ),
        (
            'host = "a\\u001b"',
            'FILE: host is "a\\u001b"; it must be UTF-8 text without control characters.',
        ),
        ("host = 1979-05-27", "FILE: host is 1979-05-27; it must be a text."),
        ("data = ''", 'FILE: data is ""; it must be a path that is not empty.'),
        (
            "data = '~no_such_user_at_all/x'",
            'FILE: data is "~no_such_user_at_all/x"; it must be a path under a home directory '
            "that exists.",
        ),
        ("listen = 'a:1'", 'FILE: listen is "a:1"; it must be a list of texts.'),
        (
            "listen = ['a:1', 'b']",
            'FILE: listen has the entry "b"; it must be HOST:PORT, [IPV6]:PORT or :PORT '
            "with a port from 0 to 65535, alone or after irc:// or telnet://.",
        ),
        (
            "host = ''",
            "FILE: host is empty and listen has no entry, so there is nothing to listen on; "
            "set one of them.",
        ),
        ("limits = 3", "FILE: limits is 3; it must be a table, [limits]."),
        ("port = {}", "FILE: port is a table; it must be a whole number from 0 to 65535."),
        (
            "[limits]\nping = nan",
            "FILE: limits.ping is nan; it must be a number from 0.1 to 86400.",
        ),
        (
            "[limits]\nping = -inf",
            "FILE: limits.ping is -inf; it must be a number from 0.1 to 86400.",
        ),
        ("[limits]\nrate = 3", "FILE: limits.rate is 3; it must be true, false or a table."),
        (
            "[limits.rate]\nlines_burst = 0",
            "FILE: limits.rate.lines_burst is 0; it must be a whole number from 1 to 1000000.",
        ),
        (
            "[limits]\nexempt_loopback = 1",
            "FILE: limits.exempt_loopback is 1; it must be true or false.",
        ),
        (
            "[limits]\nline = 20000",
            "limits.unfinished is 16384 (the default); it must be at least limits.line, "
            "which is 20000 (FILE).",
        ),
        (
            "[limits]\nping = 9\ndead = 9",
            "limits.dead is 9.0 (FILE); it must be more than limits.ping, which is 9.0 (FILE).",
        ),
    ],
)
def test_a_wrong_value_in_the_file(text: str, words: str) -> None:
    assert complaint(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prot = 1", "FILE: there is no setting prot. Did you mean port?"),
        ("[limit]", "FILE: there is no setting limit. Did you mean limits?"),
        ("line = 1", "FILE: there is no setting line. Did you mean limits.line?"),
        (
            "[limits]\nper_adress = 1",
            "FILE: there is no setting limits.per_adress. Did you mean limits.per_address?",
        ),
        ("[limits.rate]\nxyzzy = 1", "FILE: there is no setting limits.rate.xyzzy."),
        ("qqqq = 1", "FILE: there is no setting qqqq. See: chatserver config."),
    ],
)
def test_an_unknown_key(text: str, words: str) -> None:
    assert complaint(text).startswith(words)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("port = 1\nworkers = = 2", "FILE, line 2, column 11: this is not valid TOML: "),
        ("port = 1\n[limits", "FILE, line 2, column 8: this is not valid TOML: "),
        ("port = 1\nport = 2", "FILE, line 2, column 9: this is not valid TOML: "),
    ],
)
def test_a_syntax_error_names_its_place(text: str, place: str) -> None:
    assert complaint(text).startswith(place)


def test_bytes_that_are_no_text(home: Path) -> None:
    file = home / "latin1.toml"
    file.write_bytes(b"# \xc3\xa9\nmotd = '\xe9'")
    with pytest.raises(ConfigError, match=r"latin1.toml, line 2, column 9: this is not UTF-8"):
        load({}, {}, file)


def test_a_byte_order_mark_and_crlf_are_no_fault(home: Path) -> None:
    file = home / "windows.toml"
    file.write_bytes(b"\xef\xbb\xbfport = 5\r\n")
    assert load({}, {}, file).port == 5


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "abc", 'port is "abc"; it must be a whole number from 0 to 65535.'),
        ("PORT", "", 'port is ""; it must be a whole number from 0 to 65535.'),
        ("PORT", "-1", "port is -1; it must be a whole number from 0 to 65535."),
        ("LIMITS_PING", "nan", "limits.ping is nan; it must be a number from 0.1 to 86400."),
        ("LIMITS_PING", "inf", "limits.ping is inf; it must be a number from 0.1 to 86400."),
        ("LIMITS_RATE", "no way", 'limits.rate is "no way"; it must be true, false or a table.'),
        ("HOST", "a\udcff", 'host is "a\udcff"; it must be UTF-8 text without control characters.'),
    ],
)
def test_a_wrong_value_in_the_environment(name: str, value: str, words: str) -> None:
    name = f"CHATSERVER_{name}"
    assert complaint(environment={name: value}) == f"environment variable {name}: {words}"


def test_an_unknown_variable() -> None:
    assert complaint(environment={"CHATSERVER_LIMITS_PER_ADRESS": "1"}) == (
        "There is no setting for environment variable CHATSERVER_LIMITS_PER_ADRESS. "
        "Did you mean CHATSERVER_LIMITS_PER_ADDRESS?"
    )
    assert load({}, {"CHATSERVER_TEST_REQUIRE": "1"}) == Config()


def test_a_wrong_flag() -> None:
    assert complaint(log_level="loud").startswith('--log-level: log_level is "loud"; ')
    assert complaint(listen=("x",)).startswith('--listen: listen has the entry "x"; ')


def test_a_long_value_is_cut() -> None:
    assert len(complaint(f"port = '{'x' * 5000}'")) < 200
