"""Names of people and rooms."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.chat.errors import ChatError
from chatserver.chat.names import check_nick, check_room, fold
from chatserver.text import clean, width


@pytest.mark.parametrize("nick", ["a", "_", "Ada", "[x]", "{y}", "^", "a-1", "x" * 32, "guest1234"])
def test_good_nicks(nick: str) -> None:
    assert check_nick(nick, 32) == nick


@settings(deadline=None)
@given(st.text(max_size=40))
def test_a_nick_is_harmless_or_refused(text: str) -> None:
    try:
        nick = check_nick(text, 32)
    except ChatError:
        return
    assert nick.isascii()
    assert nick.isprintable()
    assert not set(nick) & set(" ,:#@!*?")
    assert len(nick) <= 32


@settings(deadline=None)
@given(st.text(max_size=60) | st.text("#aÀé日1\u0301\u0e31\u093f\ufe0f\u1160\u3164", max_size=12))
def test_a_room_is_harmless_and_has_one_spelling_or_is_refused(text: str) -> None:
    try:
        room = check_room(text, 50)
    except ChatError:
        return
    assert room == check_room(room, 50)
    assert room[1] == "#" or room == check_room(room[1:], 50)
    assert clean(room) == room
    assert len(room) <= 50
    assert not set(room) & set(" ,:")
    assert width(room) > len("#")


@pytest.mark.parametrize(
    ("one", "other"), [("Bob", "bOB"), ("#Lobby", "#LOBBY"), ("#É", "#é"), ("#ΑΒ", "#αβ")]
)
def test_letter_case_does_not_tell_names_apart(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("nick", ["ada|away", "|x", "back\\slash", "`", "a`b", "[x]{y}^z_1-2"])
def test_nicks_of_modern_irc(nick: str) -> None:
    assert check_nick(nick, 32) == nick


@pytest.mark.parametrize("room", ["##c", "#c#", "##"])
def test_a_name_may_have_more_of_the_sign(room: str) -> None:
    assert check_room(room, 50) == room
    assert check_room("#" + room[1:], 50) == room


@pytest.mark.parametrize("room", ["#café", "#日本語", "#c++", "#a-b_c.d", "#1", "#привет"])
def test_good_rooms(room: str) -> None:
    assert check_room(room, 50) == room
    assert check_room(room[1:], 50) == room


@pytest.mark.parametrize(
    "room", ["#हिन्दी", "#ภาษาไทย", "#தமிழ்", "#a\u0301\u0302", "#x" + "\u0323" * 8]
)
def test_letters_may_have_marks(room: str) -> None:
    name = check_room(room, 50)
    assert check_room(name, 50) == name
    assert clean(name) == name


def test_one_spelling_of_a_letter_with_its_mark() -> None:
    assert check_room("#cafe\u0301", 50) == check_room("#café", 50) == "#café"


@pytest.mark.parametrize(
    "room",
    [
        "#\u0301",
        "#\u0e31",
        "#1\u0301",
        "#-\u0301",
        "#x" + "\u0323" * 9,
        "#x\u0323\ufe0f",
        "#x\u034f",
        "#\u1780\u17b5",
        "#a\u20dd",
    ],
)
def test_a_mark_stands_behind_a_letter_and_is_seen(room: str) -> None:
    with pytest.raises(ChatError, match=r"cannot hold the character U\+"):
        check_room(room, 50)


@pytest.mark.parametrize("room", ["#\u3164", "#\uffa0", "#\u115f", "#a\u1160"])
def test_a_room_is_not_called_by_what_nobody_sees(room: str) -> None:
    with pytest.raises(ChatError, match="cannot hold"):
        check_room(room, 50)
