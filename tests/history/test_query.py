from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.history.errors import BadQuery
from chatserver.history.query import SearchQuery, parse

FIRST = datetime(2026, 11, 1, tzinfo=UTC).timestamp()
DAY = 24 * 60 * 60


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("release notes", SearchQuery((("release",), ("notes",)))),
        ('"release notes" now', SearchQuery((("release", "notes"), ("now",)))),
        ('"never closed here', SearchQuery((("never", "closed", "here"),))),
        ("don't", SearchQuery((("don", "t"),))),
        ("http://x.org/y", SearchQuery((("http", "x", "org", "y"),))),
        ("x x X", SearchQuery((("x",),))),
        ("from:Bob hi FROM:amy", SearchQuery((("hi",),), nicks=("bob", "amy"))),
        ("hi in:#Games in:lobby", SearchQuery((("hi",),), rooms=("#games", "#lobby"))),
        ("hi since:2026-11-01", SearchQuery((("hi",),), since=FIRST)),
        ("hi until:2026-11-01", SearchQuery((("hi",),), until=FIRST + DAY)),
        ('from:"bob" "since:2026"', SearchQuery((("since", "2026"),), nicks=("bob",))),
        ('a OR NOT "c*" ^d', SearchQuery((("a",), ("or",), ("not",), ("c",), ("d",)))),
    ],
)
def test_parse(text: str, expected: SearchQuery) -> None:
    assert parse(text) == expected


def test_a_day_is_one_of_the_persons_own() -> None:
    zone = timezone(timedelta(hours=2))
    assert parse("x since:2026-11-01", zone).since == FIRST - 2 * 60 * 60


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing to search for"),
        ("!!! ---", "nothing to search for"),
        ("in:#games", "nothing to search for"),
        ("hi from:", "from: needs a value"),
        ("hi in: x", "in: needs a value"),
        ("hi since:yesterday", "since: needs a day, as in since:2026-11-01"),
        ("hi until:2026-02-30", "until: needs a day"),
        ("hi until:9999-12-31", "until: needs a day"),
        ("hi since:0001-01-01", None),
        (" ".join(f"w{n}" for n in range(21)), "too many words (limit 20)"),
    ],
)
def test_what_is_refused(text: str, words: str | None) -> None:
    if words is None:
        assert parse(text).since is not None
        return
    with pytest.raises(BadQuery) as refused:
        parse(text)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.text(max_size=60) | st.text('"from:in since until*()-^{}+ab', max_size=60))
def test_any_text_is_a_query_or_refused_in_words(text: str) -> None:
    try:
        parse(text)
    except BadQuery as refused:
        assert str(refused).strip()
