"""The layers of settings, what they become, and the files that they name."""

import os
from pathlib import Path

import pytest

from chatserver import settings
from chatserver.checks import MOTD_BYTES
from chatserver.config import Config, Limits, Rate
from chatserver.settings import ConfigError, load
from tests.settings.files import complaint, write

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
