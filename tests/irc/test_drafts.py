"""Drafts around the history: read-marker, message-redaction, and soju.im/search."""

import pytest

from chatserver.irc.line import time_tag
from tests.irc.house import AT, Client, IrcHouse

CAPS = ("batch", "message-tags", "server-time", "echo-message", "draft/chathistory")
ADA = ":ada!~ada@192.0.2.1"
BOB = ":bob!~bob@192.0.2.1"
THEN = "timestamp=2019-01-04T14:33:26.123Z"


@pytest.fixture
def house() -> IrcHouse:
    return IrcHouse()


# draft/read-marker


def test_a_mark_is_kept_and_never_goes_back(house: IrcHouse) -> None:
    ada = house.client("ada", "draft/read-marker")
    assert ada.lines("MARKREAD #den") == [":chat.test MARKREAD #den :*"]
    assert ada.lines(f"MARKREAD #den {THEN}") == [f":chat.test MARKREAD #den :{THEN}"]
    older = "timestamp=2018-01-01T00:00:00.000Z"
    assert ada.lines(f"MARKREAD #den {older}") == [f":chat.test MARKREAD #den :{THEN}"]
    assert ada.lines("MARKREAD bob") == [":chat.test MARKREAD bob :*"]
    assert ada.lines(f"MARKREAD bob {THEN}") == [f":chat.test MARKREAD bob :{THEN}"]


def test_a_mark_is_nobody_elses(house: IrcHouse) -> None:
    ada = house.client("ada", "draft/read-marker", joins="#den")
    bob = house.client("bob", "draft/read-marker", joins="#den")
    bob.read()
    ada.lines(f"MARKREAD #den {THEN}")
    assert bob.lines() == []
    assert bob.lines("MARKREAD #den") == [":chat.test MARKREAD #den :*"]


def test_it_stands_before_the_end_of_the_names(house: IrcHouse) -> None:
    ada = house.client("ada", "draft/read-marker")
    assert ada.numerics("JOIN #den") == ["JOIN", "MARKREAD", "353", "366"]
    ada.lines(f"MARKREAD #den {THEN}", "PART #den")
    assert f":chat.test MARKREAD #den :{THEN}" in ada.lines("JOIN #den")
    assert "MARKREAD" not in house.client("bob").numerics("JOIN #den")


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("MARKREAD", "NEED_MORE_PARAMS :Missing parameters"),
        ("MARKREAD :", "NEED_MORE_PARAMS :Missing parameters"),
        ("MARKREAD #den *", "INVALID_PARAMS #den * :Invalid parameters"),
        ("MARKREAD #den timestamp=x", "INVALID_PARAMS #den timestamp=x :Invalid parameters"),
        ("MARKREAD #den 2019-01-04T14:33:26.123Z", None),
    ],
)
def test_marks_that_make_no_sense(house: IrcHouse, sent: str, answer: str | None) -> None:
    (line,) = house.client("ada", "draft/read-marker").lines(sent)
    expected = answer or "INVALID_PARAMS #den 2019-01-04T14:33:26.123Z :Invalid parameters"
    assert line == f":chat.test FAIL MARKREAD {expected}"


# draft/message-redaction

REDACTS = (*CAPS, "draft/message-redaction")


def say(client: Client, text: str, target: str = "#den") -> str:
    """Say something; return its id."""
    client.read()
    return client.messages(f"PRIVMSG {target} :{text}")[0].tags["msgid"]


@pytest.fixture
def bob(house: IrcHouse) -> Client:
    """The operator of the room."""
    return house.client("bob", *REDACTS, joins="#den")


@pytest.fixture
def ada(house: IrcHouse, bob: Client) -> Client:
    client = house.client("ada", *REDACTS, joins="#den")
    bob.read()
    return client


def bare(lines: list[str]) -> list[str]:
    return [line.partition(" ")[2] if line.startswith("@") else line for line in lines]


def test_ones_own_words_are_taken_back(house: IrcHouse, ada: Client, bob: Client) -> None:
    cy = house.client("cy", "message-tags", joins="#den")
    id = say(ada, "secret")
    house.read_all()
    assert bare(ada.lines(f"REDACT #den {id}")) == [f"{ADA} REDACT #den :{id}"]
    assert bare(bob.lines()) == [f"{ADA} REDACT #den :{id}"]
    assert cy.lines() == []
    assert "secret" not in "".join(bob.lines("CHATHISTORY LATEST #den * 10"))


def test_an_operator_takes_back_what_others_said(ada: Client, bob: Client) -> None:
    id = say(ada, "spam")
    bob.read()
    assert bare(bob.lines(f"REDACT #den {id} :no spam")) == [f"{BOB} REDACT #den {id} :no spam"]
    assert bare(ada.lines()) == [f"{BOB} REDACT #den {id} :no spam"]


def test_nobody_else_does(ada: Client, bob: Client) -> None:
    id = say(bob, "mine")
    ada.read()
    (line,) = ada.lines(f"REDACT #den {id}")
    assert line.startswith(f":chat.test FAIL REDACT REDACT_FORBIDDEN #den {id} :")
    assert bob.lines() == []
    assert "mine" in "".join(ada.lines("CHATHISTORY LATEST #den * 10"))


def test_words_in_private_are_taken_back(ada: Client, bob: Client) -> None:
    id = say(ada, "psst", "bob")
    bob.read()
    assert bare(ada.lines(f"REDACT bob {id}")) == [f"{ADA} REDACT bob :{id}"]
    assert bare(bob.lines()) == [f"{ADA} REDACT bob :{id}"]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("REDACT #none 5", "INVALID_TARGET #none"),
        ("REDACT #none x", "INVALID_TARGET #none"),
        ("REDACT #den 999999", "UNKNOWN_MSGID #den 999999"),
        ("REDACT #den nonexistent", "UNKNOWN_MSGID #den nonexistent"),
    ],
)
def test_what_is_not_there_is_not_taken_back(ada: Client, sent: str, answer: str) -> None:
    (line,) = ada.lines(sent)
    assert line.startswith(f":chat.test FAIL REDACT {answer} :"), line


def test_redact_needs_a_message(ada: Client) -> None:
    assert ada.lines("REDACT #den") == [":chat.test 461 ada REDACT :Not enough parameters"]


# soju.im/search

SEARCHES = ("batch", "server-time", "message-tags", "soju.im/search")


@pytest.fixture
def cy(house: IrcHouse) -> Client:
    """Somebody in a room where things were said, a second apart."""
    bob = house.client("bob", joins="#den,#attic")
    for number, text in enumerate(("tea is hot", "coffee is hot", "tea is cold")):
        house.at = AT + number
        bob.lines(f"PRIVMSG #den :{text}")
    house.client("dan", joins="#den").lines("PRIVMSG #den :dan likes tea")
    bob.lines("PRIVMSG #attic :tea upstairs", "TOPIC #den :tea")
    return house.client("cy", *SEARCHES, "draft/chathistory", joins="#den")


def found(client: Client, attributes: str) -> list[str]:
    start, *lines, end = client.messages(f"SEARCH {attributes}")
    assert start.params[1:] == ("soju.im/search",)
    assert end.params == (f"-{start.params[0][1:]}",)
    assert all(line.tags["batch"] == start.params[0][1:] for line in lines)
    return [line.params[1] for line in lines]


def test_messages_are_found_by_what_is_known_of_them(cy: Client) -> None:
    assert found(cy, "text=tea") == ["tea is hot", "tea is cold", "dan likes tea"]
    assert found(cy, "text=tea;limit=2") == ["tea is cold", "dan likes tea"]
    assert found(cy, "text=tea;from=dan") == ["dan likes tea"]
    assert found(cy, "from=DAN;in=#den") == ["dan likes tea"]
    assert found(cy, r"text=is\shot;in=#DEN") == ["tea is hot", "coffee is hot"]
    assert found(cy, "text=nothing") == []
    assert found(cy, "text=tea;in=#den;colour=red;limit=1") == ["dan likes tea"]


def test_messages_are_found_by_their_time(cy: Client) -> None:
    first, second = time_tag(AT), time_tag(AT + 1)
    assert found(cy, f"in=#den;before={first}") == ["tea is hot"]
    assert found(cy, f"in=#den;after={first};before={second}") == ["tea is hot", "coffee is hot"]
    assert found(cy, f"text=tea;after={first};limit=2") == ["tea is hot", "tea is cold"]


@pytest.mark.parametrize(
    ("attributes", "bad"),
    [("text=x;limit=no", "limit"), ("text=x;after=now", "after"), ("text=x;before=1", "before")],
)
def test_attributes_that_make_no_sense(cy: Client, attributes: str, bad: str) -> None:
    answer = f":chat.test FAIL SEARCH INVALID_PARAMS {bad} :Invalid parameters"
    assert cy.lines(f"SEARCH {attributes}") == [answer]


@pytest.mark.parametrize("room", ["#attic", "#none"])
def test_rooms_one_is_not_in_are_not_searched(cy: Client, room: str) -> None:
    (line,) = cy.lines(f"SEARCH text=tea;in={room}")
    assert line.startswith(":chat.test FAIL SEARCH INVALID_PARAMS in :")
