"""The commands for those who keep a room in order."""

import pytest

from chatserver.config import Limits
from tests.telnet.house import Guest, TestHouse


@pytest.fixture
def house() -> TestHouse:
    return TestHouse()


@pytest.fixture
def ada(house: TestHouse) -> Guest:
    """Who rules #den, in which she talks with bob."""
    ada = house.pipe("ada")
    ada.says("/join den")
    return ada


@pytest.fixture
def bob(house: TestHouse, ada: Guest) -> Guest:
    bob = house.pipe("bob")
    bob.says("/join den")
    ada.read()
    return bob


NOT_OPERATOR = "  Only an operator of #den can do that."
WHEN = "on Thursday 29 February 2024 at 12:01"


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/op bob", ["12:01 -- ada made bob an operator of #den"]),
        ("/voice bob", ["12:01 -- ada gave bob a voice in #den"]),
        ("/deop bob", ["  Nothing has changed: #den was set so already."]),
        ("/devoice bob", ["  Nothing has changed: #den was set so already."]),
        ("/op zed", ["  zed is not here; /who shows who is."]),
        (
            "/op zed bob",
            ["12:01 -- ada made bob an operator of #den", "  zed is not here; /who shows who is."],
        ),
        ("/kick bob", ["12:01 <- ada put bob out of #den"]),
        ("/kick bob too loud", ["12:01 <- ada put bob out of #den (too loud)"]),
        ("/kick zed", ["  zed is not in #den."]),
        ("/ban bob", ["12:01 -- ada banned bob!*@* from #den"]),
        ("/ban *!*@192.0.2.1", ["12:01 -- ada banned *!*@192.0.2.1 from #den"]),
        ("/bans", ["  Nobody is banned from #den."]),
        (
            "/ban cy\n/bans",
            [
                "12:01 -- ada banned cy!*@* from #den",
                "  Banned from #den:",
                f"    cy!*@* (by ada {WHEN})",
            ],
        ),
        (
            "/ban cy\n/unban cy",
            [
                "12:01 -- ada banned cy!*@* from #den",
                "12:01 -- ada lifted the ban of cy!*@* from #den",
            ],
        ),
        ("/unban cy", ["  Nothing has changed: #den was set so already."]),
        ("/mode", ["  #den: only members may speak."]),
        (
            "/mode +mkC key",
            [
                "12:01 -- ada left speech in #den to those with a voice, locked #den with a key "
                "and switched CTCP off in #den"
            ],
        ),
        (
            "/mode +l 3\n/mode",
            [
                "12:01 -- ada limited #den to 3 people",
                "  #den: only members may speak; there is room for 3 people.",
            ],
        ),
        (
            "/mode +k key\n/mode",
            [
                "12:01 -- ada locked #den with a key",
                "  #den: only members may speak; the key is key.",
            ],
        ),
        (
            "/mode -n\n/mode",
            [
                "12:01 -- ada opened #den to words from outside",
                "  #den: nothing is set.",
            ],
        ),
        ("/mode +q", ["  There is no such mode."]),
        ("/mode +l", ["  A limit is a number of people, at least 1."]),
        ("/mode +o", ["  It needs the name of somebody."]),
        ("/mode +", ["  Nothing has changed: #den was set so already."]),
        ("/invite bob", ["  bob is in #den already."]),
        ("/invite cy", ["  cy is invited to #den."]),
        ("/invite cy lobby", ["  cy is in #lobby already."]),
        ("/invite cy games", ["  There is no room #games; /rooms shows which there are."]),
        ("/kick", ["  Something is missing; type it so: /kick NICK [WHY]"]),
    ],
)
def test_an_operator(
    house: TestHouse, ada: Guest, bob: Guest, line: str, answer: list[str]
) -> None:
    house.pipe("cy")
    assert ada.says(line) == answer


@pytest.mark.parametrize(
    "line",
    ["/op bob", "/deop ada", "/voice bob", "/kick ada", "/ban ada", "/unban x", "/mode +m"],
)
def test_others_may_not(bob: Guest, line: str) -> None:
    assert bob.says(line) == [NOT_OPERATOR]


def test_others_may_ask(bob: Guest) -> None:
    assert bob.says("/mode") == ["  #den: only members may speak."]
    assert bob.says("/bans") == ["  Nobody is banned from #den."]


@pytest.mark.parametrize("line", ["/op x", "/kick x", "/ban x", "/bans", "/mode", "/invite x"])
def test_one_in_no_room(house: TestHouse, line: str) -> None:
    dan = house.pipe("dan")
    dan.says("/leave")
    assert dan.says(line) == ["  You are in no room; /join #lobby takes you to one."]


def test_a_key_opens_a_locked_room(house: TestHouse, ada: Guest) -> None:
    ada.says("/mode +k sesame")
    cy = house.pipe("cy")
    assert cy.says("/join den") == ["  #den is locked; /join #den KEY opens it."]
    assert cy.says("/join den wrong") == ["  #den is locked; /join #den KEY opens it."]
    assert cy.says("/join den sesame") == ["  You are in #den with ada."]


def test_a_moderated_room(ada: Guest, bob: Guest) -> None:
    ada.says("/mode +m")
    bob.read()
    assert bob.says("hi") == ["  Not sent to #den: it is moderated, and you have no voice."]
    ada.says("/voice bob")
    assert bob.says("hi")[-1] == "12:01 <bob> hi"


def test_a_secret_room_is_not_listed(house: TestHouse, ada: Guest) -> None:
    cy = house.pipe("cy")
    assert "#den" in "".join(cy.says("/rooms"))
    ada.says("/mode +s")
    assert "#den" not in "".join(cy.says("/rooms"))
    assert cy.says("/who den") == ["  There is no room #den; /rooms shows which there are."]
    assert "#den" not in "".join(cy.says("/whois ada"))
    assert "#den" in "".join(ada.says("/rooms"))


def test_who_shows_ranks(ada: Guest, bob: Guest) -> None:
    ada.says("/voice bob")
    ada.says("/away lunch")
    assert ada.says("/who") == [
        "  2 people in #den:",
        "    ada (operator, away: lunch), bob (voice)",
    ]
    assert ada.says("/whois ada")[0].startswith(
        "  ada is in #lobby and #den (operator), here since"
    )


def test_a_limit_of_bans_is_told() -> None:
    ada = TestHouse(Limits(rate=None, bans=1)).pipe("ada")
    ada.says("/join den")
    assert ada.says("/ban a b") == [
        "12:01 -- ada banned a!*@* from #den",
        "  That list of #den is full; take something off it first.",
    ]
