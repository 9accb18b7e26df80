"""A bounded memory by id."""

from hypothesis import given
from hypothesis import strategies as st

from chatserver.recent import Recent


def test_what_was_put_is_found_by_its_id() -> None:
    recent: Recent[str] = Recent(4)
    recent.put(7, "seven")
    assert recent.get(7) == "seven"
    assert recent.get(3) is None  # of the same slot
    recent.put(7, "again")
    assert recent.get(7) == "again"


@given(st.lists(st.integers(1, 10_000), unique=True).map(sorted), st.integers(1, 20))
def test_it_keeps_as_many_as_it_may_and_the_newest_always(ids: list[int], size: int) -> None:
    recent: Recent[int] = Recent(size)
    for id in ids:
        recent.put(id, id)
    kept = list(recent.newest_first())
    assert kept == sorted(kept, reverse=True)
    assert len(kept) <= size
    assert kept[:1] == ids[-1:]
    assert all((recent.get(id) == id) is (id in kept) for id in ids)
