"""Faults of connections, provoked on a running server: rows 1 to 12 of the table of faults."""

import os
import random
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.end_to_end.person import Person
from tests.end_to_end.probe import Probe
from tests.helpers import (
    IDLE_SOCKETS,
    Client,
    ServerProcess,
    keeps_its_memory,
    require_program,
    wait_for,
)

MIB = 1 << 20
CLIENT_HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(range(190))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with every default, for those who speak first."""
    with ServerProcess(tmp_path_factory.mktemp("server")) as running:
        yield running
        assert "Traceback" not in running.log
        assert "fault" not in running.log


@pytest.fixture(scope="module")
def greeting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server that soon greets those who are silent."""
    limits = {"sniff_seconds": 0.3, "history_on_join": 0}
    with ServerProcess(tmp_path_factory.mktemp("greeting"), limits) as running:
        yield running
        assert "Traceback" not in running.log
        assert "fault" not in running.log


def limit_files(server: ServerProcess, count: int) -> None:
    _, hard = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (count, hard))


def test_row_01_without_descriptors_late_ones_are_told_and_nobody_else_notices(
    tmp_path: Path,
) -> None:
    full = "Server is full. Try again in a minute."
    with ServerProcess(tmp_path) as server, Probe(server) as probe, ExitStack() as stack:
        with probe.fault():
            limit_files(server, server.files + 10)
            guests = [stack.enter_context(Client(server.port)) for _ in range(60)]
            for number, guest in enumerate(guests):
                guest.send(f"guest{number}")
            said = [guest.line() for guest in guests]
            told = said.count(full)
            assert 45 <= told <= 55
            assert sum("people in" in line for line in said) == 60 - told
            server.await_rest()
            limit_files(server, 4096)
            Client(server.port, "later").close()
        assert server.log.count("not let in") <= 4
        assert "died" not in server.log


def test_row_01_accepting_goes_on_when_somebody_leaves(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        guests = [Client(server.port, f"guest{number}") for number in range(5)]
        wait_for(lambda: server.sockets == IDLE_SOCKETS + 5, "nobody else is there")
        files = server.files  # while one is turned away, it is one less for a moment
        limit_files(server, files)
        with Client(server.port) as unlucky:
            assert "full" in unlucky.rest()
        guests[0].send("/quit")
        guests[0].rest()
        guests[0].close()
        wait_for(lambda: server.files < files, "a descriptor is free")
        Client(server.port, "lucky").close()


def test_row_02_a_thousand_resets_at_once_leave_the_listener_alive(server: ServerProcess) -> None:
    for _ in range(1000):
        Client(server.port).reset()
    Client(server.port, "after").close()


def test_row_03_the_51st_from_one_address_is_told(tmp_path: Path) -> None:
    limits = {"exempt_loopback": False, "sniff_seconds": 0.3}
    with ServerProcess(tmp_path, limits) as server, ExitStack() as stack:
        guests = [stack.enter_context(Client(server.port)) for _ in range(50)]
        with Client(server.port) as one_more:
            words = "Too many connections from your address (limit 50).\r\n"
            assert one_more.rest() == words
        guests[0].send("ada")
        guests[0].expect("You are in #lobby")
        guests[0].send("/quit")
        guests[0].rest()
        guests[0].close()
        wait_for(lambda: is_let_in(server.port), "there is room again")


def is_let_in(port: int) -> bool:
    with Client(port) as client:
        return "Too many" not in client.line()


def test_row_04_connect_and_close_costs_no_thread_and_keeps_no_memory(
    server: ServerProcess,
) -> None:
    with Probe(server) as probe, probe.fault():  # fills pools and caches
        churn(server.port, 1000)
    server.await_empty()
    threads = server.threads

    def live() -> None:
        with Probe(server) as probe, probe.fault():
            churn(server.port, 2000)
            assert server.threads == threads
        server.await_empty()

    assert keeps_its_memory(server, live, 5 * MIB)
    assert server.threads == threads


def churn(port: int, count: int) -> None:
    """Connect and close, in the four ways that a connection can be short."""
    for number in range(count):
        client = Client(port)
        match number % 4:
            case 0:
                client.close()
            case 1:
                client.reset()
            case 2:
                client.send(f"churn{number}")
                client.close()
            case 3:
                client.send_bytes(b"half a na")
                client.close()


def test_row_05_who_gives_no_name_is_closed_at_the_deadline_dripping_or_not(
    tmp_path: Path,
) -> None:
    with (
        ServerProcess(tmp_path, {"name_seconds": 4.5, "sniff_seconds": 0.3}) as server,
        Probe(server) as probe,
        probe.fault(),
    ):
        start = time.monotonic()
        silent = [Client(server.port) for _ in range(200)]
        dripping = [Client(server.port) for _ in range(50)]
        wait_for(lambda: not sum(drips(client) for client in dripping), "all are closed")
        assert time.monotonic() - start >= 4.4
        for client in silent + dripping:
            assert "No name was given in 4.5 seconds." in client.rest()
            client.close()


def drips(client: Client) -> bool:
    """Send one more byte of a line that never ends; False when the server has closed."""
    if client.ended:
        return False
    with suppress(OSError):
        client.sock.send(b"x")
    return True


@pytest.mark.parametrize(
    "data",
    [random.Random(7).randbytes(MIB), CLIENT_HELLO, b"\x00" * 20_000],
    ids=["random", "ClientHello", "zeros"],
)
def test_row_07_bytes_that_are_no_text_are_closed_at_once(
    data: bytes, server: ServerProcess
) -> None:
    server.await_empty()
    came = server.log.count(" came from ")
    with Client(server.port) as client:
        with suppress(ConnectionError):  # closed before it was all sent, which is the point
            client.send_bytes(data)
        client.rest()
    server.await_rest()
    assert server.log.count(" came from ") == came
    assert "and was sent away" in server.log


def test_row_07_tls_is_logged(server: ServerProcess) -> None:
    with Client(server.port) as client:
        client.send_bytes(CLIENT_HELLO)
        assert client.rest() == ""
    assert "spoke TLS and was sent away" in server.log


def test_row_08_a_silent_client_is_greeted(greeting: ServerProcess) -> None:
    start = time.monotonic()
    with Client(greeting.port) as client:
        assert client.until(b"Your name?").startswith(b"\xff\xfb")
        assert time.monotonic() - start >= 0.25


def test_row_08_tls_that_comes_late_is_closed(greeting: ServerProcess) -> None:
    with Client(greeting.port) as client:
        client.until(b"Your name?")
        client.send_bytes(CLIENT_HELLO + b"\n")
        client.rest()


BODY = b"NICK mallory\r\nUSER m 0 * :m\r\nPRIVMSG #lobby :spam\r\nmallory\r\nspam\r\n"


def post(port: int) -> bytes:
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %d\r\n\r\n"
    return head % (port, len(BODY)) + BODY


def at_once(client: Client, port: int) -> None:
    client.send_bytes(post(port))


def late(client: Client, port: int) -> None:
    client.until(b"Your name?")
    client.send_bytes(post(port))


def in_two_parts(client: Client, port: int) -> None:
    client.send_bytes(post(port)[:2])
    time.sleep(0.05)  # two segments, whatever the kernel would like to join
    client.send_bytes(post(port)[2:])


def behind_an_empty_line(client: Client, port: int) -> None:
    client.send_bytes(b"\r\n" + post(port))


def half_closed(client: Client, port: int) -> None:
    client.send_bytes(post(port))
    client.half_close()


@pytest.mark.parametrize("way", [at_once, late, in_two_parts, behind_an_empty_line, half_closed])
def test_row_09_a_browsers_post_says_nothing_and_makes_no_name(
    way: Callable[[Client, int], None], greeting: ServerProcess
) -> None:
    with Client(greeting.port, "ada") as ada:
        with Client(greeting.port) as browser:
            way(browser, greeting.port)
            assert "400 Bad Request" in browser.rest()
        assert ada.sync() == []
        assert "mallory" not in greeting.log


def test_row_09_curl_gets_an_answer_that_it_understands(server: ServerProcess) -> None:
    curl = require_program("curl", "curl")
    url = f"http://127.0.0.1:{server.port}/"
    with Client(server.port, "ada") as ada:
        done = subprocess.run(
            [curl, "--silent", "--max-time", "20", "--data-binary", BODY.decode(), url],
            capture_output=True,
            check=True,
        )
        assert b"This is a chat server" in done.stdout
        assert ada.sync() == []


def pipe(port: int, *lines: str) -> bytes:
    """Do as `printf … | nc -N` does, and return what was printed."""
    nc = require_program("nc", "netcat-openbsd")
    said = "".join(f"{line}\n" for line in lines).encode()
    command = [nc, "-N", "127.0.0.1", str(port)]
    return subprocess.run(command, input=said, capture_output=True, check=True, timeout=40).stdout


def test_row_10_a_hundred_pipes_that_close_at_once_lose_nothing(server: ServerProcess) -> None:
    require_program("nc", "netcat-openbsd")
    with Client(server.port, "ear") as ear, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: pipe(server.port, f"bot{n}", f"hello from {n}"), range(100)))
        lines = ear.sync()
        for number in range(100):
            assert sum(f"<bot{number}> hello from {number}" in line for line in lines) == 1
            assert sum(f"<- bot{number} left" in line for line in lines) == 1
    server.await_rest()


def test_row_10_more_lines_than_the_rate_allows_are_slow_but_not_lost(
    server: ServerProcess,
) -> None:
    require_program("nc", "netcat-openbsd")
    words = [f"line {number}" for number in range(13)]
    with Client(server.port, "ear") as ear, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: pipe(server.port, f"long{n}", *words), range(8)))
        lines = ear.sync()
        for number in range(8):
            said = [line.partition("> ")[2] for line in lines if f"<long{number}>" in line]
            assert said == words


def test_row_10_who_closes_with_unread_input_has_still_said_it(server: ServerProcess) -> None:
    """Closing so sends a reset; what the server had received before it is acted on all the same."""
    with Client(server.port, "ear") as ear:
        for number in range(50):
            with Client(server.port) as client:
                client.send(f"rude{number}", "one", "two")
                client.sock.recv(1, socket.MSG_PEEK)  # there is something unread now
                client.send("three")
        for number in range(50):
            wait_for_line(ear, f"<- rude{number} left")
        heard = ear.received.decode()
        for number in range(50):
            for word in ("one", "two", "three"):
                assert heard.count(f"<rude{number}> {word}\r\n".replace("\r", "")) == 1


def wait_for_line(client: Client, text: str) -> None:
    """Wait until it has come; keep everything."""
    wait_for(lambda: client.ended or text.encode() in client.received, text)


def test_row_11_a_telnet_that_answers_no_more_is_missed(tmp_path: Path) -> None:
    telnet = require_program("telnet", "telnet or inetutils-telnet")
    limits = {"sniff_seconds": 0.3, "ping": 0.5, "dead": 4.5}
    with (
        ServerProcess(tmp_path, limits) as server,
        Client(server.port, "ear") as ear,
        Person([telnet, "127.0.0.1", str(server.port)]) as person,
    ):
        person.sees("Your name?")
        person.enter("frozen")
        ear.expect("frozen has joined")
        time.sleep(5.5)  # it answers pings, so being quiet is no reason
        assert ear.sync() == []
        os.kill(person.process.pid, signal.SIGSTOP)
        ear.expect("<- frozen left (no answer)")


def test_row_12_no_line_reaches_a_wrong_user_while_descriptors_are_used_again(
    tmp_path: Path,
) -> None:
    with ServerProcess(tmp_path, {"rate": False}) as server, Client(server.port, "m") as speaker:
        speaker.send("/join #secret")
        speaker.expect("You are in #secret")
        for number in range(30):
            swap_members_for_strangers(server.port, speaker, number)


def swap_members_for_strangers(port: int, speaker: Client, number: int) -> None:
    """Members of a secret room go while it is spoken in; strangers take their descriptors."""
    secrets = [f"classified {each}" for each in range(50)]
    members = [Client(port, f"m{number}x{each}") for each in range(10)]
    for member in members:
        member.send("/join #secret")
        member.expect("You are in #secret")
    speaker.send(*secrets)
    for member in members:
        member.close()
    strangers = [Client(port) for _ in range(10)]
    speaker.send(*secrets)
    for each, stranger in enumerate(strangers):
        stranger.send(f"s{number}x{each}")
    speaker.sync()
    for stranger in strangers:
        stranger.expect("You are in #lobby")
        assert not any("classified" in line for line in stranger.sync())
        stranger.close()
