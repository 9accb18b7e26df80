"""The listener in a thread, real workers, and a listening socket that fails on demand."""

import errno
import logging
import os
import socket
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest

from chatserver.config import Limits
from chatserver.net.admission import Admission
from chatserver.net.connection import Connection
from chatserver.net.doors import Door
from chatserver.net.listener import Desk, Listener, Verdict
from chatserver.net.pool import Pool
from chatserver.net.worker import Finish, Trade, Worker
from tests.helpers import PATIENCE, Client, wait_for
from tests.net.fakes import Script


class Reluctant(socket.socket):
    """A listening socket whose next accepts fail with these errors."""

    def __init__(self) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_STREAM)
        self.errors: deque[int] = deque()
        self.accepts = 0
        self.bind(("127.0.0.1", 0))
        self.listen(512)
        self.setblocking(False)

    def accept(self) -> tuple[socket.socket, Any]:
        self.accepts += 1
        if self.errors:
            raise OSError(self.errors.popleft(), "by the test")
        return super().accept()


class House:
    """A listener with everything behind it."""

    def __init__(self, limits: Limits, clients: int = 1000) -> None:
        self.sock = Reluctant()
        self.port = self.sock.getsockname()[1]
        self.desk = Desk()
        self.sessions: list[Script] = []
        self.connections: list[Connection] = []
        self.ticks: list[float] = []
        trade = Trade(self.make_session, self.take_wishes, str)
        self.pool = Pool(2, lambda name: Worker(name, limits, 2**30, trade, self.desk))
        self.listener = Listener(
            [Door(self.sock, "chat", guarded=True)],
            Admission(limits, clients),
            self.pool,
            self.desk,
            self.tick,
        )
        self.verdict: Verdict | None = None
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def make_session(self, connection: Connection, door: str) -> Script:
        session = Script()
        session.output = b"hello\n"
        self.sessions.append(session)
        self.connections.append(connection)
        return session

    def take_wishes(self, wishes: Sequence[Any]) -> None:
        pass

    def tick(self, now: float) -> None:
        self.ticks.append(now)

    def serve(self) -> None:
        self.verdict = self.listener.serve()

    def __enter__(self) -> "House":
        self.pool.start()
        self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.desk.stop()
        self.thread.join(PATIENCE)
        for worker in self.pool.workers:
            worker.tell(Finish(0.1))
            worker.join(PATIENCE)
        self.sock.close()
        assert not self.thread.is_alive()

    def greeted(self) -> Client:
        """Connect and be served."""
        client = Client(self.port)
        assert client.line() == "hello"
        return client


OPEN = Limits(rate=None)
GUARDED = Limits(rate=None, exempt_loopback=False)


@pytest.fixture
def house() -> Iterator[House]:
    with House(OPEN) as made:
        yield made


def test_clients_are_spread_over_the_workers(house: House) -> None:
    clients = [house.greeted() for _ in range(10)]
    homes = [connection.home for connection in house.connections]
    assert [homes.count(worker) for worker in house.pool.workers] == [5, 5]
    for client in clients:
        client.close()


@pytest.mark.parametrize("number", [errno.ECONNABORTED, errno.EPERM, errno.EPROTO])
def test_row_2_an_accept_that_fails_for_one_client_is_counted(
    number: int, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        house.sock.errors.extend([number] * 100)
        house.greeted().close()
    assert not house.sock.errors
    assert caplog.text.count("not let in") == 1  # one line for all hundred
    assert house.thread.is_alive()


@pytest.mark.parametrize("number", [errno.ENOBUFS, errno.ENOMEM, errno.EINVAL])
def test_row_2_an_accept_that_fails_for_all_is_tried_again_later(
    number: int, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.sock.errors.extend([number] * 3)
    with caplog.at_level(logging.WARNING):
        house.greeted().close()
    assert caplog.text.count("not let in: 1") == 1
    assert house.sock.accepts < 20  # no busy loop meanwhile


def test_row_1_without_descriptors_clients_are_told_and_later_ones_get_in(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.sock.errors.append(errno.EMFILE)
    with caplog.at_level(logging.WARNING), Client(house.port) as unlucky:
        assert unlucky.rest() == "Server is full. Try again in a minute.\r\n"
    wait_for(lambda: house.sock.accepts >= 3 and house.listener._reserve is not None)  # all shed
    house.greeted().close()  # 100 ms later
    assert "not let in" in caplog.text


def test_row_1_a_close_lets_the_next_one_in_without_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chatserver.net.listener._REARM_SECONDS", 3600)
    with House(OPEN) as house:
        inside = house.greeted()
        house.sock.errors.append(errno.ENOBUFS)
        waiting = Client(house.port)
        wait_for(lambda: not house.sock.errors)
        inside.close()
        assert waiting.line() == "hello"
        waiting.close()


def test_row_1_the_listener_lives_even_without_its_reserve(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Descriptors may be so short that the reserve, once given up, cannot be had again."""
    with House(OPEN) as house:
        really_open = os.open
        shortage = [True]

        def scarce(path: Any, *args: Any, **options: Any) -> int:
            if path == os.devnull and shortage:
                raise OSError(errno.EMFILE, "by the test")
            return really_open(path, *args, **options)

        monkeypatch.setattr(os, "open", scarce)
        for _ in range(3):
            # One accept fails, one is of who is turned away, and one finds nobody else.
            all_shed = house.sock.accepts + 3
            house.sock.errors.append(errno.EMFILE)
            with Client(house.port) as unlucky:
                assert "full" in unlucky.rest()
            wait_for(lambda count=all_shed: house.sock.accepts >= count)  # type: ignore[misc]
        shortage.clear()
        house.greeted().close()
        assert house.thread.is_alive()


def test_row_3_who_is_refused_is_told_why() -> None:
    with House(Limits(rate=None, exempt_loopback=False, per_address=2)) as house:
        clients = [house.greeted() for _ in range(2)]
        with Client(house.port) as third:
            words = "Too many connections from your address (limit 2).\r\n"
            assert third.rest() == words
        clients[0].close()
        wait_for(lambda: house.listener._admission.inside == 1)
        house.greeted().close()


def test_row_5_with_too_many_nameless_the_oldest_goes() -> None:
    with House(Limits(rate=None, exempt_loopback=False, unnamed=2)) as house:
        oldest, named = house.greeted(), house.greeted()
        house.connections[1].establish()
        wait_for(lambda: len(house.listener._admission._unnamed) == 1)
        _third, _fourth = house.greeted(), house.greeted()
        assert oldest.rest() == "[the server is full]"
        assert not named.ended


def test_a_full_house_says_so() -> None:
    with House(OPEN, clients=1) as house, house.greeted(), Client(house.port) as second:
        assert second.rest() == "Server is full. Try again in a minute.\r\n"


def test_row_45_a_dead_worker_is_replaced_and_its_people_told(house: House) -> None:
    clients = [house.greeted() for _ in range(2)]
    dead, alive = house.pool.workers
    dead.post([None])  # type: ignore[list-item]
    ends = [client.rest() for client in clients if client is clients[0]]
    assert ends == ["[a fault in the server]"]
    wait_for(lambda: {dead, alive} != {*house.pool.workers} and len(house.pool.workers) == 2)
    assert alive in house.pool.workers
    assert [house.greeted() for _ in range(4)]
    assert not clients[1].ended


def test_row_45_three_deaths_in_a_minute_break_the_server(house: House) -> None:
    for _ in range(3):
        worker = house.pool.workers[0]
        worker.post([None])  # type: ignore[list-item]
        worker.join(PATIENCE)
        wait_for(lambda worker=worker: house.verdict or worker not in house.pool.workers)  # type: ignore[misc]
    house.thread.join(PATIENCE)
    assert house.verdict is Verdict.BROKEN
    assert Verdict.BROKEN.value == 70


def test_a_stop_ends_it_and_late_clients_wait_unrefused(house: House) -> None:
    house.desk.stop()
    house.thread.join(PATIENCE)
    assert house.verdict is Verdict.STOPPED
    with Client(house.port) as late:
        assert not late.ended


def test_it_ticks_about_once_a_second_whatever_happens(house: House) -> None:
    wait_for(lambda: len(house.ticks) >= 3)
    assert all(later - earlier >= 0.99 for earlier, later in pairwise(house.ticks))
