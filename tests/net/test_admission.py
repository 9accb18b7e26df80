"""Admission: limits per address and in all, with time by hand."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.config import Limits
from chatserver.net import admission
from chatserver.net.admission import FULL, Admission, Refusal, Ticket

GUARDED = Limits(exempt_loopback=False)


def admit(guard: Admission, host: str, now: float = 0.0) -> Ticket:
    ticket = guard.admit(host, now)
    assert isinstance(ticket, Ticket)
    return ticket


def refusal(guard: Admission, host: str, now: float = 0.0) -> str:
    refused = guard.admit(host, now)
    assert isinstance(refused, Refusal)
    return refused.words


def admit_all(guard: Admission, hosts: Iterable[str], now: float = 0.0) -> list[Ticket]:
    return [admit(guard, host, now) for host in hosts]


def test_row_3_the_51st_from_one_address_is_refused_until_one_leaves() -> None:
    guard = Admission(GUARDED, 10_000)
    tickets = admit_all(guard, ["192.0.2.1"] * 50)
    words = "Too many connections from your address (limit 50)."
    assert refusal(guard, "192.0.2.1") == words
    admit(guard, "192.0.2.2")
    guard.left(tickets[7])
    admit(guard, "192.0.2.1")
    assert refusal(guard, "192.0.2.1") == words
    assert guard.inside == 51


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),  # of one /64: one household
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_row_3_what_counts_as_one_address(first: str, second: str, same: bool) -> None:
    guard = Admission(Limits(per_address=1), 10)
    admit(guard, first)
    assert isinstance(guard.admit(second, 0), Refusal) is same


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_row_3_loopback_is_exempt_by_default_and_only_by_default(host: str) -> None:
    guard = Admission(Limits(), 10_000)
    admit_all(guard, [host] * 500)
    assert guard.overdue() is None
    guard = Admission(Limits(exempt_loopback=False, per_address=3), 10_000)
    admit_all(guard, [host] * 3)
    assert "limit 3" in refusal(guard, host)


def test_no_limit_per_address_is_no_limit() -> None:
    guard = Admission(Limits(per_address=0, new_per_address=0), 10_000)
    admit_all(guard, ["192.0.2.1"] * 1000)


def test_row_4_200_new_ones_in_ten_minutes() -> None:
    guard = Admission(GUARDED, 10_000)
    for number in range(200):
        guard.left(admit(guard, "192.0.2.1", number))
    words = "Too many new connections from your address. Try again in {}."
    assert refusal(guard, "192.0.2.1", 200) == words.format("7 minutes")
    assert refusal(guard, "192.0.2.1", 550) == words.format("a minute")
    admit(guard, "192.0.2.9", 200)
    guard.left(admit(guard, "192.0.2.1", 600))  # the first one is ten minutes old
    assert refusal(guard, "192.0.2.1", 600) == words.format("a minute")


def test_row_4_arrivals_that_nobody_needs_any_more_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "_SWEEP_AT", 100)
    guard = Admission(GUARDED, 10_000)
    for number in range(1000):
        guard.left(admit(guard, f"192.0.{number // 250}.{number % 250}", number * 10.0))
    assert len(guard._arrivals) <= 2 * 61  # those of ten minutes, and as many again


def test_row_4_nor_is_each_new_address_a_look_at_all_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "_SWEEP_AT", 100)
    guard = Admission(GUARDED, 10_000)
    sweeps: list[float] = []
    sweep = guard._sweep

    def note(now: float) -> None:
        sweeps.append(now)
        sweep(now)

    monkeypatch.setattr(guard, "_sweep", note)
    for number in range(1000):  # all of them within the time that counts
        guard.left(admit(guard, f"192.0.{number // 250}.{number % 250}", number / 1000))
    assert len(sweeps) == 4
    guard.left(admit(guard, "192.1.0.1", 1e6))
    for number in range(1000):
        guard.left(admit(guard, f"192.2.{number // 250}.{number % 250}", 1e6 + number * 10.0))
    assert len(guard._arrivals) <= 2 * 61  # those of ten minutes, and as many again


def test_a_full_house() -> None:
    guard = Admission(Limits(), 2)
    tickets = admit_all(guard, ["127.0.0.1", "192.0.2.1"])
    assert refusal(guard, "127.0.0.1") == FULL == "Server is full. Try again in a minute."
    guard.left(tickets[0])
    admit(guard, "127.0.0.1")


def test_row_5_too_many_without_a_name_and_the_oldest_goes() -> None:
    guard = Admission(Limits(exempt_loopback=False, unnamed=3), 100)
    tickets = admit_all(guard, [f"192.0.2.{number}" for number in range(3)])
    assert guard.overdue() is None
    guard.established(tickets[0])
    admit(guard, "192.0.2.4")
    assert guard.overdue() is None
    admit(guard, "192.0.2.5")
    assert guard.overdue() is tickets[1]
    assert guard.overdue() is None
    guard.left(tickets[1])  # which it does soon after, and is not counted twice
    guard.left(tickets[2])
    admit(guard, "192.0.2.6")
    assert guard.overdue() is None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=100))
def test_what_is_counted_is_what_is_there(steps: list[tuple[bool, int]]) -> None:
    guard = Admission(Limits(per_address=3, new_per_address=0), 8)
    inside: list[tuple[str, Ticket]] = []
    for comes, number in steps:
        host = f"192.0.2.{number}"
        here = [pair for pair in inside if pair[0] == host]
        if comes:
            admitted = guard.admit(host, 0)
            assert isinstance(admitted, Ticket) is (len(inside) < 8 and len(here) < 3)
            if isinstance(admitted, Ticket):
                inside.append((host, admitted))
        elif here:
            guard.left(here[0][1])
            inside.remove(here[0])
        assert guard.inside == len(inside)
