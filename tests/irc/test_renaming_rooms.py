"""RENAME where something is kept (IRCv3 draft/channel-rename): nobody gets another room's past."""

import pytest

from chatserver.history.errors import Cause
from tests.histories import FaultyJournal
from tests.irc.house import Client, IrcHouse

CAPS = ("draft/channel-rename", "batch", "server-time", "message-tags", "draft/chathistory")


def past(client: Client, room: str) -> list[str]:
    lines = client.messages(f"CHATHISTORY LATEST {room} * 50")
    return [line.params[1] for line in lines if line.command == "PRIVMSG"]


def test_what_cannot_be_stored_has_not_happened() -> None:
    journal = FaultyJournal()
    house = IrcHouse(journal=journal)
    ada, bob = (house.client(nick, *CAPS, joins="#mine") for nick in ("ada", "bob"))
    ada.lines("TOPIC #mine :tea", "PRIVMSG #mine :secret")
    house.read_all()
    journal.fault = Cause.FULL
    ada.send("RENAME #mine #new :why\r\nMODE #mine +m\r\n")
    fail, mode = ada.lines()
    assert fail.startswith(":chat.test FAIL RENAME ")
    assert "disk full" in fail
    assert mode.endswith(" :ada!~ada@192.0.2.1 MODE #mine +m")
    assert bob.lines() == [mode]
    journal.fault = None
    ada.lines("PRIVMSG #mine :more")
    bob.read()
    assert past(bob, "#mine") == ["secret", "more"]
    assert "332" in bob.numerics("TOPIC #mine")
    eve = house.client("eve", *CAPS, joins="#new")
    assert past(eve, "#new") == []
    assert journal.has_lines("#mine")


@pytest.mark.parametrize("name", ["#caf\N{LATIN SMALL LETTER E WITH ACUTE}", "#cafe\u0301"])
def test_the_name_of_kept_lines_is_taken_however_it_is_spelled(name: str) -> None:
    house = IrcHouse()
    ada = house.client("ada", *CAPS, joins="#caf\N{LATIN SMALL LETTER E WITH ACUTE}")
    ada.lines("PRIVMSG #caf\N{LATIN SMALL LETTER E WITH ACUTE} :theirs")
    ada.lines("PART #caf\N{LATIN SMALL LETTER E WITH ACUTE}")
    bob = house.client("bob", *CAPS, joins="#mine")
    [refused] = bob.lines(f"RENAME #mine {name}")
    assert refused.startswith(":chat.test FAIL RENAME CANNOT_RENAME ")
