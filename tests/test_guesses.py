"""Row 33: how many wrong passwords are borne, of a name and from an address."""

import pytest

from chatserver.chat.errors import TooManyTries
from chatserver.guesses import KEPT, Guesses, Place, place_of
from chatserver.limits import Limits

EVE = Place("192.0.2.1", False)
BOB = Place("192.0.2.2", False)
HERE = Place("127.0.0.1", True)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def passes(guesses: Guesses, name: str, place: Place, *, right: bool = False) -> bool:
    """Try a password; tell whether it was looked at."""
    try:
        guesses.begin(name, place)
    except TooManyTries:
        return False
    guesses.end(name, place, right=right)
    return True


def passed(guesses: Guesses, name: str, times: int, place: Place = EVE) -> int:
    return sum(passes(guesses, name, place) for _ in range(times))


def made_up(guesses: Guesses, times: int, place: Place = EVE) -> int:
    """Guess as often, each time for another name."""
    return sum(passes(guesses, f"name{number}", place) for number in range(times))


def test_three_tries_a_minute_for_a_name() -> None:
    clock = Clock()
    guesses = Guesses(Limits, clock)
    assert passed(guesses, "root", 10) == 3
    assert passed(guesses, "other", 10) == 3
    clock.now += 20
    assert passed(guesses, "root", 10) == 1
    clock.now += 600
    assert passed(guesses, "root", 10) == 3


def test_the_guesses_of_others_do_not_keep_out_who_has_the_password() -> None:
    guesses = Guesses(Limits, Clock())
    assert passed(guesses, "root", 10, EVE) == 3
    assert passes(guesses, "root", BOB, right=True)
    assert not passes(guesses, "root", EVE, right=True)


def test_who_has_the_password_begins_anew() -> None:
    guesses = Guesses(Limits, Clock())
    assert passed(guesses, "root", 2) == 2
    assert passes(guesses, "root", EVE, right=True)
    assert passed(guesses, "root", 10) == 3


def test_ten_wrong_ones_a_minute_from_an_address() -> None:
    clock = Clock()
    guesses = Guesses(Limits, clock)
    assert made_up(guesses, 100) == 10
    assert not passes(guesses, "root", EVE, right=True)
    assert not passes(guesses, "", EVE, right=True)
    assert made_up(guesses, 10, BOB) == 10


def test_the_delay_doubles_up_to_five_minutes() -> None:
    clock = Clock()
    guesses = Guesses(Limits, clock)
    made_up(guesses, 10)
    for delay in (6, 12, 24, 48, 96, 192, 300, 300):
        clock.now += delay - 0.01
        assert not passes(guesses, "", EVE)
        clock.now += 0.01
        assert made_up(guesses, 5) == 1
    clock.now += 300 + 54  # until ten can be had at once
    assert made_up(guesses, 100) == 10
    clock.now += 6
    assert made_up(guesses, 100) == 1


def test_nobody_gets_more_than_ten_a_minute_in_the_long_run() -> None:
    for pause in (1, 6, 60, 66, 120):
        clock = Clock()
        guesses = Guesses(Limits, clock)
        start = clock.now
        tried = 0
        while clock.now < start + 3600:
            tried += made_up(guesses, 20)
            clock.now += pause
        assert tried <= 10 + 10 * 60, pause


def test_both_are_settings() -> None:
    limits = Limits(passwords_per_name=2, passwords_per_address=5)
    guesses = Guesses(lambda: limits, Clock())
    assert passed(guesses, "root", 10) == 2
    assert made_up(guesses, 10) == 3


def test_many_that_are_looked_at_at_once_are_waited_off() -> None:
    clock = Clock()
    guesses = Guesses(Limits, clock)
    for number in range(18):
        guesses.begin(f"name{number}", EVE)
    for number in range(18):
        guesses.end(f"name{number}", EVE, right=False)
    clock.now += 6 * 9 - 1
    assert made_up(guesses, 1) == 0
    clock.now += 300
    assert made_up(guesses, 1) == 1


def test_right_passwords_do_not_count_and_buy_no_guesses() -> None:
    guesses = Guesses(Limits, Clock())
    assert all(passes(guesses, "", EVE, right=True) for _ in range(50))
    assert made_up(guesses, 9) == 9
    assert passes(guesses, "mine", EVE, right=True)
    assert made_up(guesses, 9) == 1


def test_this_machine_is_free_of_the_limit_but_a_name_has_its_own() -> None:
    guesses = Guesses(Limits, Clock())
    assert made_up(guesses, 100, HERE) == 100
    assert passed(guesses, "root", 10, HERE) == 3


@pytest.mark.parametrize(
    ("address", "exempt", "place"),
    [
        ("192.0.2.1:5000", True, Place("192.0.2.1", False)),
        ("[2001:db8::1]:5000", True, Place("2001:db8::/64", False)),
        ("[::ffff:192.0.2.1]:5000", True, Place("192.0.2.1", False)),
        ("[fe80::1%eth0]:5000", True, Place("fe80::/64", False)),
        ("127.0.0.2:5000", True, Place("127.0.0.2", True)),
        ("127.0.0.2:5000", False, Place("127.0.0.2", False)),
        ("[::1]:5000", True, Place("0::1", True)),
        ("this machine", True, Place("this machine", False)),
    ],
)
def test_places(address: str, exempt: bool, place: Place) -> None:
    assert place_of(address, exempt_loopback=exempt) == place


def test_what_is_made_up_takes_no_memory() -> None:
    guesses = Guesses(Limits, Clock())
    for number in range(2 * KEPT):
        passes(guesses, f"name{number}", Place(f"block{number}", False))
    assert len(guesses._names) == len(guesses._addresses) == KEPT
