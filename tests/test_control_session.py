"""What answers `chatserver status` and `chatserver history forget`."""

import json

import pytest

from chatserver.chat import answers
from chatserver.chat.errors import NotForgotten
from chatserver.chat.requests import Census, Forget, Request
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
    control.session.deliver([answers.Counted(request, 3, 2)], 7.0)
    answer = control.session.data_to_send()
    assert answer.endswith(b"\n")
    assert json.loads(answer) == {"uptime": 7.0, "people": 3, "rooms": 2}
    assert control.session.finished


@pytest.mark.parametrize(
    "chunks",
    [[b"stop\n"], [b"\n"], [b"forgetting\n"], [b"x" * 5000], [b"x" * 3000, b"x" * 3000]],
)
def test_anything_else_is_an_error(chunks: list[bytes]) -> None:
    control = Control()
    assert json.loads(control.send(*chunks)) == {"error": "the commands are status and forget {…}"}
    assert control.session.finished
    assert control.requests == []


def test_an_endless_command_is_not_kept() -> None:
    control = Control()
    for _ in range(3):
        control.session.receive_data(b"x" * 1_000_000, 5.0)
    assert len(control.session._command) <= 4096


@pytest.mark.parametrize(
    ("order", "nick", "room", "before"),
    [
        ({"nick": "bob"}, "bob", None, None),
        ({"room": "#ärger", "before": 5.5}, None, "#ärger", 5.5),
        ({"nick": "x" * 64, "room": "ö" * 200, "before": 0}, "x" * 64, "ö" * 200, 0),
    ],
)
def test_an_order_to_forget(
    order: dict[str, object], nick: str | None, room: str | None, before: float | None
) -> None:
    control = Control()
    question = f"forget {json.dumps(order)}\n".encode()
    assert control.send(question[:20], question[20:]) == b""
    [request] = control.requests
    assert isinstance(request, Forget)
    assert (request.nick, request.room, request.before) == (nick, room, before)
    control.session.deliver([answers.Done(request)], 7.0)
    assert control.session.data_to_send() == b'{"ok":true}\n'
    assert control.session.finished


def test_an_order_that_is_refused() -> None:
    control = Control()
    control.send(b'forget {"nick":"bob"}\n')
    refused = answers.Refused(control.requests[0], NotForgotten("disk full"))
    control.session.deliver([refused], 7.0)
    assert json.loads(control.session.data_to_send()) == {
        "error": "Nothing was forgotten: the history cannot be written now (disk full)."
    }
    assert control.session.finished


@pytest.mark.parametrize(
    "order",
    [
        *(b"", b"{}", b"[]", b"bob", b'{"nick":"bob"', b'{"nick":null}', b'{"nick":7}'),
        *(b'{"nick":""}', b'{"nick":"\xff"}', b'{"nick":"\\ud800"}', b"[" * 3000),
        *(b'{"nik":"bob","room":"#a"}', b'{"before":1e300}', b'{"before":-1}', b'{"before":NaN}'),
    ],
)
def test_an_order_that_is_not_understood_erases_nothing(order: bytes) -> None:
    control = Control()
    answer = json.loads(control.send(b"forget " + order + b"\n"))
    assert answer["error"].startswith("what is to be forgotten is not understood (")
    assert control.session.finished
    assert control.requests == []


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
    control.session.deliver([answers.Counted(control.requests[0], 1, 1)], 7.0)
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
