"""Faults of the process, provoked on a running server: rows 45 to 48."""

import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from chatserver.history.librarian import HELPERS
from tests.end_to_end.probe import Probe
from tests.helpers import PATIENCE, Client, ServerProcess, keeps_its_memory, wait_for

MIB = 1 << 20
FILES_OF_A_READER = 2  # the history and its log; SQLite opens the log's index once a process
FAULTY = ("-m", "tests.end_to_end.faulty_server")
RESTARTING = "The server is restarting. Please connect again in a moment."


# --- a thread dies or hangs ---


def test_row_45_a_dead_worker_is_replaced_and_its_people_are_told(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, program=FAULTY, settings={"workers": 2}) as server:
        threads = server.threads
        people = [Client(server.port, f"p{number}") for number in range(6)]
        people[0].send("kill the worker")
        wait_for(lambda: sum(client.ended for client in people) >= 3, "one worker's people go")
        told = [client for client in people if client.ended]
        assert len(told) == 3
        spared = [client for client in people if client not in told]
        for client in told:
            assert "The server had a fault. Please connect again." in client.rest()
        for client in spared:
            left = "left (a fault in the server)"
            lines = [line for _ in told for line in client.expect(left)] + client.sync()
            assert sum(left in line for line in lines) == 3
        again = [Client(server.port, f"again{number}") for number in range(6)]
        again[0].send("hello")
        for client in again[1:] + spared:
            client.expect("<again0> hello")
        wait_for(lambda: server.threads == threads, "there are as many threads as before")
        assert server.log.count("died") == 1
        assert server.stop() == 0


def test_row_45_three_dead_workers_in_a_minute_end_the_server_with_70(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, program=FAULTY) as server:
        for number in range(3):
            client = wait_for(lambda: served(server.port), "the dead one is replaced")
            client.send(f"kill the worker {number}")
            client.rest()
        assert server.process.wait(PATIENCE) == 70
        assert "too many workers died" in server.log


def served(port: int) -> Client | None:
    """Connect; None where the worker was just dying."""
    client = Client(port)
    with suppress(ConnectionError):
        client.send(f"p{client.sock.getsockname()[1]}")
    wait_for(lambda: client.ended or b"You are in" in client.received)
    return client if b"You are in" in client.received else None


def test_row_45_a_dead_hub_ends_the_server_with_70_and_all_are_told(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, program=FAULTY) as server:
        people = [Client(server.port, f"p{number}") for number in range(6)]
        people[0].send("kill the hub")
        for client in people:
            assert RESTARTING in client.rest()
        assert server.process.wait(PATIENCE) == 70
        assert "the hub died" in server.log
        assert "kill the hub" not in server.log


def test_row_45_a_thread_that_hangs_ends_the_server_with_70_and_all_stacks(tmp_path: Path) -> None:
    limits = {"stop_seconds": 1, "flush_seconds": 0.5}
    with ServerProcess(tmp_path, limits, program=FAULTY) as server:
        Client(server.port, "p").send("hang the worker")
        assert server.process.wait(PATIENCE) == 70
        assert re.search("no sign of life from .*worker-", server.log)
        assert re.search("not stopped in time: .*worker-", server.log)
        assert "faulty_server.py" in server.log  # the stack shows where it hangs


def test_the_probe_notices_a_worker_that_stalls(tmp_path: Path) -> None:
    """It forgives what a busy machine does to a server, and nothing else."""
    settings = {"workers": 1}
    with (
        ServerProcess(tmp_path, program=FAULTY, settings=settings) as server,
        pytest.raises(AssertionError, match="p99"),
        Probe(server) as probe,
        probe.fault(),
    ):
        Client(server.port, "p").send("stall the worker")


# --- the clock ---


def test_row_46_a_clock_that_jumps_drops_nobody_and_stamps_never_go_back(tmp_path: Path) -> None:
    limits = {"ping": 5, "dead": 6, "rate": False}
    with ServerProcess(tmp_path, limits, program=FAULTY) as server, Probe(server) as probe:
        with Client(server.port, "ear") as ear, Client(server.port, "ticker") as ticker:
            ear.send("/time +00:00")
            ear.sync()
            with probe.fault():
                stamps = []
                for skew in (0, 60, -86_400, 120, -1, 86_400, 0):
                    ticker.send(f"set the clock {skew}")
                    stamps.append(ear.expect("<ticker> set the clock")[-1][:5])
        minutes = [int(stamp[:2]) * 60 + int(stamp[3:]) for stamp in stamps]
        # 0, 1 and then never back: the day back changes nothing, two minutes on do.
        start = minutes[0]
        assert [(each - start) % 1440 for each in minutes[:5]] in allowed_minutes()
        assert (minutes[6] - minutes[5]) % 1440 in (0, 1)


def allowed_minutes() -> list[list[int]]:
    """Minutes since the first stamp; a minute may end between any two of the lines."""
    jumps = [0, 1, 1, 2, 2]
    return [[0] * 0 + jumps] + [
        jumps[:turn] + [minutes + 1 for minutes in jumps[turn:]] for turn in range(1, 4)
    ]


# --- leaks ---


def test_row_47_memory_threads_and_files_are_the_same_after_each_round(tmp_path: Path) -> None:
    """The short form of scripts/soak, which looks for slopes over hours."""
    with ServerProcess(tmp_path, {"rate": False}) as server:
        wake_readers(server)
        live_days(server, 2)
        files, threads = server.files, server.threads
        assert keeps_its_memory(server, lambda: live_days(server, 4), 2 * MIB)
        assert server.threads == threads
        assert server.files == files
        status = server.status()
        assert (status.people, status.rooms) == (0, 0)


def wake_readers(server: ServerProcess) -> None:
    """Have the helpers that read the history open it, each when it is first asked."""
    server.await_empty()
    files, threads = server.files, server.threads
    with Client(server.port, "ada") as ada, Client(server.port, "bob") as bob:

        def are_awake() -> bool:
            for client in (ada, bob):
                client.send("/history")
            for client in (ada, bob):
                client.sync()
            woken = files + len((ada, bob)) + HELPERS * FILES_OF_A_READER
            return (server.threads, server.files) == (threads + HELPERS, woken)

        wait_for(are_awake, "all helpers read")


def live_days(server: ServerProcess, count: int) -> None:
    """Live so many days, and let everybody go home after the last."""
    for _ in range(count):
        live_a_day(server)
    server.await_empty()


def live_a_day(server: ServerProcess) -> None:
    """People come, talk, change and go, in order and not."""
    people = [Client(server.port, f"p{number}") for number in range(40)]
    for number, client in enumerate(people):
        client.send(f"/join #r{number % 7}", "hello", "/topic all about it", f"/nick q{number}")
        client.send("/msg q0 hi", "/away out", "/rooms", "/leave", "bye")
    for number, client in enumerate(people):
        client.sync()
        if number % 3 == 0:
            client.send("/quit")
            client.rest()
        if number % 3 == 1:
            client.reset()
        client.close()
    for _ in range(40):
        Client(server.port).close()


# --- the stop ---


@contextmanager
def babble(clients: list[Client]) -> Iterator[None]:
    """Let these clients say numbered lines as fast as they can."""
    done = threading.Event()

    def talk() -> None:
        number = 0
        while not done.is_set():
            for each, client in enumerate(clients):
                with suppress(OSError):
                    client.sock.send(b"".join(b"%d.%d\n" % (each, number + n) for n in range(5)))
            number += 5
            time.sleep(0.001)

    for client in clients:
        client.sock.setblocking(False)
    thread = threading.Thread(target=talk)
    thread.start()
    yield
    done.set()
    thread.join()


def test_row_48_a_stop_under_load_tells_all_and_delivers_what_was_accepted(
    tmp_path: Path,
) -> None:
    # Nobody reads until the end, and the last bytes have all the time that they need.
    limits = {
        "rate": False,
        "quiet_room": 1000,
        "outbox": 1 << 30,
        "outbox_total": 1 << 40,
        "stop_seconds": 120,
        "flush_seconds": 100,
    }
    with ServerProcess(tmp_path, limits) as server:
        people = [Client(server.port, f"p{number}") for number in range(200)]
        speakers = [Client(server.port, f"speaker{number}") for number in range(8)]
        for client in people:
            client.expect("speaker7 has joined")
        with babble(speakers):
            people[0].expect("<speaker7> ")
            server.process.send_signal(signal.SIGTERM)
            ends = [client.rest() for client in people]
        assert server.process.wait(PATIENCE) == 0
        heard = [re.findall(r"<(speaker\d)> (\d+\.\d+)", end) for end in ends]
        # All have the same last line; the first reader has read a little already.
        longest = heard[1]
        assert longest
        assert all(each == longest for each in heard[1:])
        assert longest[-len(heard[0]) :] == heard[0]
        for number in range(8):  # and of each speaker everything up to somewhere
            lines = [int(text.partition(".")[2]) for who, text in longest if who[-1] == str(number)]
            assert lines == list(range(len(lines)))
        for end in ends:
            assert end.count(RESTARTING) == 1
            assert end.splitlines()[-1].strip() == "Good-bye."
        for client in speakers:
            client.close()


def test_row_48_with_nobody_there_a_stop_is_quick(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, {"stop_seconds": 3600, "flush_seconds": 3600}) as server:
        assert server.stop() == 0
        assert server.log.rstrip().endswith("Stopped")


def test_row_48_those_without_a_name_are_told_too(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, {"sniff_seconds": 30}) as server:
        early = Client(server.port)
        speaking = Client(server.port)
        speaking.send_bytes(b"\xff\xfd\x01")
        speaking.until(b"Your name? ")
        server.process.send_signal(signal.SIGTERM)
        for client in (early, speaking):
            assert RESTARTING in client.rest()
        assert server.process.wait(PATIENCE) == 0


@contextmanager
def stalled_reader(server: ServerProcess) -> Iterator[None]:
    """Leave bytes in the server that somebody does not read."""
    with ExitStack() as stack:
        slow = stack.enter_context(Client(server.port, "slow", receive_buffer=4096))
        speaker = stack.enter_context(Client(server.port, "speaker"))
        for _ in range(100):
            speaker.send(*["z" * 3000] * 20)
            speaker.sync()
        yield
        slow.close()


def test_row_48_stalled_readers_do_not_delay_the_stop_past_its_time(tmp_path: Path) -> None:
    limits = {"rate": False, "outbox": 64 * MIB, "stop_seconds": 60, "flush_seconds": 1}
    with ServerProcess(tmp_path, limits) as server, stalled_reader(server):
        start = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - start >= 0.9  # it did try


def test_row_48_a_late_client_waits_and_a_second_signal_means_now(tmp_path: Path) -> None:
    limits = {"rate": False, "outbox": 64 * MIB, "stop_seconds": 3600, "flush_seconds": 3600}
    with ServerProcess(tmp_path, limits) as server, stalled_reader(server):
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "Stopping" in server.log)
        with Client(server.port) as late:  # not refused, but not served either
            late.send("late")
            wait_for(lambda: server.load(0.1) < 0.5)
            assert not late.ended
            assert late.received == b""
            assert server.stop() == 1
            assert "Stopped at once." in server.log
            assert late.rest() == ""
