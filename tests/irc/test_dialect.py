"""What is made once for many is what each would have been shown alone."""

from hypothesis import given
from hypothesis import strategies as st

from chatserver.chat.events import Event, Said
from chatserver.irc.capabilities import Cap
from chatserver.irc.dialect import dialect_of
from chatserver.irc.line import encode
from chatserver.irc.render import Manner, render

NICKS = st.sampled_from(["ada", "Bob", "cy"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=300)
SAID = st.builds(
    Said,
    id=st.integers(1, 10**6),
    at=st.just(1_700_000_000.0),
    room=st.sampled_from(["#den", "#łóżko"]),
    nick=NICKS,
    text=TEXTS,
    action=st.booleans(),
    notice=st.booleans(),
    mask=st.sampled_from(["", "~a@192.0.2.1"]),
)
CAPS = st.sampled_from([Cap.NONE, Cap.SERVER_TIME, Cap.MESSAGE_TAGS | Cap.SERVER_TIME])


def alone(events: list[Event], manner: Manner) -> bytes:
    return b"".join(encode(render(event, manner)) for event in events)


@given(st.lists(SAID, max_size=5), CAPS)
def test_the_bytes_for_many_are_those_for_each(said: list[Event], caps: Cap) -> None:
    manner = Manner(caps, "chat.test")
    encoded = dialect_of(manner).encode(said)
    assert encoded
    assert encoded.data == alone(said, manner)


@given(st.lists(SAID, max_size=5), CAPS)
def test_who_speaks_gets_what_the_others_say(said: list[Said], caps: Cap) -> None:
    manner = Manner(caps, "chat.test")
    encoded = dialect_of(manner).encode(said)
    assert encoded
    assert set(encoded.own) == {one.nick.lower() for one in said}
    for key, data in encoded.own.items():
        assert data == alone([one for one in said if one.nick.lower() != key], manner)


@given(st.lists(SAID, max_size=5))
def test_who_wants_an_echo_gets_what_all_get(said: list[Event]) -> None:
    encoded = dialect_of(Manner(Cap.ECHO_MESSAGE, "chat.test")).encode(said)
    assert encoded
    assert not encoded.own
    assert not encoded.aside
