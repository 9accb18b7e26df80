"""A line that was refused says why in words that help."""

from __future__ import annotations

import pytest

from client.commands import submit
from client.messages import Delivery
from tests.client.script import Script

CAPS = "batch echo-message labeled-response message-tags"


def refused(script: Script, room: str, answer: str) -> str:
    """Say something; return why it was refused when the server answers so."""
    (said,) = (line for line in script.said() if "PRIVMSG" in line)
    label = said.partition("label=")[2].partition(" ")[0]
    script.hear(f"@label={label} {answer}")
    entry = script.buffer(room).entries[-1]
    assert entry.delivery is Delivery.REFUSED
    return entry.reason


def test_in_a_room_that_one_has_left() -> None:
    script = Script().welcome(CAPS)
    script.hear(":ada!u@h PART #ops")
    submit(script.model, script.room, "still here?")
    reason = refused(script, "#ops", ":s 403 ada #ops :No such channel")
    assert reason == "you are not in this room; /join #ops takes you there"


def test_to_somebody_who_is_not_there() -> None:
    script = Script().welcome(CAPS)
    submit(script.model, script.room, "/msg eve hi")
    reason = refused(script, "eve", ":s 401 ada eve :No such nick/channel")
    assert reason == "nobody of that name is here"


@pytest.mark.parametrize("words", ["Cannot send to channel (+m)", "You are sending too fast"])
def test_else_the_server_says_it(words: str) -> None:
    script = Script().welcome(CAPS)
    submit(script.model, script.room, "hi")
    assert refused(script, "#ops", f":s 404 ada #ops :{words}") == words
