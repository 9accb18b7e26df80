"""Messages of several lines, as they are read again: cut where their author has cut them."""

import pytest

from chatserver.irc.message import Message
from tests.irc.house import Client, IrcHouse

CAPS = ("batch", "message-tags", "draft/multiline", "draft/chathistory")
ROWS = ("how is ", "every", "one?")


def say(client: Client, target: str, *tags: str) -> None:
    """Say a line of three parts, and another one."""
    first, *rest = ROWS
    client.lines(
        f"BATCH +1 draft/multiline {target}",
        f"@batch=1 PRIVMSG {target} :{first}",
        *(f"@batch=1;draft/multiline-concat PRIVMSG {target} :{row}" for row in rest),
        f"@batch=1 PRIVMSG {target} :and you?",
        "BATCH -1",
    )


def spoken(messages: list[Message]) -> list[tuple[str, bool]]:
    """Return the texts, and whether each goes on in the line before."""
    return [
        (one.params[1], "draft/multiline-concat" in one.tags)
        for one in messages
        if one.command == "PRIVMSG"
    ]


@pytest.mark.parametrize("target", ["#den", "bob"])
def test_it_is_cut_as_it_was_when_it_was_said(target: str) -> None:
    house = IrcHouse()
    ada = house.client("ada", *CAPS, joins="#den")
    bob = house.client("bob", *CAPS, joins="#den")
    bob.read()
    say(ada, target)
    expected = [("how is ", False), ("every", True), ("one?", True), ("and you?", False)]
    assert spoken(bob.messages()) == expected
    where = target if target == "#den" else "ada"
    assert spoken(bob.messages(f"CHATHISTORY LATEST {where} * 10")) == expected


def test_who_does_not_know_it_gets_the_same_lines_on_joining() -> None:
    house = IrcHouse()
    ada = house.client("ada", *CAPS, joins="#den")
    bob = house.client("bob", "server-time", joins="#den")
    say(ada, "#den")
    live = [text for text, _ in spoken(bob.messages())]
    cy = house.client("cy", "server-time")
    assert [text for text, _ in spoken(cy.messages("JOIN #den"))] == live == [*ROWS, "and you?"]
