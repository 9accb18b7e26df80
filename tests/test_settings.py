import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chatserver import settings
from chatserver.config import Config, Limits, Rate
from chatserver.schema import SETTINGS, Setting
from chatserver.settings import ConfigError, load
from chatserver.toml import render_toml


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory without any configuration."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(directory: Path, text: str) -> Path:
    file = directory / "chat.toml"
    file.write_text(text, encoding="utf-8")
    return file


def complaint(
    text: str = "", environment: dict[str, str] | None = None, **flags: str | tuple[str, ...]
) -> str:
    """What is said about a wrong layer; FILE stands for the file's name."""
    file = write(Path.cwd(), text)
    with pytest.raises(ConfigError) as caught:
        load(flags, environment or {}, file)
    return str(caught.value).replace(str(file), "FILE")


# --- the layers ---


def test_nothing_given_is_the_default() -> None:
    assert load({}, {"PATH": "/bin", "CHATSERVERPORT": "x"}) == Config()


def test_flags_win_over_environment_over_file_over_defaults(home: Path) -> None:
    file = write(home, "port = 1\nworkers = 1\nhost = 'one'\n[limits]\nline = 300\n")
    environment = {"CHATSERVER_WORKERS": "2", "CHATSERVER_HOST": "two"}
    config = load({"host": "three", "port": None, "listen": ()}, environment, file)
    assert (config.port, config.workers, config.host) == (1, 2, "three")
    assert config.limits == Limits(line=300)
    assert config.log_level == "info"


def test_the_file_of_the_user_is_read_where_none_is_named(home: Path) -> None:
    file = settings.default_config_file()
    assert file.is_relative_to(home)
    file.parent.mkdir(parents=True)
    file.write_text("port = 7")
    assert load({}, {}).port == 7
    assert load({}, {}, write(home, "port = 8")).port == 8
    other = str(home / "chat.toml")
    assert load({}, {"CHATSERVER_CONFIG": other}).port == 8


def test_a_named_file_must_exist(home: Path) -> None:
    with pytest.raises(ConfigError, match=r"configuration file .*none.toml: no such file"):
        load({}, {}, home / "none.toml")
    with pytest.raises(ConfigError, match=r"configuration file .*: is a directory"):
        load({}, {}, home)


def test_a_wrong_value_is_refused_even_where_it_is_overridden() -> None:
    assert "FILE: port is 70000" in complaint("port = 70000", port="1")


# --- texts, from the environment and the flags ---


def test_texts_become_what_the_setting_needs() -> None:
    config = load(
        {"listen": ("a:1", ":2"), "log_level": "DEBUG"},
        {
            "CHATSERVER_PORT": " 0 ",
            "CHATSERVER_LIMITS_PER_ADDRESS": "0",
            "CHATSERVER_LIMITS_PING": "1",
            "CHATSERVER_LIMITS_EXEMPT_LOOPBACK": "False",
        },
    )
    assert config.listen == ("a:1", ":2")
    assert config.log_level == "debug"
    assert config.port == 0
    assert config.limits == Limits(per_address=0, ping=1.0, exempt_loopback=False)
    assert isinstance(config.limits.ping, float)


def test_lists_are_separated_by_commas() -> None:
    assert load({}, {"CHATSERVER_LISTEN": "a:1, [::1]:2,"}).listen == ("a:1", "[::1]:2")
    assert load({}, {"CHATSERVER_LISTEN": ""}).listen == ()


def test_a_text_that_looks_like_a_number_stays_a_text() -> None:
    assert load({"host": "10"}, {}).host == "10"


# --- the rate, which is a table or false ---


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("", Rate()),
        ("[limits]\nrate = true", Rate()),
        ("[limits]\nrate = false", None),
        ("[limits.rate]", Rate()),
        ("[limits.rate]\nlines_burst = 3", Rate(lines_burst=3)),
        ("limits = { rate = { bytes_per_second = 5 } }", Rate(bytes_per_second=5)),
    ],
)
def test_the_rate_of_a_file(home: Path, text: str, rate: Rate | None) -> None:
    assert load({}, {}, write(home, text)).limits.rate == rate


def test_a_higher_layer_switches_the_rate_off_and_on(home: Path) -> None:
    table = write(home, "[limits.rate]\nlines_burst = 3")
    assert load({}, {"CHATSERVER_LIMITS_RATE": "false"}, table).limits.rate is None
    kept = load({}, {"CHATSERVER_LIMITS_RATE": "true"}, table).limits.rate
    assert kept == Rate(lines_burst=3)
    off = write(home, "[limits]\nrate = false")
    assert load({}, {"CHATSERVER_LIMITS_RATE": "true"}, off).limits.rate == Rate()
    burst = {"CHATSERVER_LIMITS_RATE_BYTES_BURST": "300"}
    assert load({}, burst, off).limits.rate == Rate(bytes_burst=300)


def test_off_and_a_figure_in_one_layer_contradict() -> None:
    environment = {
        "CHATSERVER_LIMITS_RATE": "false",
        "CHATSERVER_LIMITS_RATE_LINES_BURST": "3",
    }
    assert complaint(environment=environment) == (
        "environment variable CHATSERVER_LIMITS_RATE turns limits.rate off, but environment "
        "variable CHATSERVER_LIMITS_RATE_LINES_BURST sets limits.rate.lines_burst; take one of "
        "them away."
    )


# --- what is refused, and in which words ---


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
            'FILE: listen has the entry "b"; it must be HOST:PORT, [IPV6]:PORT or :PORT, '
            "with a port from 0 to 65535.",
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


# --- files and directories ---


def test_relative_paths_start_at_the_file_or_the_working_directory(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "etc").mkdir()
    (home / "work").mkdir()
    file = write(home / "etc", "data = 'd'\nlog_file = '~/l'")
    monkeypatch.chdir(home / "work")
    config = load({}, {}, file)
    assert (config.data, config.log_file) == (str(home / "etc/d"), str(home / "l"))
    assert load({"data": "d"}, {}, file).data == str(home / "work/d")
    assert load({}, {"CHATSERVER_DATA": "e"}, Path("../etc/chat.toml")).data == str(home / "work/e")


def test_the_motd_must_be_a_readable_text(home: Path) -> None:
    good = home / "motd"
    good.write_text("Hello, ünïverse", encoding="utf-8")
    assert load({"motd": "motd"}, {}).motd == str(good)
    (home / "binary").write_bytes(b"\xff\xfe")
    (home / "long").write_bytes(b"x" * (settings.MOTD_BYTES + 1))
    os.mkfifo(home / "pipe")
    for name, why in {
        "none": "no such file",
        "pipe": "no such file",
        "binary": "not UTF-8 text",
        "long": "longer than 65536 bytes",
        ".": "is a directory",
    }.items():
        said = complaint(motd=name)
        assert said.startswith("--motd: motd is "), name
        assert f"which cannot be used: {why}." in said


def test_stopping_a_server_does_not_need_its_motd() -> None:
    assert load({"motd": "/none"}, {}, check_files=False).motd == "/none"


# --- the whole configuration as a file ---


def values(setting: Setting) -> st.SearchStrategy[Any]:
    """Any value that the setting allows."""
    low: Any = setting.meta.ge
    high: Any = setting.meta.le
    if setting.choices:
        return st.sampled_from(setting.choices)
    if setting.is_path:
        name = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1)
        return name.map(lambda text: str(Path("/", text)))
    if setting.type is int:
        return st.integers(low, high)
    if setting.type is float:
        return st.floats(low, high)
    if setting.type is bool:
        return st.booleans()
    return _TEXTS[setting.key]


_TEXTS: dict[str, st.SearchStrategy[Any]] = {
    "host": st.sampled_from(["", "::1", "a.b", "ünï"]),
    "listen": st.lists(st.sampled_from([":1", "[::1]:0", "a:65535"]), min_size=1),
}


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Any configuration that passes, whatever its fields are."""
    tree: dict[str, Any] = {"limits": {"rate": {}}}
    tables = {(): tree, ("limits",): tree["limits"], ("limits", "rate"): tree["limits"]["rate"]}
    for setting in SETTINGS:
        if not setting.is_switch:
            tables[setting.path[:-1]][setting.path[-1]] = draw(values(setting))
    limits = tree["limits"]
    limits["unfinished"] = max(limits["unfinished"], limits["line"])
    limits["dead"] = max(limits["dead"], 0.2)
    limits["ping"] = limits["dead"] / 2
    if draw(st.booleans()):
        limits["rate"] = None
    tree["motd"] = ""  # would have to exist
    return msgspec.convert(tree, Config)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("saved") / "chat.toml"


@examples(max_examples=50, deadline=None)
@given(config=configs())
def test_what_is_printed_loads_to_the_same(saved: Path, config: Config) -> None:
    saved.write_text(render_toml(config), encoding="utf-8")
    assert load({}, {}, saved) == config


def test_what_is_printed_explains_itself() -> None:
    text = render_toml(Config())
    assert (
        "# Longest line that one may send, in bytes.\n"
        "# A whole number from 256 to 65536; default 4096.\n"
        "line = 4096\n"
    ) in text
    for setting in SETTINGS:
        if not setting.is_switch:
            assert f"# {setting.description}.\n" in text
    assert "\nrate = false\n" in render_toml(Config(limits=Limits(rate=None)))
