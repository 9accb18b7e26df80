"""The settings are read again while the server runs: REHASH and SIGHUP."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from chatserver import server as module
from chatserver.config import Config, Limits
from chatserver.server import Server
from tests.helpers import Client, ServerProcess, wait_for

TEXT = """
port = {port}
motd = "{motd}"
[limits]
rate = false
topic = {topic}
[server]
name = "chat.test"
[[operators]]
name = "root"
password = "{password}"
"""


def write(
    directory: Path, *, topic: int | str = 390, port: int = 0, password: str = "s" * 8
) -> None:
    motd = directory / "motd.txt"
    if not motd.exists():
        motd.write_text("Before.\n", encoding="utf-8")
    text = TEXT.format(port=port, motd=motd, topic=topic, password=password)
    (directory / "server.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def server(tmp_path: Path) -> ServerProcess:
    """A server whose settings are those of `write`; the port is that of a flag."""
    server = ServerProcess(tmp_path, settings={"server": {"name": "chat.test"}})
    write(tmp_path)
    os.kill(server.pid, signal.SIGHUP)
    wait_for(lambda: "The settings were reloaded" in server.log, "SIGHUP is heeded")
    return server


def ada_at(server: ServerProcess) -> Client:
    ada = Client(server.port)
    ada.send("NICK ada", "USER ada 0 * ada", f"OPER root {'s' * 8}", "JOIN #den")
    ada.expect(" MODE ada :+o")
    ada.expect(" 366 ")
    return ada


def test_other_settings_hold_at_once_and_those_that_wait_are_named(
    server: ServerProcess, tmp_path: Path
) -> None:
    with server, ada_at(server) as ada:
        assert ada_shows(ada, "x" * 20) == "x" * 20
        (tmp_path / "motd.txt").write_text("After.\n", encoding="utf-8")
        config = tmp_path / "server.toml"
        write(tmp_path, topic=10, password="t" * 8)
        changed = config.read_text(encoding="utf-8").replace("[server]", "clients = 99\n[server]")
        config.write_text(changed, encoding="utf-8")
        ada.send("REHASH")
        assert ada.expect("takes effect after a restart")[-2:] == [
            ":chat.test 382 ada settings :Rehashing",
            ":chat.test NOTICE ada :limits.clients takes effect after a restart.",
        ]
        assert ada_shows(ada, "y" * 20) == "y" * 10
        ada.send("MOTD", "MODE ada -o", f"OPER root {'s' * 8}", f"OPER root {'t' * 8}")
        told = ada.expect(" MODE ada :+o")
        assert ":chat.test 372 ada :- After." in told
        assert ":chat.test 464 ada :Password incorrect" in told
        assert "limits.clients takes effect after a restart" in server.log


def ada_shows(ada: Client, topic: str) -> str:
    """Set a topic, and return what it is then."""
    ada.send(f"TOPIC #den :{topic}")
    return ada.expect(" TOPIC #den ")[-1].rpartition(":")[2]


def test_a_wrong_value_is_told_and_changes_nothing(server: ServerProcess, tmp_path: Path) -> None:
    with server, ada_at(server) as ada:
        write(tmp_path, topic='"long"')
        ada.send("REHASH")
        told = ada.expect(" 400 ")[-1]
        assert told.startswith(":chat.test 400 ada REHASH :")
        assert "limits.topic" in told
        assert ada_shows(ada, "x" * 20) == "x" * 20
        os.kill(server.pid, signal.SIGHUP)
        wait_for(lambda: server.log.count("The settings were not reloaded") == 2)


def test_every_part_that_looks_at_the_limits_finds_the_new_ones(tmp_path: Path) -> None:
    config = Config(host="127.0.0.1", port=0, data=str(tmp_path), workers=2)
    server = Server(config)
    server.listen()
    run = module._Run(config, server._house, server._doors, server._facts)
    limits = Limits(outbox=4096)
    run._adopt(Config(limits=limits), ("Be kind.",))
    places = [run._limits, run._house.limits, run._admission.limits]
    assert all(found is limits for found in places)
    assert all(worker.limits is limits for worker in (*run._pool.workers, run._hire("new")))
    assert run._house.motd == ("Be kind.",)
    for door in server._doors:
        door.sock.close()


def test_new_connections_are_bounded_by_the_new_limits(
    server: ServerProcess, tmp_path: Path
) -> None:
    with server, ada_at(server) as ada:
        config = tmp_path / "server.toml"
        text = config.read_text(encoding="utf-8")
        limits = "name_seconds = 0.5\nexempt_loopback = false\nper_address = 1\n[server]"
        config.write_text(text.replace("[server]", limits), encoding="utf-8")
        ada.send("REHASH")
        ada.expect(" 382 ")
        with Client(server.port) as one:
            one.send("NICK bob")
            assert "Registration timed out" in one.rest()


def test_another_rate_holds_for_who_is_connected(server: ServerProcess, tmp_path: Path) -> None:
    slow = "[limits.rate]\nlines_burst = 1\nlines_per_second = 0.01\nbytes_burst = 256\n"
    slow += "bytes_per_second = 1\n"
    config = tmp_path / "server.toml"
    free = config.read_text(encoding="utf-8")
    with server, ada_at(server) as ada, Client(server.port, "tel") as tel:
        config.write_text(free.replace("rate = false\n", "") + slow, encoding="utf-8")
        ada.send("REHASH")
        ada.expect(" 382 ")
        tel.send(*(f"line {number}" for number in range(100)))
        tel.expect("line 0")
        config.write_text(free, encoding="utf-8")
        os.kill(server.pid, signal.SIGHUP)
        tel.expect("line 99")


def test_all_clients_are_told_what_has_changed_of_the_features(
    server: ServerProcess, tmp_path: Path
) -> None:
    with server, ada_at(server) as ada, Client(server.port) as bob, Client(server.port) as tel:
        bob.send("CAP REQ :batch draft/extended-isupport", "NICK bob", "USER bob 0 * b", "CAP END")
        bob.expect(" 376 ")
        tel.send("tel")
        tel.expect("You are in #lobby")
        write(tmp_path, topic=10)
        os.kill(server.pid, signal.SIGHUP)
        told = "TOPICLEN=10 :are supported by this server"
        assert ada.expect("TOPICLEN=")[-1] == f":chat.test 005 ada {told}"
        start, line = bob.expect("TOPICLEN=")[-2:]
        batch = start.split()[2][1:]
        assert start == f":chat.test BATCH +{batch} :draft/isupport"
        assert line == f"@batch={batch} :chat.test 005 bob {told}"
        assert bob.line() == f":chat.test BATCH -{batch}"
        tel.send("hello")
        assert [line[6:] for line in tel.expect("hello")] == ["<tel> hello"]


def test_settings_that_cannot_be_read_to_their_end_do_not_keep_it_from_stopping(
    tmp_path: Path,
) -> None:
    """As in a file on a disk of the network, which does not answer any more."""
    server = ServerProcess(tmp_path, {"stop_seconds": 1})
    with Client(server.port, "ada") as ada:
        config = tmp_path / "server.toml"
        config.unlink()
        os.mkfifo(config)
        os.kill(server.pid, signal.SIGHUP)
        ends: list[int] = []

        def is_read() -> bool:
            with suppress(OSError):  # nobody reads it yet
                ends.append(os.open(config, os.O_WRONLY | os.O_NONBLOCK))
            return bool(ends)

        wait_for(is_read)
        ada.send("still here")
        ada.expect("still here")
        assert server.stop() == module.MISSED_DEADLINE
        os.close(ends[0])
        assert "not stopped in time: helpers" in server.log
