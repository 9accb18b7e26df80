"""Faults of output, provoked on a running server: rows 27 to 30."""

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end_to_end.probe import Probe
from tests.helpers import PATIENCE, Client, ServerProcess, wait_for

MIB, KIB = 1 << 20, 1 << 10
NARROW = 4096  # a client's receive buffer, so that the kernel takes little for it


def stalled(stack: ExitStack, server: ServerProcess, count: int) -> list[Client]:
    """Return so many who join the lobby and never read again."""
    return [
        stack.enter_context(Client(server.port, f"slow{number}", receive_buffer=NARROW))
        for number in range(count)
    ]


def talk_until_left(
    server: ServerProcess, speaker: Client, slow: list[Client], why: str, count: int
) -> list[str]:
    """Say long lines until so many have left for that reason; return the last line of each.

    They are read, all at once and with a wide window, as soon as the log knows of them: good-byes
    wait for five seconds, not for ever.
    """
    last: dict[int, str] = {}

    def read(number: int) -> str:
        slow[number].sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MIB)
        return slow[number].rest().splitlines()[-1]

    def enough() -> bool:
        for _ in range(20):
            speaker.send("z" * 3000)
        speaker.sync()
        gone = map(int, re.findall(rf"slow(\d+) left \({why}\)", server.log))
        new = [number for number in gone if number not in last]
        last.update(zip(new, pool.map(read, new), strict=True))
        return len(last) >= count

    with ThreadPoolExecutor(len(slow)) as pool:
        wait_for(enough, why, 4 * PATIENCE)
    return list(last.values())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path, {"rate": False}) as running:
        yield running
        assert "Traceback" not in running.log
        assert "died" not in running.log
        assert "fault with" not in running.log


def test_row_27_slow_readers_are_closed_at_the_limit_and_nobody_waits_for_them(
    server: ServerProcess,
) -> None:
    count = 12
    with Probe(server) as probe, ExitStack() as stack:
        speaker = stack.enter_context(Client(server.port, "speaker"))
        slow = stalled(stack, server, count)
        rss = server.rss
        with probe.fault():
            ends = talk_until_left(server, speaker, slow, "too slow to read", count)
            assert server.rss <= rss + count * 256 * KIB + 8 * MIB
        for last in ends:
            found = re.search(r"You were too slow to read \((\d+) KiB waiting\)\.$", last)
            assert found
            assert 256 <= int(found[1]) <= 256 + 2 * 64  # one round's lines more, at most


def test_row_27_a_half_typed_line_is_no_way_round_the_limit(server: ServerProcess) -> None:
    """A terminal with a half-typed line gets lines of its own making, not the shared ones."""
    with Client(server.port, "speaker") as speaker, ExitStack() as stack:
        client = stack.enter_context(Client(server.port, receive_buffer=NARROW))
        client.send_bytes(b"\xff\xfd\x01\xff\xfd\x03slow0\r\n")
        speaker.expect("slow0 has joined")
        client.until(b"[#lobby] ")
        client.send_bytes(b"half a line")
        client.until(b"half a line")
        rss = server.rss
        talk_until_left(server, speaker, [client], "too slow to read", 1)
        assert server.rss <= rss + 8 * MIB


def test_row_27_no_progress_is_too_slow_however_little_waits(tmp_path: Path) -> None:
    # The speaker must not be the one who has made no progress, if the machine stands still a while.
    limits = {"rate": False, "outbox_seconds": 4, "outbox": 1 << 30, "outbox_total": 1 << 40}
    with ServerProcess(tmp_path, limits) as server, ExitStack() as stack:
        speaker = stack.enter_context(Client(server.port, "speaker"))
        slow = stalled(stack, server, 3)
        talk_until_left(server, speaker, slow, "too slow to read", 3)


def test_row_28_when_all_are_slow_the_largest_go_and_the_server_answers(tmp_path: Path) -> None:
    total = MIB
    limits = {"rate": False, "outbox": MIB // 2, "outbox_total": total}
    with ServerProcess(tmp_path, limits) as server, ExitStack() as stack:
        speaker = stack.enter_context(Client(server.port, "speaker"))
        slow = stalled(stack, server, 16)
        with Probe(server, room="#calm") as probe:
            rss = server.rss
            with probe.fault():
                ends = talk_until_left(server, speaker, slow, "the server is full", 8)
                assert server.rss <= rss + total + 8 * MIB
        assert all("Server is full. Try again in a minute." in last for last in ends)


def test_row_28_who_has_much_to_read_is_not_read_from(server: ServerProcess) -> None:
    with Client(server.port, "ear") as ear, ExitStack() as stack:
        (slow,) = stalled(stack, server, 1)
        filler = "f" * 3000
        # Fill all buffers between us to just above the level where commands wait.
        for _ in range(200):
            slow.send(*(f"/msg slow0 {filler}" for _ in range(50)))
            if not drained(server, slow, ear):
                break
        slow.sock.setblocking(False)
        slow.sock.send(b"now you hear me\n")
        ear.send("/whois slow0")
        ear.expect("slow0 is in #lobby")
        assert "now you hear me" not in ear.received.decode()
        slow.sock.setblocking(True)
        wait_for(lambda: reads_on(slow, ear), "it is heard once it reads")


def drained(server: ServerProcess, client: Client, witness: Client) -> bool:
    """Whether the server reads everything this client has sent.

    It does not where nothing more is read while a witness has many answers.
    """
    mine = client.sock.getsockname()[1]
    before = 0
    while (queued := queued_for(server.port, mine)) != before:
        before = queued
        for _ in range(8):
            witness.sync()
    return queued == 0


def queued_for(server_port: int, client_port: int) -> int:
    """Bytes in the server's receive queue of that connection, by /proc/net/tcp."""
    local, remote = f":{server_port:04X}", f":{client_port:04X}"
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(local) and fields[2].endswith(remote):
            return int(fields[4].split(":")[1], 16)
    return 0


def reads_on(slow: Client, ear: Client) -> bool:
    assert not slow.ended
    assert not ear.ended
    slow.received = b""
    return b"<slow0> now you hear me" in ear.received


def test_row_29_long_answers_come_in_pages_and_never_fill_the_outbox(tmp_path: Path) -> None:
    limits = {"rate": False, "outbox": 32 * KIB, "rooms_per_user": 1000}
    asked, rooms = 40, 2000
    with ServerProcess(tmp_path, limits) as server, ExitStack() as stack:
        for number in range(2):
            founder = stack.enter_context(Client(server.port, f"founder{number}"))
            names = [f"/join #room-{number}-{each:030}" for each in range(999)]
            founder.send(*names)
            founder.sync()
        slow = stack.enter_context(Client(server.port, "slow", receive_buffer=NARROW))
        slow.send(*["/rooms"] * asked, "/whois done_done")
        with Probe(server) as probe, probe.fault():
            server.await_rest()  # the answer waits for the reader
        lines = slow.expect("done_done")
        listed = sum("#room-" in line for line in lines)
        assert listed == asked * (rooms - 2)
        assert "too slow" not in server.log


def test_row_30_resets_in_the_middle_of_a_burst_cost_one_line_each(server: ServerProcess) -> None:
    with (
        Probe(server) as probe,
        Client(server.port, "ear") as ear,
        Client(server.port, "speaker") as speaker,
    ):
        members = [Client(server.port, f"gone{number}") for number in range(30)]
        with probe.fault():
            for member in members:
                speaker.send(*["burst"] * 100)
                member.reset()
            speaker.sync()
        wait_for(lambda: ear.ended or ear.received.count(b"<- gone") >= 30, "all are missed")
        lines = ear.sync()
        for number in range(30):
            assert sum(f"<- gone{number} left (connection " in line for line in lines) == 1
        assert sum("<speaker> burst" in line for line in lines) == 3000
