"""Faults of input, provoked on a running server: rows 13, 14, 22, 23 and 25."""

import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.end_to_end.probe import Probe
from tests.helpers import Client, ServerProcess, wait_for

MIB = 1 << 20
IAC, SB, SE, WILL, DO = 255, 250, 240, 251, 253
ECHO, SGA, NAWS = 1, 3, 31
FAULTY = ("-m", "tests.end_to_end.faulty_server")


@pytest.fixture
def unlimited(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path, {"rate": False}) as server:
        yield server
        assert "fault" not in server.log
        assert "Traceback" not in server.log


def test_row_13_endless_lines_are_closed_and_cost_no_memory(unlimited: ServerProcess) -> None:
    server = unlimited
    with Probe(server) as probe:
        rss = server.rss
        with probe.fault():
            for _ in range(50):
                with Client(server.port) as client:
                    with suppress(ConnectionError):
                        client.send_bytes(b"x" * 2 * MIB)
                    assert ended_too_long(client)
        assert server.rss <= rss + 4 * MIB
    server.await_rest()


def ended_too_long(client: Client) -> bool:
    """Whether it was told so; a reset may have taken the words with it, and is an end too."""
    said = client.rest()
    return not said or "That line is too long (limit 4096 bytes)." in said


def test_row_13_a_long_line_is_refused_and_the_next_one_is_heard(
    unlimited: ServerProcess,
) -> None:
    with Client(unlimited.port, "ada") as ada, Client(unlimited.port, "bob") as bob:
        bob.send("x" * 4097, "y" * 4096)
        bob.expect("That line is too long (limit 4096 bytes).")
        assert ada.expect("<bob> ")[-1].endswith("<bob> " + "y" * 4096)


def test_row_14_a_flood_is_slowed_down_by_not_reading_it(tmp_path: Path) -> None:
    people, limit = 20, 4 * 1024
    with ServerProcess(tmp_path) as server, Client(server.port, "ear") as ear:
        ear.send("/join #flood")
        ear.expect("You are in #flood")
        floods = [Client(server.port, f"flood{number}") for number in range(people)]
        for client in floods:
            client.send("/join #flood")
            client.expect("You are in #flood")
        start = time.monotonic()
        heard: Counter[str] = Counter()

        def all_are_heard() -> bool:
            flood()
            return len(heard) == people and min(heard.values()) >= 5

        def flood() -> None:
            for client in floods:
                with suppress(BlockingIOError):
                    client.sock.send(b"y\n" * limit)
            heard.update(re.findall(r"<(flood\d+)> y", "\n".join(ear.sync())))

        with Probe(server, room="#calm") as probe, probe.fault():
            for client in floods:
                client.sock.setblocking(False)
            end = time.monotonic() + 2
            while time.monotonic() < end:
                flood()
                time.sleep(0.02)
            wait_for(all_are_heard, "each has had its first lines")
        allowed = 10 + 2 * (time.monotonic() - start) + 1
        for number in range(people):
            assert 5 <= heard[f"flood{number}"] <= allowed
        assert "flood0 left" not in server.log  # it is not killed: the sender has to wait
        for client in floods:
            client.close()


def negotiations(count: int) -> bytes:
    chance = random.Random(22)
    return b"".join(
        bytes((IAC, chance.randrange(251, 255), chance.randrange(256))) for _ in range(count)
    )


def test_row_22_a_flood_of_telnet_options_gets_at_most_64_replies(
    unlimited: ServerProcess,
) -> None:
    flood = negotiations(100_000)
    with Client(unlimited.port, "ear") as ear, Client(unlimited.port) as client:
        start = 0
        while start < len(flood):
            client.send_bytes(flood[start : start + 60_000])
            start += 60_000
        client.send_bytes(b"\r\noptions\r\n")
        ear.expect("options has joined")
        client.half_close()
        assert len(client.rest_bytes()) <= len(flood)
    with Client(unlimited.port) as client:
        client.send_bytes(flood[:3000])
        wait_for(lambda: client.ended or len(client.received) >= 3)
        client.half_close()
        replies = re.findall(rb"\xff[\xfb-\xfe].", client.rest_bytes(), re.DOTALL)
        assert 0 < len(replies) <= 64 + len((ECHO, SGA, NAWS, 24))  # and our own offers


def test_row_23_an_endless_subnegotiation_is_skipped(unlimited: ServerProcess) -> None:
    server = unlimited
    with Client(server.port, "ear") as ear, Client(server.port, "sub") as client:
        client.sync()
        rss = server.rss
        client.send_bytes(bytes((IAC, SB, 24)) + b"\0" * 10 * MIB + bytes((IAC, SE)))
        client.send("still here")
        ear.expect("<sub> still here")
        assert server.rss <= rss + 4 * MIB


@pytest.mark.parametrize(("columns", "rows"), [(0, 0), (1, 1), (65535, 65535), (10, 3)], ids=str)
def test_row_23_a_window_of_any_size_shows_what_is_said(
    columns: int, rows: int, unlimited: ServerProcess
) -> None:
    size = columns.to_bytes(2, "big") + rows.to_bytes(2, "big")
    with Client(unlimited.port, "ear") as ear, Client(unlimited.port) as client:
        client.send_bytes(bytes((IAC, DO, ECHO, IAC, DO, SGA, IAC, WILL, NAWS)))
        client.send_bytes(bytes((IAC, SB, NAWS)) + size.replace(b"\xff", b"\xff\xff"))
        client.send_bytes(bytes((IAC, SE)) + b"win\r\n")
        ear.expect("win has joined")
        ear.send("word " * 20)
        client.until(b"word")
        client.send_bytes(b"seen\r\n")
        ear.expect("<win> seen")


@pytest.mark.parametrize("where", ["receive_data", "deliver", "data_to_send", "receive_eof"])
def test_row_25_a_fault_in_one_conversation_ends_that_one_only(where: str, tmp_path: Path) -> None:
    with ServerProcess(tmp_path, program=FAULTY) as server:
        with Probe(server) as probe:
            victim = Client(server.port, "victim")
            with probe.fault():
                victim.send(f"/msg nobody my secret 4711 raise in {where}")
                if where == "receive_eof":
                    victim.half_close()
                said = victim.rest()
                victim.close()
            assert "The server had a fault. Please connect again." in said
        log = server.log
        assert log.count("fault with") == 1
        assert "RuntimeError" in log
        assert "xxxxxx xxxx xxxxx" in log
        assert "secret" not in log
        assert "4711" not in log
        assert "victim left (a fault in the server)" in log
        assert "died" not in log
