"""/reply, /react and /undo: what was said last."""

import pytest

from tests.irc.house import Client, IrcHouse
from tests.telnet.house import Guest

CAPS = ("message-tags", "echo-message", "draft/message-redaction")


@pytest.fixture
def house() -> IrcHouse:
    return IrcHouse()


@pytest.fixture
def ada(house: IrcHouse) -> Guest:
    return house.pipe("ada")


@pytest.fixture
def bob(house: IrcHouse, ada: Guest) -> Client:
    bob = house.client("bob", *CAPS, joins="#lobby")
    ada.read()
    return bob


def says(client: Client, text: str) -> str:
    """Let a program say something in the lobby; return the id of its message."""
    message = client.messages(f"PRIVMSG #lobby :{text}")[-1]
    return message.tags["msgid"]


def test_a_reaction_reaches_programs_and_people(house: IrcHouse, ada: Guest, bob: Client) -> None:
    id = says(bob, "lunch?")
    ada.read()
    assert ada.says("/react 👍") == ["12:01 -- ada reacted to “lunch?” with 👍"]
    (message,) = bob.messages()
    assert (message.command, message.params) == ("TAGMSG", ("#lobby",))
    assert message.tags["+draft/react"] == "👍"
    assert message.tags["+draft/reply"] == message.tags["+reply"] == id


def test_a_program_reacts(house: IrcHouse, ada: Guest, bob: Client) -> None:
    ada.says("lunch?")
    id = bob.messages()[-1].tags["msgid"]
    bob.lines(f"@+draft/react=🍲;+draft/reply={id} TAGMSG #lobby")
    assert ada.read().decode().splitlines() == ["12:01 -- bob reacted to “lunch?” with 🍲"]


def test_a_reaction_is_to_the_last_line_of_others_or_of_one(
    house: IrcHouse, ada: Guest, bob: Client
) -> None:
    cy = house.pipe("cy")
    says(bob, "one")
    cy.says("two")
    ada.says("three")
    assert ada.says("/react +1") == ["12:01 -- ada reacted to “two” with +1"]
    assert ada.says("/react +1 BOB") == ["12:01 -- ada reacted to “one” with +1"]
    assert ada.says("/react +1 ada") == ["12:01 -- ada reacted to “three” with +1"]


def test_a_reaction_is_to_a_line_of_this_room(house: IrcHouse, ada: Guest, bob: Client) -> None:
    says(bob, "one")
    ada.says("/join den")
    assert ada.says("/react +1") == ["  Nobody else has said anything in #den lately."]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/react", ["  Something is missing; type it so: /react EMOJI [NICK]"]),
        ("/react +1", ["  Nobody else has said anything in #lobby lately."]),
        ("/react +1 zed", ["  zed has not said anything in #lobby lately."]),
        ("/react " + "x" * 33, ["  That is too long; react with an emoji or a short word."]),
        ("/undo", ["  You have not said anything in #lobby lately."]),
        ("/reply @zed hi", ["  zed has not said anything in #lobby lately."]),
        ("/reply @bob", ["  Something is missing; type it so: /reply @NICK TEXT"]),
        ("/reply @ x", ["  Something is missing; type it so: /reply @NICK TEXT"]),
    ],
)
def test_refusals(ada: Guest, bob: Client, line: str, answer: list[str]) -> None:
    assert ada.says(line) == answer


def test_a_reply_is_threaded_by_programs_and_addressed_for_people(
    house: IrcHouse, ada: Guest, bob: Client
) -> None:
    id = says(bob, "lunch?")
    says(bob, "anyone?")
    ada.read()
    assert ada.says("/reply @Bob yes please") == ["12:01 <ada> bob: yes please"]
    (message,) = bob.messages()
    assert (message.command, message.params) == ("PRIVMSG", ("#lobby", "bob: yes please"))
    assert message.tags["+draft/reply"] == str(int(id) + 1)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("yes, gladly", "ada: yes, gladly"),
        ("ada yes", "ada yes"),
        ("@Ada: yes", "@Ada: yes"),
        ("I told ada", "ada: I told ada"),
        ("\x01ACTION nods\x01", ""),
    ],
)
def test_the_reply_of_a_program_says_whom_it_answers(
    ada: Guest, bob: Client, said: str, shown: str
) -> None:
    ada.says("lunch at noon?")
    id = bob.messages()[-1].tags["msgid"]
    bob.lines(f"@+reply={id} PRIVMSG #lobby :{said}")
    assert ada.read().decode() == (f"12:01 <bob> {shown}\n" if shown else "12:01 * bob nods\n")


def test_who_answers_themselves_or_nobody_knows_whom_is_not_addressed(
    ada: Guest, bob: Client
) -> None:
    id = says(bob, "lunch at noon?")
    ada.read()
    for known in (id, "999999", "x"):
        bob.lines(f"@+reply={known} PRIVMSG #lobby :at one")
        assert ada.read() == b"12:01 <bob> at one\n"


def test_a_reply_without_a_name_is_private(ada: Guest, bob: Client) -> None:
    bob.lines("PRIVMSG ada :psst")
    ada.read()
    assert ada.says("/reply yes") == ["12:01 <ada -> bob> yes"]
    assert [message.params for message in bob.messages()] == [("bob", "yes")]


def test_one_takes_back_ones_own_last_line(house: IrcHouse, ada: Guest, bob: Client) -> None:
    ada.says("one")
    ada.says("two")
    ids = [message.tags["msgid"] for message in bob.messages()]
    says(bob, "three")
    ada.read()
    assert ada.says("/undo") == ["12:01 -- ada took back what they said at 12:01"]
    assert bob.messages()[-1].params == ("#lobby", ids[1])
    assert ada.says("/undo a slip") == ["12:01 -- ada took back what they said at 12:01 (a slip)"]
    assert bob.messages()[-1].params == ("#lobby", ids[0], "a slip")
    assert ada.says("/undo") == ["  You have not said anything in #lobby lately."]
    past = "".join(house.pipe("cy").says("/history"))
    assert "three" in past
    assert "two" not in past


def test_a_program_takes_back_a_line(ada: Guest, bob: Client) -> None:
    id = says(bob, "slip")
    ada.read()
    bob.lines(f"REDACT #lobby {id} :typo")
    assert ada.read().decode().splitlines() == [
        "12:01 -- bob took back what they said at 12:01 (typo)"
    ]


def test_a_line_from_the_past_may_be_reacted_to(house: IrcHouse, bob: Client) -> None:
    says(bob, "lunch?")
    house.house.shown.__init__(8)  # type: ignore[misc]  # as after a restart
    cy = house.person("cy")
    assert cy.says("/react +1") == ["12:01 -- cy reacted to “lunch?” with +1"]


def test_a_tab_completes_whom_to_answer(house: IrcHouse, bob: Client) -> None:
    tess = house.terminal("tess")
    tess.send("/reply @bo\t")
    editor = tess.session._terminal.editor
    assert editor is not None
    assert editor._line.text == "/reply @bob "
