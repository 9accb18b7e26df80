"""A log of one's own: each line once, also where the server tells it again to the next run."""

from pathlib import Path

from client.logbook import Logbook
from tests.client.house import Link
from tests.histories import FaultyJournal
from tests.irc.house import IrcHouse

ROOM = "#ops"


def said(folder: Path) -> list[str]:
    """What people have said, of all files."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()))
    return [line.partition("> ")[2] for line in text.splitlines() if "<" in line]


def test_the_next_run_writes_only_what_is_new(tmp_path: Path) -> None:
    home = IrcHouse(journal=FaultyJournal(500))
    bob = home.client("bob", joins=ROOM)
    bob.send(f"PRIVMSG {ROOM} :one\r\n")
    first = Link(home, "ada", ROOM)
    book = Logbook(tmp_path)
    book.write(first.model)
    first.say(ROOM, "two")
    first.say(ROOM, "two")  # said twice is written twice
    book.write(first.model)
    assert said(tmp_path) == ["one", "two", "two"]
    first.drop()
    home.at += 60
    bob.send(f"PRIVMSG {ROOM} :three\r\n")
    Logbook(tmp_path).write(Link(home, "ada", ROOM).model)
    assert said(tmp_path) == ["one", "two", "two", "three"]


def test_what_is_looked_up_is_not_written(tmp_path: Path) -> None:
    home = IrcHouse(journal=FaultyJournal(5000))
    bob = home.client("bob", joins=ROOM)
    for number in range(300):
        home.at += 1
        bob.send(f"PRIVMSG {ROOM} :{number}\r\n")
    ada, book = Link(home, "ada", ROOM), Logbook(tmp_path)
    book.write(ada.model)
    before = said(tmp_path)
    ada.model.request_older(ada.buffer(ROOM))
    ada.turn()
    book.write(ada.model)
    assert said(tmp_path) == before
