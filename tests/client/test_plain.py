"""Lines above a prompt, and what a command asks of the program."""

import asyncio
from pathlib import Path

import pytest

from client.app import App
from client.buffers import Buffer, BufferKind
from client.first_run import with_signs
from client.logbook import Logbook
from client.members import Members, People
from client.messages import Delivery, Entry, Kind, redacted
from client.orders import Choose, Open, Page, Quit
from client.plain import line_of
from client.sentences import found_words, mark_words
from client.settings import Settings, load
from client.state import Search
from client.unseen import Unseen
from tests.client.script import Script

ENTRY = Entry(key=1, kind=Kind.SAID, at=0.0, nick="bob", text="a\x02b\nc")


FOUND = (Buffer("#ops", BufferKind.ROOM, Members(People(str.lower), str.lower)), ENTRY)


def room(name: str) -> Buffer:
    return Buffer(name, BufferKind.ROOM, Members(People(str.lower), str.lower))


def test_an_entry_is_a_line_and_its_further_lines_are_indented() -> None:
    assert line_of(room("#ops"), ENTRY, "now") == "now [#ops] <bob> ab\n      c"
    gone = redacted(ENTRY, "eve", "")
    assert line_of(room("#ops"), gone, "now") == "now [#ops] * a line of bob was taken back"
    refused = Entry(
        key=2, kind=Kind.SAID, at=0.0, nick="a", text="b", delivery=Delivery.REFUSED, reason="no"
    )
    assert line_of(room(""), refused, "now") == "now <a> b (not sent: no)"


@pytest.mark.parametrize(
    ("typed", "rooms"), [("ops", "#ops"), ("#a,b  c", "#a #b #c"), ("&x", "&x"), ("", "")]
)
def test_rooms_get_their_sign(typed: str, rooms: str) -> None:
    assert with_signs(typed) == rooms


def test_what_is_new_is_given_out_once_and_own_lines_when_they_are_confirmed() -> None:
    script, unseen = Script().welcome("echo-message"), Unseen()
    unseen.take(script.model)
    script.model.send_text(script.room, "mine")
    assert unseen.take(script.model) == []
    script.hear(":ada!u@h PRIVMSG #ops mine", ":bob!u@h PRIVMSG #ops yours")
    assert [entry.text for _, entry in unseen.take(script.model)] == ["mine", "yours"]
    assert unseen.take(script.model) == []


def test_a_log_stays_in_its_folder(tmp_path: Path) -> None:
    script = Script().welcome()
    script.hear(":../../x!u@h PRIVMSG ada :hi", ":ada!u@h JOIN #../../../etc/x")
    Logbook(tmp_path / "log").write(script.model)
    assert {path.parent for path in tmp_path.rglob("*.log")} == {tmp_path / "log"}
    assert len(list(tmp_path.rglob("*.log"))) > 2


def test_orders_of_commands_are_carried_out(tmp_path: Path) -> None:
    async def main() -> None:
        path = tmp_path / "chat.toml"
        app = App(Settings(nick="ada"), data=tmp_path, settings_path=path)
        assert app.obey(Choose("theme", "light")) is None
        assert app.settings.theme == "light"
        stored = load(path)
        assert stored and stored.theme == "light"
        app.obey(Choose("theme", "pink"))
        assert app.settings.theme == "light"
        assert app.model.current.entries[-1].kind is Kind.FAULT
        assert app.obey(Open(Page.HELP)) == Open(Page.HELP)
        app.obey(Quit())
        assert app.finished.is_set()

    asyncio.run(main())


def told(script: Script) -> list[str]:
    """What plain lines say of what was done to lines since the last look."""
    return [mark_words(mark, "%Y") for _, mark in script.model.take_marks()]


def test_what_is_done_to_lines_is_told_once() -> None:
    script = Script().welcome("message-tags draft/message-redaction")
    script.hear("@msgid=1 :bob!u@h PRIVMSG #ops :hi \x02all\x02")
    script.hear("@+draft/react=👍;+draft/reply=1 :cy!u@h TAGMSG #ops")
    assert told(script) == ["* cy reacted to “hi all” with 👍"]
    script.hear(
        "@+draft/react=👍;+draft/reply=1 :cy!u@h TAGMSG #ops", "@+typing=active :cy TAGMSG #ops"
    )
    assert told(script) == []
    script.hear("@+draft/unreact=👍;+draft/reply=1 :cy!u@h TAGMSG #ops")
    assert told(script) == ["* cy took back the reaction 👍 to “hi all”"]
    script.hear(":bob!u@h REDACT #ops 1 :oops", ":bob!u@h REDACT #ops 1 :oops")
    assert told(script) == ["* bob took back what they said at 2023 (oops)"]
    script.hear("@msgid=2 :bob!u@h PRIVMSG #ops :x", ":ada!u@h REDACT #ops 2")
    assert told(script) == ["* ada took back what bob said at 2023"]


def test_of_lines_that_are_not_loaded_it_is_told_too() -> None:
    script = Script().welcome("message-tags draft/message-redaction")
    script.hear("@+draft/react=👍;+draft/reply=9 :cy!u@h TAGMSG #ops", ":bob!u@h REDACT #ops 8")
    assert told(script) == ["* cy reacted with 👍", "* bob took back something said earlier"]
    script.model.ignored["cy"] = "cy"
    script.hear("@+draft/react=👎;+draft/reply=9 :cy!u@h TAGMSG #ops")
    assert told(script) == []


def test_what_was_done_before_is_no_news() -> None:
    script = Script().welcome("batch message-tags draft/chathistory")
    script.hear(
        ":s BATCH +1 chathistory #ops",
        "@batch=1;+draft/react=👍;+draft/reply=m1 :cy!u@h TAGMSG #ops",
        ":s BATCH -1",
    )
    assert told(script) == []


@pytest.mark.parametrize(
    ("search", "words"),
    [
        (Search("x", (FOUND,), done=True), "* 1 line found."),
        (Search("x", (FOUND, FOUND), done=True), "* 2 lines found."),
        (Search("x", (), done=True), "* Nothing was found."),
        (Search("x", (), done=True, further=True), "* Nothing older was found."),
    ],
)
def test_how_much_is_found_is_said_in_words(search: Search, words: str) -> None:
    assert f"* {found_words(search)}." == words
