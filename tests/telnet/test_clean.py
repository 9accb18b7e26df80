"""What people send each other moves no cursor, rings no bell and ends no line (FAULTS 16 to 20)."""

import re
import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.chat import answers, events, requests
from chatserver.chat.errors import ChatError
from chatserver.chat.modes import Change, ListEntry
from chatserver.telnet import commands
from chatserver.text import MARKS_PER_BASE, is_mark, width
from tests.telnet.house import AT, Guest, Screen, TestHouse

# What does harm: C0, DEL, C1, ESC sequences, bidi, separators, line ends of Unicode, noncharacters.
HARMFUL = st.sampled_from(
    [
        "\n", "\x02", "\x0304,05", "\x04ff0000", "\x0f", "\x16", "\x1d",
        "\x00", "\a", "\b", "\r", "\x0b", "\x0c", "\x1b[2J", "\x1b]0;x\a", "\x1b]52;c;eA==\x1b\\",
        "\x1bP$q\x1b\\", "\x1bc", "\x05", "\x7f", "\x80", "\x85", "\x8d", "\x90", "\x9b2J",
        "\x9d0;x\x9c",
        "\u2028", "\u2029", "\u202e", "\u202a", "\u2066", "\u2069", "\u200e", "\ufeff", "\u200b",
        "\ue000", "\ufdd0", "\U000e0001", "\u0301" * 50, "\u200d", "ÿ", "日", "👨\u200d👩",
    ]
)  # fmt: skip
TEXTS = st.lists(HARMFUL | st.text(max_size=5), max_size=8).map("".join)
# As it comes over the wire: also what is no UTF-8 at all.
WIRE = st.lists(
    TEXTS.map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=6), max_size=4
).map(lambda parts: b"".join(parts).replace(b"\n", b"").replace(b"\xff", b""))

FIELDS = (
    b"%s",
    b"x%s",
    b"/me %s",
    b"/msg bob,tess x%s",
    b"/topic %s",
    b"/away %s\n/msg ada x",
    b"/nick a%s",
    b"/join r%s\n/topic %s\nhello",
    b"/leave %s",
    b"/quit %s",
    b"/%s",
    b"/whois %s",
)

# The only sequences that we make: erase, home, colours, modes of the editor.
OURS = re.compile(r"\x1b\[(?:K|H|2J|\?2004[hl]|[0-9;]*m)")


def readers(house: TestHouse) -> tuple[Guest, Guest, Guest]:
    return house.pipe("bob"), house.terminal("tess"), house.pipe("ada")


@settings(deadline=None)
@given(st.sampled_from(FIELDS), WIRE)
def test_no_control_character_reaches_anybody(field: bytes, text: bytes) -> None:
    house = TestHouse()
    bob, tess, ada = readers(house)
    for guest in (bob, tess):
        guest.read()
    ada.send(field.replace(b"%s", text) + b"\n")
    house.pipe("zed").send("/topic\n/whois ada\n/who\n/rooms\n")
    bob.send("/whois ada\n/who\n/rooms\n/topic\n")
    for guest in house.guests:
        sent = guest.read()
        if guest is tess:
            sent = OURS.sub("", sent.decode("utf-8")).encode()
            sent = sent.replace(b"\r", b"").replace(b"\a", b"")
        if guest is ada:  # its own lines end in CR LF if it has ended one so
            sent = sent.replace(b"\r\n", b"\n")
        assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", sent)
        assert not re.search("[\x80-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", sent.decode())


def facts(text: str) -> list[events.Event]:
    """Return an event of each kind that carries a text of somebody else's."""
    request = requests.Sync()
    return [
        events.Said(1, AT, "#lobby", "bob", text, False),
        events.Said(1, AT, "#lobby", "bob", text, True),
        events.Said(1, AT, "#other", "bob", text, False),
        events.Told(1, AT, "bob", "ada", text, False),
        events.Left(1, AT, "#lobby", "bob", text),
        events.Gone(1, AT, "bob", text, ("#lobby",)),
        events.TopicSet(1, AT, "#lobby", "bob", text),
        events.Said(1, AT, "#lobby", "bob", text, False, notice=True),
        events.Kicked(1, AT, "#lobby", "bob", "cy", text),
        events.Kicked(1, AT, "#lobby", "bob", "eve", text),
        events.ModesSet(
            1, AT, "#lobby", "bob", (Change(True, "b", text), Change(True, text, text))
        ),
        events.RoomRenamed(1, AT, "#lobby", "#den", "bob", text),
        events.Redacted(1, AT, "#lobby", "bob", 1, text),
        events.Tagged(1, AT, "#lobby", "bob", "", (("+draft/react", text),)),
        events.Walloped(AT, "bob", text),
        events.Killed(AT, "bob", text),
        answers.InviteDone(request, "bob", "#lobby", text),
        answers.ListIs(request, "#lobby", "b", (ListEntry(text, text, AT),)),
        answers.ModesAre(request, "#lobby", "Cn", text, 5, AT),
        answers.PersonIs(
            request, "bob", AT, 1, None, (), (), events.Profile("bob", None, realname=text)
        ),
        answers.TellDone(request, (), (("bob", text),), (text,), (text,)),
        answers.AwayIs(request, text),
        answers.TopicIs(request, "#lobby", events.Topic(text, "bob", AT)),
        answers.RoomsAre(request, (answers.RoomLine("#lobby", 1, text),)),
        answers.MembersAre(request, "#lobby", (events.Profile("bob", text),)),
        answers.PersonIs(request, "bob", AT, 1, text, ("#lobby",)),
        answers.YouJoined(request, 1, AT, "#new", (), 1, events.Topic(text, "bob", AT)),
        answers.Refused(request, ChatError(text)),
    ]


@settings(deadline=None)
@given(TEXTS, st.integers(0, len(facts("")) - 1), st.booleans())
def test_no_event_is_trusted(text: str, kind: int, shared: bool) -> None:
    """Whoever speaks another protocol has not gone through the telnet session's own cleaning."""
    house = TestHouse()
    for guest in (house.pipe("eve"), house.terminal("tess"), house.terminal("tim", columns=20)):
        event = facts(text)[kind]
        style = guest.session.dialect
        if shared and style and not isinstance(event, answers.Answer):
            encoded = style.encode([event])
            sent = encoded.data if encoded else b""
        else:
            guest.session.deliver([event], house.now)
            sent = b"".join(iter(guest.session.data_to_send, b""))
        seen = OURS.sub("", sent.decode()).replace("\r\n", "\n")
        if guest is not house.guests[0]:
            seen = seen.replace("\r", "").replace("\a", "")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", seen)
        assert not re.search("[\u2028\u2029\u202a-\u202e\u2066-\u2069]", seen)


@settings(deadline=None)
@given(TEXTS)
def test_a_text_is_one_line_for_everybody(text: str) -> None:
    house = TestHouse()
    bob, tess, ada = readers(house)
    bob.read()
    ada.send(f"x{text}".replace("\n", "") + "\n")
    assert bob.read().count(b"\n") == 1
    tess.read()


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        (b"hi\rroot: bye", "hiroot: bye"),
        ("a\u2028b".encode(), "a b"),
        ("a\u2029b".encode(), "a b"),
        ("a\u0085b".encode(), "ab"),
        (b"a\x00b", "ab"),
        (b"a\x0bb\x0cc\x1cd", "abcd"),
        (b"a\tb", "a b"),
        (b"\x1b[31mred\x1b[0m", "[31mred[0m"),
        (b"\x1b]0;title\x07x", "]0;titlex"),
        (b"\xc2\x9b2Jx", "2Jx"),
        (b"\x9b2Jx", "\ufffd2Jx"),
        (b"caf\xc3", "caf\ufffd"),
        (b"\xed\xa0\x80x", "\ufffd\ufffd\ufffdx"),  # a surrogate in UTF-8
        ("\u202eevil".encode(), "evil"),
        ("a\u2066b\u2069".encode(), "ab"),
    ],
)
def test_one_line_and_nothing_but_text(sent: bytes, seen: str) -> None:
    """FAULTS rows 16 to 19, at a pipe and at a terminal."""
    house = TestHouse()
    bob, tess, ada = readers(house)
    bob.read()
    screen = Screen(tess)
    tess.read()
    ada.send(sent + b"\n")
    assert bob.read().decode() == f"12:01 <ada> {seen}\n"
    assert screen.rows() == [f"12:01 <ada> {seen}", "[#lobby]"]


def test_an_accent_has_its_limit() -> None:
    """FAULTS row 20."""
    house = TestHouse()
    bob, _, ada = readers(house)
    bob.read()
    ada.send("z" + "\u0301" * 200 + "\n")
    line = bob.read().decode().rstrip("\n")
    assert sum(map(is_mark, line)) == MARKS_PER_BASE
    assert width(line) == width("12:01 <ada> z")


def test_the_message_of_the_day_is_cleaned_too() -> None:
    guest = TestHouse(motd=("\x1b[2J\x9b\u202ehello",)).pipe().send("ada\n")
    assert b"  [2Jhello\n" in guest.read()


@pytest.mark.parametrize(
    ("start", "unit", "end"),
    [
        ("", "/", ""),
        ("/", "a", ""),
        ("/msg ", ",", " x"),
        ("/msg ", "a,", " x"),
        ("/join ", "#", ""),
        ("", " ", ""),
        ("", "a ", ""),
        ("", "bob", ""),
        ("", "bob ", ""),
        ("", "[", ""),
        ("", "-", ""),
        ("/leave ", " ", "x"),
        ("/topic ", "\u0301", ""),
        ("", "\u0301", ""),
        ("", "日", ""),
        ("", "👩\u200d", ""),
        ("", "GET ", " HTTP/"),
        ("", "\x1b[", ""),
    ],
)
def test_a_worst_case_is_linear(start: str, unit: str, end: str) -> None:
    """FAULTS row 26: twice the text is at most about twice the work, in lines of Python."""
    once, twice = (_work(start + unit * (size // len(unit)) + end) for size in (500, 1000))
    assert twice <= 2.2 * once + 500


def _work(text: str) -> int:
    house = TestHouse()
    ada, _ = house.pipe("ada"), house.terminal("bob")
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        ada.send(text + "\n")
    finally:
        sys.settrace(before)
    return count


def test_the_slowest_suggestion_is_bounded() -> None:
    """difflib is quadratic, but a name of another length is turned away before it is compared."""
    assert "/help shows" in commands._unknown("q" * 4096)
