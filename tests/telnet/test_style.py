"""The bytes that many share are those that each would have been sent alone."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.chat import events
from chatserver.chat.modes import Change, Rank
from chatserver.chat.names import fold
from chatserver.encoded import Encoded
from chatserver.formatting import strip
from chatserver.telnet.style import Look, style_of
from tests.telnet.house import AT, Guest, Screen, TestHouse

NICKS = st.sampled_from(["bob", "cy", "Ada", "ada_", "[x]"])
ROOMS = st.sampled_from(["#lobby", "#games", "#café"])
TIMES = st.floats(AT, AT + 10_000_000)
TEXTS = st.one_of(
    st.sampled_from(
        [
            "hi \x02ada",
            "a\nada",
            "\x0304x",
            "hi ada",
            "ADA!",
            "adam",
            "ada_",
            "",
            " ",
            "x" * 500,
            "日本語 " * 30,
            "ÿ\x1b[31m",
        ]
    ),
    st.text(max_size=120),
)
REASONS = st.sampled_from(["", "bye", "a b", "\x1b[2J"]) | st.text(max_size=20)
IDS = st.integers(1, 5)
RANKS = st.sampled_from([Rank.NONE, Rank.OPERATOR])
TAGS = st.sampled_from([(("+draft/react", "x"), ("+reply", "1")), (("+typing", "active"),)])
CHANGES = st.just((Change(True, "o", "cy"), Change(False, "m")))
EVENTS = st.one_of(
    st.builds(events.Said, st.just(1), TIMES, ROOMS, NICKS, TEXTS, st.booleans()),
    st.builds(events.Joined, st.just(1), TIMES, ROOMS, NICKS),
    st.builds(events.Left, st.just(1), TIMES, ROOMS, NICKS, REASONS),
    st.builds(events.Gone, st.just(1), TIMES, NICKS, REASONS, st.just(("#lobby",))),
    st.builds(events.TopicSet, st.just(1), TIMES, ROOMS, NICKS, REASONS),
    st.builds(events.Renamed, TIMES, NICKS, NICKS),
    st.builds(
        events.Said, IDS, TIMES, ROOMS, NICKS, TEXTS, st.booleans(), st.booleans(), rank=RANKS
    ),
    st.builds(events.Kicked, IDS, TIMES, ROOMS, NICKS, NICKS, REASONS),
    st.builds(events.Redacted, IDS, TIMES, ROOMS, NICKS, IDS, REASONS),
    st.builds(events.Tagged, IDS, TIMES, ROOMS, NICKS, st.just(""), TAGS),
    st.builds(events.ModesSet, IDS, TIMES, ROOMS, NICKS, CHANGES),
    st.builds(events.RoomRenamed, IDS, TIMES, ROOMS, st.just("#new"), NICKS, REASONS),
    st.builds(events.Invited, TIMES, ROOMS, st.just("bob"), st.just("cy")),
    st.builds(events.AwaySet, TIMES, NICKS, st.none()),
)
WISHES = st.lists(
    st.sampled_from(["/time off", "/time +02:00", "/color off", "/charset latin-1", "/join games"]),
    max_size=3,
)


def pipe(house: TestHouse) -> Guest:
    return house.pipe("ada")


def person(house: TestHouse) -> Guest:
    return house.person("ada")


def terminal(house: TestHouse) -> Guest:
    return house.terminal("ada")


def narrow(house: TestHouse) -> Guest:
    return house.terminal("ada", columns=30, kind="vt100")


def unknown_width(house: TestHouse) -> Guest:
    return house.terminal("ada", columns=0, kind="")


GUESTS = [pipe, person, terminal, narrow, unknown_width]


@settings(deadline=None)
@given(st.sampled_from(GUESTS), st.lists(EVENTS, min_size=1, max_size=5), WISHES)
def test_shared_bytes_are_ones_own(
    make: Callable[[TestHouse], Guest], news: list[events.Event], wishes: list[str]
) -> None:
    guest = make(TestHouse())
    for line in wishes:
        guest.send(line + "\r\n")
    guest.read()
    style = guest.session.dialect
    assert style is not None
    encoded = style.encode(news)
    assert style.encode(news) == encoded
    guest.session.deliver(news, guest.home.now)
    own = guest.session.data_to_send()
    if encoded is None or "ada" in encoded.aside:
        assert any(_is_special(event) for event in news)
    else:
        assert own == encoded.data
        assert guest.session.dialect is style


_ADA = re.compile(r"(?<![A-Za-z_\[\]{}^-])ada(?![A-Za-z0-9_\[\]{}^-])")


def _is_special(event: events.Event) -> bool:
    match event:
        case events.Renamed() | events.RoomRenamed():
            return True
        case events.Kicked(victim=victim):
            return fold(victim) == "ada"
        case events.Said(text=text):
            return _ADA.search(fold(strip(text))) is not None
        case _:
            return False


def said(text: str, nick: str = "bob", action: bool = False) -> events.Said:
    return events.Said(1, AT, "#lobby", nick, text, action)


def test_people_with_the_same_look_share_one_style() -> None:
    house = TestHouse()
    assert house.pipe("ada").session.dialect is house.pipe("bob").session.dialect
    one, two, other = house.terminal("cy"), house.terminal("dan"), house.terminal("eve", columns=70)
    assert one.session.dialect is two.session.dialect
    assert one.session.dialect is not other.session.dialect


@pytest.mark.parametrize("typed", ["x", " ", "\x1b", "/msg", "é"])
def test_one_who_has_begun_to_type_is_not_idle(typed: str) -> None:
    guest = TestHouse().terminal("ada")
    assert guest.session.dialect is not None
    guest.send(typed)
    assert guest.session.dialect is None
    guest.send("\x1b\x1b\x03").send("\x15")
    guest.home.wait(1)
    assert guest.session.dialect is not None


def test_one_who_ignores_somebody_reads_for_themselves() -> None:
    guest = TestHouse().pipe("ada")
    guest.send("/ignore bob\n")
    assert guest.session.dialect is None
    guest.send("/unignore bob\n")
    assert guest.session.dialect is not None


def test_one_without_a_name_shares_nothing() -> None:
    guest = TestHouse().person()
    assert guest.session.dialect is None
    assert guest.session.key == ""


# Being spoken of.


def hears(guest: Guest, text: str) -> bytes:
    """Let bob come and say something; return what the guest is sent for it."""
    bob = guest.home.pipe("bob")
    guest.read()
    bob.send(text + "\n")
    sent = guest.read()
    bob.send("/quit\n")
    return sent


MARKED = b"\x1b[1m\x1b[7m%s\x1b[0m"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("hi ada", b"ada"),
        ("ADA: hi", b"ADA"),
        ("hi,ada!", b"ada"),
        ("(ada)", b"ada"),
        ("ada's", b"ada"),
        ("/me pokes ada", b"ada"),
        ("adam", b""),
        ("ada_", b""),
        ("ada-b", b""),
        ("hello", b""),
    ],
)
def test_ones_own_name_stands_out_and_rings(text: str, marked: bytes) -> None:
    sent = hears(TestHouse().terminal("ada"), text)
    assert (b"\a" in sent) is bool(marked)
    assert (b"\x1b[7m" in sent) is bool(marked)
    if marked:
        assert MARKED % marked in sent


def test_a_bell_may_be_off_and_a_mark_too() -> None:
    ada = TestHouse().terminal("ada")
    ada.send("/bell off\r\0")
    assert b"\a" not in hears(ada, "hi ada")
    ada.send("/color off\r\0/bell on\r\0")
    sent = hears(ada, "hi ada")
    assert b"\a" in sent
    assert b"\x1b[7m" not in sent


def test_one_does_not_ring_oneself() -> None:
    ada = TestHouse().terminal("ada")
    assert b"\a" not in ada.hear("I am ada\r\0")


def test_private_words_ring() -> None:
    assert b"\a" in hears(TestHouse().terminal("ada"), "/msg ada psst")


def test_a_pipe_is_never_rung() -> None:
    assert hears(TestHouse().pipe("ada"), "hi ada") == b"12:01 <bob> hi ada\n"


def test_a_bell_leaves_a_half_typed_line_as_it_is() -> None:
    ada = TestHouse().terminal("ada")
    screen = Screen(ada)
    ada.send("hello wor")
    bob = ada.home.pipe("bob")
    for _ in range(3):
        bob.send("ada?\n")
    assert screen.rows()[-2:] == ["12:01 <bob> ada?", "[#lobby] hello wor"]


def test_equal_looks_are_one_style() -> None:
    assert style_of(Look(columns=33)) is style_of(Look(columns=33))
    assert style_of(Look()).encode([]) == Encoded(b"")
