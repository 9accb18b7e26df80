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
from client.settings import Settings, load
from client.unseen import Unseen
from tests.client.script import Script

ENTRY = Entry(key=1, kind=Kind.SAID, at=0.0, nick="bob", text="a\x02b\nc")


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
