"""Coming into a room: what was said before, then what is said from then on, and nothing twice."""

from datetime import datetime

import pytest

from chatserver.config import Limits
from tests.telnet.house import FREE, Guest, Screen, TestHouse

DAY = "-- Thursday 29 February 2024 --"
NEXT_DAY = "-- Friday 1 March 2024 --"
WITH_BOB = "  You are in #lobby with bob. Type to talk; /help shows what else there is."
NAME = "  chatserver 0.1.0 · 1 person in 1 room\r\n  Your name? "


@pytest.fixture
def house() -> TestHouse:
    return TestHouse()


@pytest.fixture
def bob(house: TestHouse) -> Guest:
    return house.pipe("bob")


def says(guest: Guest, *texts: str) -> None:
    guest.send("".join(f"{text}\n" for text in texts))


def comes(house: TestHouse, name: str = "ada") -> list[str]:
    """Let somebody with nc come, and return what they read after their name."""
    return arrives(house, name)[1]


def arrives(house: TestHouse, name: str = "ada") -> tuple[Guest, list[str]]:
    guest = house.person()
    guest.read()
    return guest, guest.says(name)


def test_the_last_lines_stand_under_their_days(house: TestHouse, bob: Guest) -> None:
    says(bob, "one", "/me waves", "/topic chess")
    house.at = datetime(2024, 3, 1, 0, 5).timestamp()
    says(bob, "two")
    assert comes(house) == [
        DAY,
        "12:01 <bob> one",
        "12:01 * bob waves",
        "12:01 -- bob set the topic of #lobby: chess",
        NEXT_DAY,
        "00:05 <bob> two",
        WITH_BOB,
        "  Topic of #lobby: chess (set by bob on Thursday 29 February 2024 at 12:01)",
    ]


def test_a_terminal_shows_them_dimmed(house: TestHouse, bob: Guest) -> None:
    says(bob, "hi ada")
    ada = house.terminal()
    ada.read()
    sent = ada.hear("ada\r\0")
    past = (
        f"\r\x1b[K\x1b[2m{DAY}\x1b[0m\r\n"
        "\x1b[2m12:01 <bob> hi ada\x1b[0m\r\n"
        f"{WITH_BOB}\r\n"
        "[#lobby] "
    ).encode()
    assert sent.endswith(past)
    assert b"\a" not in sent  # what was said to nobody rings for nobody


def test_long_lines_of_the_past_are_wrapped(house: TestHouse, bob: Guest) -> None:
    says(bob, "alpha beta gamma delta epsilon")
    ada = house.terminal(columns=30)
    screen = Screen(ada, 30)
    ada.send("ada\r\0")
    assert "12:01 <bob> alpha beta gamma" in screen.rows()
    assert "            delta epsilon" in screen.rows()


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, 1), (3, 3), (500, 5)])
def test_how_many_is_a_setting(count: int, shown: int) -> None:
    house = TestHouse(Limits(rate=None, history_on_join=count))
    bob = house.pipe("bob")
    says(bob, *"12345")
    texts = [f"12:01 <bob> {text}" for text in "12345"[5 - shown :]]
    assert comes(house) == [*([DAY] if shown else []), *texts, WITH_BOB]


def test_an_empty_past_shows_nothing(house: TestHouse, bob: Guest) -> None:
    assert comes(house) == [WITH_BOB]


def test_a_pipe_that_only_speaks_gets_none(house: TestHouse, bob: Guest) -> None:
    says(bob, "one")
    assert house.pipe().send("ada\n").read().decode().splitlines()[1:] == [WITH_BOB]


def test_each_room_has_a_past_of_its_own(house: TestHouse, bob: Guest) -> None:
    says(bob, "in the lobby", "/join games", "in the games")
    ada, _ = arrives(house)
    assert ada.says("/join games") == [
        DAY,
        "12:01 <bob> in the games",
        "  You are in #games with bob.",
    ]


def test_very_long_lines_are_not_all_shown_at_once(house: TestHouse, bob: Guest) -> None:
    says(bob, *(f"{number}{'x' * 4000}" for number in range(20)))
    shown = [line[12:].rstrip("x") for line in comes(house) if "<bob>" in line]
    assert shown == [str(number) for number in range(12, 20)]


# While you were away.


def away(house: TestHouse, bob: Guest, before: int, since: int) -> list[str]:
    """Return what ada reads who heard some lines, left, and missed some."""
    ada = house.pipe("ada")
    says(bob, *(f"heard {number}" for number in range(before)))
    says(ada, "/quit")
    says(bob, *(f"missed {number}" for number in range(since)))
    return comes(house)


def mark(count: int) -> str:
    return f"-- {count} line{'s' * (count != 1)} while you were away --"


def lines(kind: str, *numbers: int) -> list[str]:
    return [f"12:01 <bob> {kind} {number}" for number in numbers]


def test_the_mark_stands_before_the_first_line_that_was_missed(house: TestHouse) -> None:
    seen = away(house, house.pipe("bob"), 2, 3)
    assert seen == [DAY, *lines("heard", 0, 1), mark(3), *lines("missed", 0, 1, 2), WITH_BOB]


def test_one_line_is_one_line(house: TestHouse) -> None:
    seen = away(house, house.pipe("bob"), 1, 1)
    assert seen == [DAY, *lines("heard", 0), mark(1), *lines("missed", 0), WITH_BOB]


def test_no_line_is_no_mark(house: TestHouse) -> None:
    assert away(house, house.pipe("bob"), 2, 0) == [DAY, *lines("heard", 0, 1), WITH_BOB]


@pytest.mark.parametrize("missed", [3, 4, 60])
def test_what_is_missed_may_be_more_than_is_shown(missed: int) -> None:
    house = TestHouse(Limits(rate=None, history_on_join=3))
    seen = away(house, house.pipe("bob"), 2, missed)
    numbers = range(missed - 3, missed)
    assert seen == [DAY, mark(missed), *lines("missed", *numbers), WITH_BOB]


def test_who_was_never_there_has_missed_nothing(house: TestHouse, bob: Guest) -> None:
    says(bob, "one")
    assert comes(house, "cy") == [DAY, "12:01 <bob> one", WITH_BOB]


def test_a_day_that_begins_with_what_was_missed(house: TestHouse, bob: Guest) -> None:
    ada = house.pipe("ada")
    says(bob, "heard 0")
    says(ada, "/quit")
    house.at += 86_400
    says(bob, "missed 0")
    assert comes(house) == [
        DAY,
        *lines("heard", 0),
        NEXT_DAY,
        mark(1),
        *lines("missed", 0),
        WITH_BOB,
    ]


def test_a_room_is_left_and_joined_again(house: TestHouse, bob: Guest) -> None:
    ada, _ = arrives(house)
    says(bob, "heard 0")
    says(ada, "/leave")
    says(bob, "missed 0")
    assert ada.says("/join lobby") == [
        DAY,
        *lines("heard", 0),
        mark(1),
        *lines("missed", 0),
        WITH_BOB,
    ]


def test_where_one_left_is_remembered_over_a_restart(house: TestHouse, bob: Guest) -> None:
    ada = house.pipe("ada")
    says(bob, "heard 0", "/topic chess")
    says(ada, "/quit")
    says(bob, "missed 0")
    again = TestHouse(journal=house.journal)
    assert comes(again, "ADA") == [
        DAY,
        *lines("heard", 0),
        "12:01 -- bob set the topic of #lobby: chess",
        mark(1),
        *lines("missed", 0),
        "  You are in #lobby, alone so far. Type to talk; /help shows what else there is.",
        "  Topic of #lobby: chess (set by bob on Thursday 29 February 2024 at 12:01)",
    ]


@pytest.mark.parametrize("count", [1, 3, 5])
def test_what_is_said_while_the_past_is_read_was_not_missed(count: int) -> None:
    house = TestHouse(Limits(rate=None, history_on_join=3))
    bob, ada = house.pipe("bob"), house.pipe("ada")
    says(ada, "/quit")
    says(bob, *(f"missed {number}" for number in range(count)))
    house.reads = False
    ada = house.person()
    ada.hear("ada\n")
    says(bob, "live 0", "live 1")
    house.read_on()
    assert ada.read().decode().splitlines() == [
        DAY,
        mark(count),
        *lines("missed", *range(max(count - 3, 0), count)),
        WITH_BOB,
        *lines("live", 0, 1),
    ]


# Exact joins.


def test_live_lines_wait_until_the_past_is_shown(house: TestHouse, bob: Guest) -> None:
    says(bob, "past")
    house.reads = False
    ada = house.person()
    assert ada.hear("ada\n") == b""
    says(bob, "live 0")
    house.pipe("cy").send("live 1\n/quit\n")
    says(bob, "/topic chess", "live 2", "/nick bert")
    assert ada.read() == b""
    house.read_on()
    assert ada.read().decode().splitlines() == [
        DAY,
        "12:01 <bob> past",
        WITH_BOB,
        "12:01 <bob> live 0",
        "12:01 -> cy has joined #lobby",
        "12:01 <cy> live 1",
        "12:01 <- cy left (quit)",
        "12:01 -- bob set the topic of #lobby: chess",
        "12:01 <bob> live 2",
        "12:01 -- bob is now bert",
    ]
    assert bob.hear("live 3\n") == b"12:01 <bert> live 3\n"
    assert ada.read() == b"12:01 <bert> live 3\r\n"


def test_what_rings_still_does_when_it_has_waited(house: TestHouse, bob: Guest) -> None:
    house.reads = False
    ada = house.terminal()
    ada.hear("ada\r\0")
    says(bob, "hi ada")
    house.read_on()
    assert ada.read().endswith(b"\a")


def test_input_waits_while_the_past_is_read(house: TestHouse, bob: Guest) -> None:
    says(bob, "past")
    house.reads = False
    ada = house.person()
    ada.read()
    assert ada.hear("ada\nhello\n/who\n") == b""
    assert not ada.session.wants_input
    assert not bob.read().endswith(b"hello\n")
    house.read_on()
    assert ada.read().decode().splitlines()[:4] == [
        DAY,
        "12:01 <bob> past",
        WITH_BOB,
        "12:01 <ada> hello",
    ]


def test_a_half_typed_line_survives_the_past(house: TestHouse, bob: Guest) -> None:
    says(bob, "past")
    house.reads = False
    ada = house.terminal()
    screen = Screen(ada)
    ada.send("ada\r\0hello ev")
    screen.rows()
    says(bob, "live")
    house.read_on()
    assert screen.rows()[-5:] == [
        DAY,
        "12:01 <bob> past",
        WITH_BOB,
        "12:01 <bob> live",
        "[#lobby] hello ev",
    ]
    assert screen.column == len("[#lobby] hello ev")


def test_one_who_leaves_before_the_past_is_read_gets_nothing(house: TestHouse, bob: Guest) -> None:
    says(bob, "past")
    house.reads = False
    ada = house.person()
    ada.send("ada\n").close()
    says(bob, "live")
    ada.read()
    house.read_on()
    assert ada.gone


def test_a_history_that_cannot_be_read_keeps_nobody_out(
    house: TestHouse, bob: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(bob, "past")

    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("chatserver.history.memory_library.MemoryLibrary.page", fail)
    ada, sent = arrives(house)
    assert sent == ["  The history cannot be read now; try again in a moment.", WITH_BOB]
    assert ada.says("/history") == sent[:1]
    assert ada.says("hello") == ["12:01 <ada> hello"]


# Whom one ignores.


def test_the_ignored_stay_ignored_in_the_past(house: TestHouse, bob: Guest) -> None:
    ada, _ = arrives(house)
    cy = house.pipe("cy")
    says(cy, "/join games", "from cy")
    says(bob, "/join games", "from bob")
    says(ada, "/ignore CY")
    assert ada.says("/join games") == [
        DAY,
        "12:01 <bob> from bob",
        "  You are in #games with bob and cy.",
    ]
    assert ada.says("/history") == [DAY, "12:01 <bob> from bob"]
    assert ada.says("/search from") == ["  2024-02-29 12:01 #games <bob> from bob"]
    says(ada, "/unignore cy")
    assert ada.says("/history") == [DAY, "12:01 <cy> from cy", "12:01 <bob> from bob"]


def test_the_free_limits_show_as_many_as_the_default() -> None:
    assert Limits().history_on_join == FREE.history_on_join == 50
