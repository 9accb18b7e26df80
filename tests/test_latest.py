"""A mapping that holds so much: against one that counts the uses by hand."""

from hypothesis import given
from hypothesis import strategies as st

from chatserver.latest import Latest

MOST = 3
STEPS = st.lists(
    st.tuples(st.sampled_from(["set", "use", "obtain", "look", "pop"]), st.integers(0, 5))
)


@given(STEPS)
def test_the_one_longest_unused_goes(steps: list[tuple[str, int]]) -> None:
    latest: Latest[int, int] = Latest(MOST)
    values: dict[int, int] = {}
    used: dict[int, int] = {}
    for now, (step, key) in enumerate(steps):
        known = values.get(key)
        match step:
            case "set":
                latest[key] = values[key] = now
            case "use":
                assert latest.use(key) == known
            case "obtain":
                values.setdefault(key, now)
                assert latest.obtain(key, lambda now=now: now) == values[key]  # type: ignore[misc]
            case "look":
                assert latest.get(key) == known
                assert (key in latest) == (known is not None)
            case "pop":
                assert latest.pop(key, None) == values.pop(key, None)
        if step in {"set", "use", "obtain"} and key in values:
            used[key] = now
        if len(values) > MOST:
            del values[min(values, key=lambda key: used[key])]
        assert dict(latest) == values
        assert list(latest) == sorted(values, key=lambda key: used[key])


def test_nothing_may_be_something() -> None:
    latest: Latest[str, None] = Latest(1)
    assert latest.obtain("a", lambda: None) is None
    assert list(latest) == ["a"]
