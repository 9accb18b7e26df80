"""Reactions and lines that are taken back are right, in whichever order a client hears of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from client.marks import MOST_LINES, Marks
from client.messages import Entry, Kind, Reaction, Redaction
from client.model import Model
from tests.client.house import Link
from tests.client.script import Script
from tests.histories import FaultyJournal
from tests.irc.house import Client, IrcHouse

ROOM = "#ops"
CAPS = ("message-tags", "draft/message-redaction", "echo-message", "server-time")
ENTRY = Entry(key=1, kind=Kind.SAID, at=0.0, nick="bob", text="hi", msgid="m")


def test_the_later_of_two_marks_holds_in_whichever_order_they_are_heard() -> None:
    marks = Marks()
    marks.react("m", "👍", "cy", 20.0, present=False)
    marks.react("m", "👍", "cy", 10.0, present=True)
    marks.react("m", "🎉", "cy", 9.0, present=True)
    marks.react("m", "🎉", "ada", 8.0, present=True)
    assert marks.on(ENTRY).reactions == (Reaction("🎉", ("ada", "cy")),)


def test_what_was_taken_back_has_no_reactions() -> None:
    marks = Marks()
    marks.react("m", "👍", "cy", 20.0, present=True)
    marks.redact("m", Redaction("bob", "oops"))
    shown = marks.on(ENTRY)
    assert (shown.redacted, shown.text, shown.reactions) == (Redaction("bob", "oops"), "", ())


def test_what_stays_of_a_flood_of_marks_is_bounded() -> None:
    marks = Marks()
    for number in range(MOST_LINES + 1):
        marks.react(f"{number}", "👍", "cy", 1.0, present=True)
    first, last = (
        Entry(key=1, kind=Kind.SAID, at=0.0, msgid=msgid) for msgid in ("0", f"{MOST_LINES}")
    )
    assert marks.on(first) is first
    assert marks.on(last).reactions
    for number in range(10_000):
        marks.react("m", f"{number}", "cy", 1.0, present=True)
    assert len(marks.on(ENTRY).reactions) < 1_000


def test_a_mark_waits_for_its_line() -> None:
    script = Script().welcome("batch message-tags server-time draft/chathistory")
    script.hear(
        "@+draft/react=👍;+draft/reply=m1 :cy!u@h TAGMSG #ops",
        ":bob!u@h REDACT #ops m2 :oops",
    )
    script.hear(
        ":s BATCH +1 chathistory #ops",
        "@batch=1;msgid=m1;time=2023-11-14T22:13:20.000Z :bob!u@h PRIVMSG #ops :one",
        "@batch=1;msgid=m2;time=2023-11-14T22:13:21.000Z :bob!u@h PRIVMSG #ops :two",
        ":s BATCH -1",
    )
    one, two = script.room.entries.find("m1"), script.room.entries.find("m2")
    assert one and one.reactions == (Reaction("👍", ("cy",)),)
    assert two and two.redacted == Redaction("bob", "oops")
    assert script.room.unread <= 1


def test_the_marks_of_somebody_who_is_ignored_are_not_seen() -> None:
    script = Script().welcome("message-tags")
    script.hear("@msgid=m1 :bob!u@h PRIVMSG #ops :one")
    script.model.ignored["cy"] = "cy"
    script.hear("@+draft/react=👍;+draft/reply=m1 :cy!u@h TAGMSG #ops")
    found = script.room.entries.find("m1")
    assert found and not found.reactions


def test_a_line_that_was_let_go_has_its_reactions_when_it_is_fetched_again() -> None:
    home = IrcHouse(journal=FaultyJournal(5000))
    bob = home.client("bob", *CAPS, joins=ROOM)
    ada = Link(home, "ada", ROOM, kept=40)
    told = bob.messages(f"PRIVMSG {ROOM} :first")
    msgid = next(m.tags["msgid"] for m in told if m.command == "PRIVMSG")
    bob.send(f"@+draft/react=👍;+draft/reply={msgid} TAGMSG {ROOM}\r\n")
    ada.turn()
    room = ada.buffer(ROOM)
    assert room.entries.find(msgid)
    for number in range(400):
        home.at += 1
        bob.send(f"PRIVMSG {ROOM} :{number}\r\n")
        ada.turn()
    assert room.entries.find(msgid) is None
    while not (found := room.entries.find(msgid)):
        before = len(room.entries)
        ada.model.request_older(room)
        ada.turn()
        assert len(room.entries) > before
    assert found.reactions == (Reaction("👍", ("bob",)),)


# The property.

steps = st.lists(
    st.tuples(st.sampled_from(["say", "react", "unreact", "redact"]), st.integers(0, 400)),
    max_size=40,
)
looks = st.lists(
    st.tuples(st.sampled_from(["older", "jump", "fill", "mark"]), st.integers(0, 400)), max_size=12
)


class Story:
    """Bob talks and marks; a witness hears all as it happens."""

    def __init__(self) -> None:
        self.home = IrcHouse(journal=FaultyJournal(5000))
        self.witness = Link(self.home, "witness", ROOM)
        self.bob: Client = self.home.client("bob", *CAPS, joins=ROOM)
        self.msgids: list[str] = []
        for _ in range(130):
            self.do("say", 0)

    def do(self, what: str, number: int) -> None:
        self.home.at += 0.5
        msgid = self.msgids[number % len(self.msgids)] if self.msgids else ""
        match what:
            case "say":
                told = self.bob.messages(f"PRIVMSG {ROOM} :line {len(self.msgids)}")
                self.msgids += [m.tags["msgid"] for m in told if m.command == "PRIVMSG"]
            case "react" | "unreact":
                self.bob.send(
                    f"@+draft/{what}=+{number % 2};+draft/reply={msgid} TAGMSG {ROOM}\r\n"
                )
            case "redact":
                self.bob.send(f"REDACT {ROOM} {msgid} :oops\r\n")
        self.witness.turn()


def look(story: Story, reader: Link, what: str, number: int) -> None:
    room = reader.buffer(ROOM)
    match what:
        case "older":
            reader.model.request_older(room)
        case "jump":
            msgid = story.msgids[number % len(story.msgids)]
            wanted = story.witness.buffer(ROOM).entries.find(msgid)
            assert wanted
            reader.model.jump(room, wanted)
        case "fill":
            fill_one(reader.model)
        case "mark":
            story.do("react", number)
    reader.turn()


def fill_one(model: Model) -> bool:
    room = model.find(ROOM)
    assert room
    gap = next((entry for entry in room.entries if entry.kind is Kind.GAP), None)
    if gap:
        model.fill(room, gap)
    return gap is not None


def marked(link: Link) -> dict[str, object]:
    """What stands there of each line that was said and is not taken back."""
    entries = [e for e in link.buffer(ROOM).entries if e.kind is Kind.SAID and not e.redacted]
    return {e.text: {r.emoji: frozenset(r.nicks) for r in e.reactions} for e in entries}


@settings(max_examples=60, deadline=None)
@given(steps, looks)
def test_who_reads_the_past_sees_what_a_witness_has_seen(
    plot: list[tuple[str, int]], order: list[tuple[str, int]]
) -> None:
    story = Story()
    for what, number in plot:
        story.do(what, number)
    reader = Link(story.home, "ada", ROOM)
    for what, number in order:
        look(story, reader, what, number)
    for _ in range(12):
        reader.model.request_older(reader.buffer(ROOM))
        reader.turn()
        if fill_one(reader.model):
            reader.turn()
    assert marked(reader) == marked(story.witness)
