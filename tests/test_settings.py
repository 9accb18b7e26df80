import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chatserver import passwords, settings
from chatserver.checks import MOTD_BYTES, cautions
from chatserver.config import Config, Limits, Operator, Rate, Server
from chatserver.schema import SETTINGS, Setting
from chatserver.settings import AT_START, ConfigError, Sources, load
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


# --- the server, its operators, and their passwords ---

HASH = passwords.hash_password("a password")


def test_the_server_and_its_operators(home: Path) -> None:
    file = write(
        home,
        f"""
[server]
name = "chat.example.org"
network = "Ünïverse"
password = "open sesame"
admin = ["Here", "Ada"]
[[operators]]
name = "ada"
password = "{HASH}"
[[operators]]
name = "Ada"
password = "the engine"
""",
    )
    assert load({}, {}, file) == Config(
        server=Server(
            name="chat.example.org",
            network="Ünïverse",
            password="open sesame",
            admin=("Here", "Ada"),
        ),
        operators=(
            Operator(name="ada", password=HASH),
            Operator(name="Ada", password="the engine"),
        ),
    )
    environment = {"CHATSERVER_SERVER_PASSWORD": HASH, "CHATSERVER_SERVER_ADMIN": "Here, Eve"}
    server = load({}, environment, file).server
    assert (server.password, server.admin) == (HASH, ("Here", "Eve"))
    assert load({}, {"CHATSERVER_SERVER_PASSWORD": ""}, file).server.password == ""


_NAME = "it must be a host name with a dot in it, of at most 63 characters."
_PASSWORD = "a password of 8 to 512 bytes or a hash that chatserver hash-password made."
_OPERATOR = "1 to 63 characters without spaces, not beginning with a colon."
_OPERATORS = "tables [[operators]] with name and password, in the file."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nname = 'chat'", f'server.name is "chat"; {_NAME}'),
        ("[server]\nname = ''", f'server.name is ""; {_NAME}'),
        ("[server]\nname = 'a b.c'", f'server.name is "a b.c"; {_NAME}'),
        ("[server]\nname = 'a.é'", f'server.name is "a.é"; {_NAME}'),
        ('[server]\nname = "a.b\\n"', f'server.name is "a.b\\n"; {_NAME}'),
        (
            "[server]\nnetwork = 'my network'",
            'server.network is "my network"; '
            "it must be 1 to 63 characters without spaces, = and \\.",
        ),
        (
            "[server]\nadmin = ['', '', '', '']",
            'server.admin is ["", "", "", ""]; it must be a list of at most 3 texts.',
        ),
        (
            '[server]\nadmin = ["a\\r\\nb"]',
            'server.admin is ["a\\r\\nb"]; it must be UTF-8 text without control characters.',
        ),
        ("[server]\npassword = 'hidden'", f'server.password is "…"; it must be empty, {_PASSWORD}'),
        ("[server]\npassword = 12345678", f'server.password is "…"; it must be empty, {_PASSWORD}'),
        (
            "[server]\npassword = '$1$hidden$hidden'",
            f'server.password is "…"; it must be empty, {_PASSWORD}',
        ),
        (
            '[server]\npassword = "hidden\\u0000hidden"',
            'server.password is "…"; it must be UTF-8 text without control characters.',
        ),
        ("operators = 'hidden'", f'operators is "…"; it must be {_OPERATORS}'),
        ("operators = ['hidden']", f'operators is "…"; it must be {_OPERATORS}'),
        ("[operators]\nada = 'hidden'", f'operators is "…"; it must be {_OPERATORS}'),
        ("[[operators.ada]]\npassword = 'hidden'", f'operators is "…"; it must be {_OPERATORS}'),
    ],
)
def test_a_wrong_server(text: str, words: str) -> None:
    said = complaint(text).removeprefix("FILE")
    assert said.partition(": ")[2] == words
    assert "hidden" not in said


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("name = 'ada'", f"operators.password is missing; it must be {_PASSWORD}"),
        ("password = 'the engine'", f"operators.name is missing; it must be {_OPERATOR}"),
        (
            "name = 'ada'\npassword = 'hidden'",
            f'operators.password is "…"; it must be {_PASSWORD}',
        ),
        ("name = 'ada'\npassword = ''", f'operators.password is "…"; it must be {_PASSWORD}'),
        (
            "name = 'a b'\npassword = 'the engine'",
            f'operators.name is "a b"; it must be {_OPERATOR}',
        ),
        (
            "name = ':ada'\npassword = 'the engine'",
            f'operators.name is ":ada"; it must be {_OPERATOR}',
        ),
        (
            "name = 'ada'\npasswd = 'hidden'",
            "there is no setting operators.passwd. Did you mean operators.password?",
        ),
    ],
)
def test_a_wrong_operator_is_named_by_its_number(row: str, words: str) -> None:
    good = f"[[operators]]\nname = 'bob'\npassword = '{HASH}'\n"
    said = complaint(f"{good}[[operators]]\n{row}")
    assert said == f"FILE, [[operators]] number 2: {words}"


def test_two_operators_of_one_name() -> None:
    row = f"[[operators]]\nname = 'ada'\npassword = '{HASH}'\n"
    assert complaint(row + row) == (
        'FILE: operators has two tables of the name "ada"; take one of them away.'
    )


def test_a_secret_in_the_environment_is_not_shown() -> None:
    for name in ("SERVER_PASSWORD", "OPERATORS"):
        said = complaint(environment={f"CHATSERVER_{name}": "hidden"})
        assert said.startswith(f"environment variable CHATSERVER_{name}: ")
        assert "hidden" not in said


def test_a_password_that_is_not_a_hash_is_cautioned_against_without_it() -> None:
    config = Config(
        operators=(
            Operator(name="ada", password="the engine"),
            Operator(name="bob", password=HASH),
        )
    )
    (caution,) = cautions(config)
    assert "operator ada " in caution
    assert "the engine" not in caution
    assert cautions(Config()) == []


# --- once more, while the server runs ---


def test_a_reload_reads_the_same_sources_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(home, "log_level = 'debug'\n[limits]\nnick = 9")
    environment = {"CHATSERVER_LIMITS_ROOM": "10"}
    sources = Sources({"port": "1", "data": "d"}, environment, Path(file.name))
    running = sources.load()
    (home / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")  # as a server in the background does
    assert sources.reload(running) == settings.Reloaded(running, ())

    write(home, "port = 2\nlog_level = 'error'\nmotd = 'motd'\n[limits]\nroom = 20\nrate = false")
    (home / "motd").write_text("Hello")
    new = sources.reload(running)
    assert new.restart == ()
    assert new.config == Config(
        port=1,
        data=str(home / "d"),
        log_level="error",
        motd=str(home / "motd"),
        limits=Limits(room=10, rate=None),
    )


def test_a_reload_with_a_fault_is_none(home: Path) -> None:
    sources = Sources({}, {}, write(home, ""))
    running = sources.load()
    write(home, "port = 'x'")
    with pytest.raises(ConfigError, match="port is"):
        sources.reload(running)
    write(home, "motd = 'none'")
    with pytest.raises(ConfigError, match="no such file"):
        sources.reload(running)


def test_what_needs_a_restart_is_named_and_keeps_its_value(home: Path) -> None:
    sources = Sources({}, {}, write(home, "[limits.rate]\nlines_burst = 3"))
    running = sources.load()
    row = f"[[operators]]\nname = 'ada'\npassword = '{HASH}'\n"
    write(
        home,
        "port = 1\nlisten = [':2']\n[server]\nname = 'a.b'\npassword = 'open sesame'\n"
        "admin = ['Here']\n[limits]\nclients = 7\nnick = 7\n[limits.rate]\nlines_burst = 4\n" + row,
    )
    new = sources.reload(running)
    assert new.restart == ("port", "listen", "server.name", "limits.clients")
    assert new.config == Config(
        server=Server(password="open sesame", admin=("Here",)),
        limits=Limits(nick=7, rate=Rate(lines_burst=4)),
        operators=(Operator(name="ada", password=HASH),),
    )
    assert sources.reload(new.config) == new  # said again until it is restarted
    write(home, "[limits.rate]\nlines_burst = 3")
    assert sources.reload(new.config) == settings.Reloaded(running, ())


@pytest.mark.parametrize("key", AT_START)
def test_a_limit_that_something_was_made_by_needs_a_restart(home: Path, key: str) -> None:
    sources = Sources({}, {}, write(home, ""))
    running = sources.load()
    write(home, f"{key} = {4096 if 'outbox' in key else 77}")
    assert sources.reload(running) == settings.Reloaded(running, (key,))


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
    (home / "long").write_bytes(b"x" * (MOTD_BYTES + 1))
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


_PLAIN = st.text(st.characters(exclude_categories=("Cc", "Cs")))
_TEXTS: dict[str, st.SearchStrategy[Any]] = {
    "host": st.sampled_from(["", "::1", "a.b", "ünï"]),
    "listen": st.lists(st.sampled_from([":1", "irc://[::1]:0", "telnet://a:65535"]), min_size=1),
    "server.name": st.sampled_from(["a.b", "chat.example.org"]),
    "server.network": st.text(st.characters(exclude_categories=("C", "Z")), min_size=1).filter(
        lambda text: len(text) < 64 and not set(text) & set("=\\")
    ),
    "server.password": st.sampled_from(["", HASH]),
    "server.admin": st.lists(_PLAIN, max_size=3),
    "operators": st.lists(
        st.builds(dict, name=st.sampled_from(["ada", 'b"\\', "ünï"]), password=st.just(HASH)),
        unique_by=lambda row: row["name"],
    ),
}


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Any configuration that passes, whatever its fields are."""
    tree: dict[str, Any] = {"server": {}, "limits": {"rate": {}}}
    limits = tree["limits"]
    tables = {(): tree, ("server",): tree["server"], ("limits",): limits}
    tables["limits", "rate"] = limits["rate"]
    for setting in SETTINGS:
        if not setting.is_switch:
            tables[setting.path[:-1]][setting.path[-1]] = draw(values(setting))
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
    order = re.findall(r"^(?:# )?(\[.*\])$", text, re.MULTILINE)
    assert order == ["[server]", "[limits]", "[limits.rate]", "[[operators]]"]
    assert "\nrate = false\n" in render_toml(Config(limits=Limits(rate=None)))


def test_a_password_is_printed_as_a_hash_of_it(saved: Path) -> None:
    config = Config(
        server=Server(password="open sesame"),
        operators=(
            Operator(name="ada", password="the engine"),
            Operator(name="bob", password=HASH),
        ),
    )
    text = render_toml(config)
    assert "open sesame" not in text
    assert "the engine" not in text
    saved.write_text(text, encoding="utf-8")
    again = load({}, {}, saved)
    assert passwords.matches(again.server.password, "open sesame")
    ada, bob = again.operators
    assert passwords.matches(ada.password, "the engine")
    assert bob == config.operators[1]
    assert cautions(again) == []
