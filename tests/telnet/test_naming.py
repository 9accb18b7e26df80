"""How a person comes to a name."""

import pytest

from chatserver.chat.requests import Enter
from chatserver.config import Limits
from tests.telnet.house import GREETING, Screen, TestHouse

TAKEN = "That name is in use."


def test_a_taken_name_is_asked_for_again() -> None:
    """FAULTS row 31."""
    house = TestHouse()
    house.pipe("ada")
    guest = house.person()
    assert guest.read().startswith(GREETING)
    assert guest.hear("Ada\n").decode() == f"  {TAKEN}\r\n  Your name? "
    assert guest.hear("\n").decode() == "  Your name? "
    assert "You are in #lobby with ada." in guest.hear(" ada2 \r\n").decode()
    assert guest.established


def test_a_terminal_shows_what_was_typed() -> None:
    house = TestHouse()
    house.pipe("ada")
    guest = house.terminal()
    screen = Screen(guest)
    guest.send("ada\r\0")
    guest.send("a b\r\0")
    guest.send("eve\r\0")
    assert screen.rows() == [
        "  chatserver 0.1.0 · 1 person in 1 room",
        "  Your name? ada",
        f"  {TAKEN}",
        "  Your name? a b",
        "  A name cannot hold a space; use letters, digits and _ - [ ] { } ^ | \\ `.",
        "  Your name? eve",
        "  You are in #lobby with ada. Type to talk; /help shows what else there is."[:80],
        "[#lobby]",
    ]


def test_a_terminal_is_asked_again_only_if_the_name_is_refused() -> None:
    """A script that waits for the question would take another one for a refusal."""
    house = TestHouse()
    house.pipe("ada")
    guest = house.terminal()
    question = b"Your name? "
    assert guest.hear("ada\r\0").count(question) == 2  # what was typed, and once more
    assert guest.hear("\r\0").count(question) == 2
    assert guest.hear("eve\r\0").count(question) == 1


def test_what_comes_behind_a_refused_name_is_not_taken_for_one() -> None:
    house = TestHouse()
    ada = house.pipe("ada")
    guest = house.pipe().send("ada\nhello\nsecret\n")
    assert guest.read().decode().splitlines()[1:] == [f"  {TAKEN}"]
    assert not guest.established
    assert ada.read() == b""
    guest.send("eve\nhello\n")
    assert "<eve> hello" in ada.read().decode()


def test_nor_is_it_in_an_editor() -> None:
    house = TestHouse()
    ada = house.pipe("ada")
    guest = house.terminal()
    guest.send("ada\rhello\rsecret\rhalf")
    assert not guest.established
    assert ada.read() == b""
    assert Screen(guest).rows()[-1] == "  Your name? half"


def test_a_pipe_that_ends_behind_a_refused_name_leaves() -> None:
    house = TestHouse()
    house.pipe("ada")
    guest = house.pipe().send("ada\nhello\n").close()
    assert guest.gone
    assert guest.read().decode().splitlines()[1:] == [f"  {TAKEN}"]


def test_ten_refused_names_are_enough() -> None:
    house = TestHouse()
    house.pipe("ada")
    guest = house.person()
    for _ in range(9):
        assert guest.hear("ada\n").endswith(b"Your name? ")
    assert guest.hear("ada\n").decode().splitlines() == [
        f"  {TAKEN}",
        "  Too many names were refused. Please connect again.",
    ]
    assert guest.gone


@pytest.mark.parametrize("drip", [b"", b"x"])
def test_the_time_to_give_a_name_is_absolute(drip: bytes) -> None:
    """FAULTS row 5."""
    house = TestHouse(Limits(rate=None, name_seconds=60))
    guest = house.person()
    guest.read()
    for _ in range(59):
        guest.send(drip)
        house.wait(1)
    assert not guest.gone
    house.wait(1)
    assert guest.gone
    assert guest.read() == b"  No name was given in 60 seconds.\r\n"


def test_one_with_a_name_has_all_the_time() -> None:
    house = TestHouse(Limits(rate=None, name_seconds=60))
    ada = house.pipe("ada")
    house.wait(1000)
    assert not ada.gone


def test_the_words_of_another_limit() -> None:
    house = TestHouse(Limits(rate=None, name_seconds=0.5))
    guest = house.person()
    house.wait(1)
    assert guest.read().endswith(b"  No name was given in 0.5 seconds.\r\n")


@pytest.mark.parametrize("key", ["\x04", "\x04\x04"])
def test_one_may_leave_without_a_name(key: str) -> None:
    guest = TestHouse().terminal()
    guest.send(key)
    assert guest.gone
    assert not guest.established


def test_a_tab_rings_and_completes_nothing() -> None:
    house = TestHouse()
    house.pipe("ada")
    guest = house.terminal()
    guest.read()
    assert guest.hear("a\t") == b"a\a"


def test_a_program_that_comes_late_is_sent_away_in_its_own_words() -> None:
    """A silent client was taken for a person; its first line tells that it is none. At a door where
    IRC is spoken, it is served: see test_sniff.
    """
    guest = TestHouse().person()
    guest.read()
    assert guest.hear("NICK bob\r\n").startswith(b"ERROR :IRC is not spoken here")
    assert guest.gone
    assert not guest.established


def test_no_line_is_said_before_there_is_a_name() -> None:
    house = TestHouse()
    guest = house.person()
    requests: list[object] = []
    guest.session._turn._submit = requests.append
    guest.session.receive_data(b"/who\n", house.now)
    assert [type(request) for request in requests] == [Enter]
