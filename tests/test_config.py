import ast
import re
from pathlib import Path

import pytest

from chatserver import config
from chatserver.config import Address, Config, Operator, Server, default_name, parse_address
from chatserver.schema import SETTINGS, Setting
from chatserver.settings import AT_START, REREAD
from chatserver.toml import toml_value

ROOT = Path(__file__).parent.parent
COLUMNS = tuple(column for setting in SETTINGS for column in setting.columns)
OF_THE_MACHINE = {
    "data": "the user's data directory",
    "server.name": 'this machine\'s name, or `"chat.local"`',
}


def doc_row(setting: Setting) -> str:
    """How a setting stands in docs/configuration.md."""
    if setting.is_required:
        return f"| `{setting.key}` | {setting.allowed} | {setting.description} |"
    default = OF_THE_MACHINE.get(setting.key) or f"`{toml_value(setting.default)}`"
    return f"| `{setting.key}` | {default} | {setting.allowed} | {setting.description} |"


@pytest.mark.parametrize("setting", SETTINGS + COLUMNS, ids=lambda setting: setting.key)
def test_every_setting_is_described_bounded_and_documented(setting: Setting) -> None:
    assert setting.description
    assert not setting.description.endswith(".")
    if setting.type in (int, float):
        assert isinstance(setting.default, setting.type)
        low, high = setting.meta.ge, setting.meta.le
        assert low is not None
        assert high is not None
        assert low <= setting.default <= high
    documented = (ROOT / "docs/configuration.md").read_text(encoding="utf-8").splitlines()
    assert doc_row(setting) in documented


def test_docs_name_no_setting_that_does_not_exist() -> None:
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([a-z_.]+)` \|", text, re.MULTILINE)
    assert sorted(named) == sorted(setting.key for setting in SETTINGS + COLUMNS)


def test_what_a_reload_takes_over_is_documented() -> None:
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    chapter = text.partition("## Reading it again\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z_.]+)`", chapter))
    assert named == {*REREAD, *AT_START}
    assert named <= {setting.key for setting in SETTINGS}


def test_no_two_settings_share_an_environment_variable() -> None:
    variables = [setting.variable for setting in SETTINGS]
    assert len(set(variables)) == len(variables)
    assert "CHATSERVER_LIMITS_RATE_LINES_BURST" in variables
    assert "CHATSERVER_LISTEN" in variables


def test_the_schema_touches_no_socket_thread_or_clock() -> None:
    forbidden = {"socket", "selectors", "select", "threading", "ssl", "sqlite3", "time"}
    for node in ast.walk(ast.parse(Path(config.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not forbidden & {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module not in forbidden


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("localhost:8000", Address("localhost", 8000)),
        ("10.0.0.1:0", Address("10.0.0.1", 0)),
        ("[::1]:65535", Address("::1", 65535)),
        ("[fe80::1%eth0]:9", Address("fe80::1%eth0", 9)),
        (":9000", Address("", 9000)),
        ("irc://:6667", Address("", 6667, "irc")),
        ("telnet://[::1]:23", Address("::1", 23, "telnet")),
    ],
)
def test_an_address_is_read(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8000",
        "localhost",
        "localhost:",
        "localhost:65536",
        "localhost:-1",
        "localhost:+1",
        "localhost:1_0",
        "localhost:٣",
        "localhost:00000000000000000000001",
        "::1:8000",
        "[::1]",
        "[]:8000",
        "[localhost]:8000",
        "[::1:8000",
        "two words:8000",
        "http://localhost:8000",
        "any://localhost:8000",
        "://localhost:8000",
        "IRC://localhost:8000",
        "irc://telnet://localhost:8000",
        "irc://localhost",
        "irc:localhost:8000",
        "irc://localhost:8000/",
        "a:1:2",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        parse_address(text)


def test_listen_is_added_to_host_and_port() -> None:
    both = Config(host="localhost", port=1, listen=(":2", "[::1]:3"))
    assert both.addresses() == (Address("localhost", 1), Address("", 2), Address("::1", 3))
    assert Config(host="", listen=(":2",)).addresses() == (Address("", 2),)
    assert Config().addresses() == (Address("localhost", 8000),)


def test_listen_says_for_which_protocol() -> None:
    both = Config(listen=("irc://:2", "telnet://a:3", "a:4"))
    assert [each.protocol for each in both.addresses()] == ["any", "irc", "telnet", "any"]


@pytest.mark.parametrize(
    ("node", "name"),
    [
        ("chat.example.org", "chat.example.org"),
        ("a.b", "a.b"),
        ("box", "chat.local"),
        ("", "chat.local"),
        ("under_score.example", "chat.local"),
        ("ünï.example", "chat.local"),
        (".example", "chat.local"),
        ("example.", "chat.local"),
        ("-a.example", "chat.local"),
        (f"{'a' * 58}.home", f"{'a' * 58}.home"),
        (f"{'a' * 59}.home", "chat.local"),
    ],
)
def test_the_servers_name_is_the_machines_if_it_can_be_one(
    monkeypatch: pytest.MonkeyPatch, node: str, name: str
) -> None:
    machine = type("Machine", (), {"nodename": node})
    monkeypatch.setattr("os.uname", lambda: machine)
    assert default_name() == name
    assert Config().server.name == name


def test_no_password_shows_where_a_record_is_printed() -> None:
    config = Config(
        server=Server(password="of the server"),
        operators=(Operator(name="ada", password="of ada"),),
    )
    assert "ada" in repr(config)
    assert "of the server" not in repr(config)
    assert "of ada" not in repr(config)
