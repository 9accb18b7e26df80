import sqlite3
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.history.words import holds, indexable, spans, words

TEXTS = st.text(max_size=40) | st.text(
    "aAbB 'é\u0301ßİıﬁ漢字カナ\u200d👍-_.\u2009\x00", max_size=30
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, World-wide_web 42!", ["hello", "world", "wide", "web", "42"]),
        ("don't", ["don", "t"]),
        ("Café CAFÉ cafe\u0301", ["cafe"] * 3),
        ("Straße STRASSE", ["strasse"] * 2),
        ("ΟΔΟΣ οδος", ["οδοσ"] * 2),
        ("漢字カナ", ["漢", "字", "カ", "ナ"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("«quoted» — dash…", ["quoted", "dash"]),
        ("👍🏽 ok", ["👍🏽", "ok"]),
        ("--- !!!", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(TEXTS)
def test_the_index_cuts_as_we_do(text: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("create virtual table t using fts5 (x, tokenize = 'ascii')")
    connection.execute("create virtual table v using fts5vocab (t, 'instance')")
    connection.execute("insert into t values (?)", (indexable(text),))
    found = connection.execute("select term from v order by offset").fetchall()
    connection.close()
    assert [term for (term,) in found] == words(text)


@given(TEXTS, st.data())
def test_a_text_holds_each_phrase_of_its_own(text: str, data: st.DataObject) -> None:
    cut = words(text)
    start = data.draw(st.integers(0, max(0, len(cut) - 1)))
    end = data.draw(st.integers(start + 1, max(start + 1, len(cut))))
    if phrase := tuple(cut[start:end]):
        assert holds(text, (phrase,))
        assert spans(text, (phrase,))


@given(TEXTS, st.lists(st.lists(st.sampled_from(["a", "b", "ss", "漢"]), min_size=1), min_size=1))
def test_marks_are_apart_and_there_where_a_text_holds(text: str, phrases: list[list[str]]) -> None:
    terms = tuple(tuple(phrase) for phrase in phrases)
    places = spans(text, terms)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one[1] <= two[0] for one, two in pairwise(places))
    if holds(text, terms):
        assert places


def test_marks_stand_on_the_letters_as_typed() -> None:
    text = "Das CAFÉ in der Straße"
    assert [text[a:b] for a, b in spans(text, (("cafe",), ("strasse",)))] == ["CAFÉ", "Straße"]


def test_every_character_is_cut_alike() -> None:
    """The shape of a word does not depend on its neighbours: one character by one.

    Left out are the large blocks of ideographs and syllables, of which each is like the next.
    """
    for point in (*range(0x80, 0x3400), *range(0xA000, 0xAC00), *range(0xE000, 0x18000)):
        char = chr(point)
        assert words(f"x {char} y")[1:-1] == words(char), hex(point)
