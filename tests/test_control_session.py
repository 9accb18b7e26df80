"""What answers `chatserver status`."""

import json

import pytest

from chatserver.chat import events
from chatserver.chat.requests import Census, Request
from chatserver.control.session import ControlSession
from chatserver.endings import Ending


class Control:
    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.session = ControlSession(self.requests.append, lambda now: {"uptime": now})

    def send(self, *chunks: bytes) -> bytes:
        for chunk in chunks:
            self.session.receive_data(chunk, 5.0)
        return self.session.data_to_send()


@pytest.mark.parametrize("chunks", [[b"status\n"], [b"sta", b"tus\n"], [b" status \r\n"]])
def test_status_is_one_line_of_json(chunks: list[bytes]) -> None:
    control = Control()
    assert control.send(*chunks) == b""
    assert not control.session.wants_input
    [request] = control.requests
    assert isinstance(request, Census)
    control.session.deliver([events.Counted(request, 3, 2)], 7.0)
    answer = control.session.data_to_send()
    assert answer.endswith(b"\n")
    assert json.loads(answer) == {"uptime": 7.0, "people": 3, "rooms": 2}
    assert control.session.finished


@pytest.mark.parametrize("chunks", [[b"stop\n"], [b"\n"], [b"x" * 1000], [b"x" * 40, b"x" * 40]])
def test_anything_else_is_an_error(chunks: list[bytes]) -> None:
    control = Control()
    assert json.loads(control.send(*chunks)) == {"error": "the one command is status"}
    assert control.session.finished
    assert control.requests == []


def test_an_endless_command_is_not_kept() -> None:
    control = Control()
    control.session.receive_data(b"x" * 1_000_000, 5.0)
    assert len(control.session._command) <= 64


def test_a_question_may_do_without_its_newline() -> None:
    control = Control()
    control.send(b"status")
    control.session.receive_eof(6.0)
    assert [type(request) for request in control.requests] == [Census]
    assert not control.session.finished


def test_one_who_asks_and_closes_gets_the_answer() -> None:
    control = Control()
    control.send(b"status\n")
    control.session.receive_eof(6.0)
    assert not control.session.finished
    control.session.deliver([events.Counted(control.requests[0], 1, 1)], 7.0)
    assert json.loads(control.session.data_to_send())["people"] == 1


def test_one_who_hangs_up_is_let_go() -> None:
    control = Control()
    control.session.receive_eof(5.0)
    assert control.session.finished


def test_at_the_end_nothing_is_said() -> None:
    control = Control()
    control.session.warn(Ending.STOPPING)
    control.session.tick(6.0)
    control.session.end(Ending.STOPPING, 0)
    assert control.session.data_to_send() == b""
    assert control.session.finished
    assert control.session.wake_at is None
