"""The rows of entries: gutter, quotes, reactions, day lines, the « new » line, folding."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

import pytest

from chatserver.text import width
from client.buffers import Buffer, BufferKind
from client.layout.flow import Flow
from client.layout.rows import Sheet
from client.layout.themes import theme_of
from client.members import Members, People
from client.messages import Delivery, Entry, Kind, Reaction, Redaction

NOON = datetime(2026, 11, 22, 12, 1).timestamp()
_keys = count(1)


def entry(text: str = "", kind: Kind = Kind.SAID, *, nick: str = "bob", **more: Any) -> Entry:
    key = next(_keys)
    at = more.pop("at", NOON)
    return Entry(key=key, kind=kind, at=at, nick=nick, text=text, msgid=f"m{key}", **more)


def room(*entries: Entry) -> Buffer:
    buffer = Buffer("#ops", BufferKind.ROOM, Members(People(str.lower), str.lower))
    for one in entries:
        buffer.entries.append(one)
    return buffer


def sheet(columns: int = 60, theme: str = "dark") -> Sheet:
    return Sheet(columns, theme_of(theme), theme, "ada", str.lower)


def shown(buffer: Buffer, columns: int = 60) -> list[str]:
    flow = Flow(buffer)
    flow.use(sheet(columns))
    rows: list[str] = []
    index = 0
    while index < len(buffer.entries):
        block = flow.block_at(index)
        rows += (row.text.rstrip() for row in block.rows)
        index = block.end
    return rows


def test_a_line_with_its_day() -> None:
    assert [row.strip() for row in shown(room(entry("hi ada")))] == [
        "Sunday 22 November 2026",
        "12:01 bob       hi ada",
    ]


def test_wrapped_rows_stand_below_the_text() -> None:
    rows = shown(room(entry("word " * 20)), 50)[1:]
    assert rows[0].startswith(" 12:01 bob      word")
    assert all(row.startswith(" " * 16 + "word") for row in rows[1:])
    assert all(width(row) <= 50 for row in rows)


def test_another_day_has_a_line() -> None:
    rows = shown(room(entry("a"), entry("b", at=NOON + 86_400)))
    assert [row.strip() for row in rows if "November" in row] == [
        "Sunday 22 November 2026",
        "Monday 23 November 2026",
    ]


def test_the_new_line_stands_above_what_is_new() -> None:
    buffer = room(entry("old"), entry("fresh"))
    buffer.new_from = buffer.entries[1].key
    rows = shown(buffer)
    assert " new " in rows[2]
    assert set(rows[2]) <= set("─ new")
    assert "fresh" in rows[3]


def test_coming_and_going_is_folded_but_for_ones_own() -> None:
    buffer = room(
        entry("hi"),
        *(entry(kind=Kind.JOINED, nick=nick) for nick in "cdef"),
        entry("bye", Kind.QUIT, nick="c"),
        entry(kind=Kind.LEFT, nick="d"),
        entry(kind=Kind.JOINED, nick="ada", own=True),
        entry(kind=Kind.JOINED, nick="gil"),
    )
    assert [row[7:].split(None, 1)[1] for row in shown(buffer)[2:]] == [
        "4 joined, 2 left (c, d, e, f)",
        "You are in the room.",
        "gil joined",
    ]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("bob bob_", "bob_ _bob"), "1 renamed (_bob)"),
        (("bob bob_", "bob_ bob"), "1 renamed (bob)"),
        (("bob bob_", "cy cyd", "bob_ _bob"), "2 renamed (_bob, cyd)"),
        (("bob bob_", "cy bob"), "2 renamed (bob_, bob)"),
        (("+ bob", "bob bob_", "bob_ _bob", "+ bob"), "2 joined, 1 renamed (_bob, bob)"),
        (("+ c", "- c", "+ c"), "2 joined, 1 left (c)"),
    ],
)
def test_who_changes_names_twice_is_one_person(names: tuple[str, ...], words: str) -> None:
    kinds = {"+": Kind.JOINED, "-": Kind.QUIT}
    run = []
    for old, new in (pair.split() for pair in names):
        kind = kinds.get(old)
        run.append(entry(kind=kind, nick=new) if kind else entry(new, Kind.RENAMED, nick=old))
    assert shown(room(*run))[1].endswith(words)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (entry(kind=Kind.JOINED, nick="_bob_"), "_bob_ joined"),
        (entry("banned *!*@*.example", Kind.MODE), "banned *!*@*.example"),
        (
            entry("no *good* reason", Kind.KICKED, nick="cy", by="_bob_"),
            "_bob_ has put cy out (no *good*",
        ),
        (entry("*very* new", Kind.TOPIC, nick="_bob_"), "now: very new (by _bob_)"),
        (entry("The", Kind.TOPIC, nick=""), "The topic is now: The"),
        (entry("", Kind.TOPIC, nick="_bob_"), "_bob_ took the topic away"),
        (entry("Only *!*@* and `x`", Kind.NOTE), "Only *!*@* and `x`"),
        (entry("\x02Rules\x02: *none*", Kind.SERVER), "Rules: *none*"),
        (entry("_bob_ says *hi*"), "bob says hi"),
    ],
)
def test_only_what_people_say_has_signs_for_its_looks(one: Entry, words: str) -> None:
    assert words in shown(room(one))[1]


def test_a_link_in_what_is_told_can_be_clicked() -> None:
    flow = Flow(room(entry("see https://example.org *now*", Kind.SERVER)))
    flow.use(sheet())
    styles = [style for style, _ in flow.block_at(0).rows[-1].pieces]
    assert any("link:https://example.org" in style for style in styles)


def test_a_fold_grows_in_place() -> None:
    buffer = room(entry("hi"), entry(kind=Kind.JOINED, nick="c"))
    flow = Flow(buffer)
    flow.use(sheet())
    assert "c joined" in flow.block_at(1).rows[-1].text
    buffer.entries.append(entry(kind=Kind.JOINED, nick="d"))
    block = flow.block_at(2)
    assert (block.start, block.end) == (1, 3)
    assert "2 joined (c, d)" in block.rows[-1].text


def test_a_reply_quotes_what_it_answers() -> None:
    first = entry("a question\nof two lines")
    rows = shown(room(first, entry("yes", nick="cy", reply_to=first.msgid)))
    assert rows[-2].strip() == "┌ bob a question of two lines"
    assert rows[-1].endswith("cy        yes")


def test_a_reply_to_what_is_not_loaded() -> None:
    assert shown(room(entry("yes", reply_to="nowhere")))[1].strip() == "┌ an earlier line"


def test_a_quote_changes_when_what_it_quotes_is_taken_back() -> None:
    first = entry("a question")
    buffer = room(first, entry("yes", reply_to=first.msgid))
    flow = Flow(buffer)
    flow.use(sheet())
    assert "a question" in flow.block_at(1).rows[-2].text
    gone = Entry(key=first.key, kind=Kind.SAID, at=NOON, msgid=first.msgid, redacted=Redaction("x"))
    buffer.entries.replace(gone)
    assert "taken back" in flow.block_at(1).rows[-2].text
    assert shown(buffer)[1].strip() == "┌ a line that was taken back"


def test_reactions_stand_below() -> None:
    few, many = Reaction("👍", ("bob", "cy")), Reaction("🎉", ("a", "b", "c", "d"))
    rows = shown(room(entry("done", reactions=(few, many))))
    assert rows[-1].strip() == "└ 👍 bob, cy   🎉 4"


def test_a_refused_line_says_why() -> None:
    rows = shown(room(entry("x", own=True, delivery=Delivery.REFUSED, reason="no")), 100)
    assert rows[-1].strip() == "└ not sent: no (Alt-S sends it again, Alt-X takes it out)"


@pytest.mark.parametrize(
    ("delivery", "part"), [(Delivery.PENDING, "pending"), (Delivery.REFUSED, "refused")]
)
def test_what_is_not_confirmed_looks_so(delivery: Delivery, part: str) -> None:
    flow = Flow(room(entry("x", own=True, delivery=delivery)))
    flow.use(sheet())
    assert all(f"class:{part}" in style for style, _ in flow.block_at(0).rows[-1].pieces)


def test_a_line_that_names_one_is_marked_to_its_end() -> None:
    flow = Flow(room(entry("hi ada", mention=True)))
    flow.use(sheet())
    row = flow.block_at(0).rows[-1]
    assert width(row.text) == 60
    assert all("class:mention" in style for style, _ in row.pieces)


def test_what_was_taken_back_takes_no_row() -> None:
    assert len(shown(room(entry("a"), entry(redacted=Redaction("bob"))))) == 2


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (entry("waves", Kind.ACTION), "*         bob waves"),
        (entry("psst", Kind.NOTICE), "-bob-     psst"),
        (entry("cy", Kind.RENAMED), "⇄         bob is now called cy"),
        (entry("why", Kind.KICKED, by="eve"), "←         eve has put bob out (why)"),
        (entry("new topic", Kind.TOPIC), "✎         The topic is now: new topic (by bob)"),
        (entry("", Kind.TOPIC), "✎         bob took the topic away"),
        (entry("made #x secret", Kind.MODE), "✎         bob made #x secret"),
        (entry("#x", Kind.INVITED), "✉         bob invites you to #x (/join #x)"),
        (entry("words", Kind.SERVER), "·         words"),
        (entry("two\nlines", Kind.SAID), "bob       two"),
    ],
)
def test_each_kind_has_its_words(one: Entry, words: str) -> None:
    assert shown(room(one))[1][7:] == words


def test_every_kind_has_a_row() -> None:
    for kind in Kind:
        assert shown(room(entry("x", kind)))[1:]


def test_no_row_is_wider_than_the_pane() -> None:
    for columns in (1, 5, 20, 43, 44, 57, 200):
        long = "wörd 日本語 👩‍👧 " * 30
        buffer = room(
            entry(long, nick="日本" * 10, reactions=(Reaction("👍", ("x" * 80,)),)),
            entry(long, Kind.TOPIC),
            entry(long, reply_to="x", own=True, delivery=Delivery.REFUSED, reason=long),
        )
        if columns >= 20:
            assert all(width(row) <= columns for row in shown(buffer, columns))
        else:
            shown(buffer, columns)
