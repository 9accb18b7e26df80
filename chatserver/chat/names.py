"""The rules for names of people and rooms, and how two spellings are compared."""

import re
import unicodedata
from string import ascii_letters, digits

from chatserver.chat.errors import BadNick, BadRoom

LOBBY = "#lobby"

# Modern IRC, "NICK": servers must allow letters, digits, brackets, braces, backslashes and pipes;
# RFC 2812 section 2.3.1 has the underscore, the caret and the backtick besides. Not so the dots and
# quotes of elsewhere: a name is a word in any text.
_NICK_FIRST = frozenset(ascii_letters + "_[]{}^|\\`")
_NICK_REST = _NICK_FIRST | frozenset(digits + "-")
# What would end a name on some wire: the space and the comma separate words and targets
# (RFC 2812 section 1.3), the colon starts a trailing parameter or a person's address.
_ROOM_SEPARATORS = frozenset(" ,:")
# Letters by their category that no terminal shows: the Hangul fillers, the only ones of
# Unicode's Default_Ignorable_Code_Point that str.isalnum takes.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0")
# Marks are letters' parts in Hindi, Thai and many others. Nobody sees these (the same property of
# Unicode): the grapheme joiner, Khmer's inherent vowels, variation selectors.
_INVISIBLE_MARKS = re.compile(
    "[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_MARKS_PER_LETTER = 8  # as many as a terminal is sent, see text.MARKS_PER_BASE


def fold(name: str) -> str:
    """Return the form under which a name is compared: `Bob` and `bob` are one person.

    For the ASCII names of people this is IRC's CASEMAPPING=ascii.
    """
    return name.lower()


def check_nick(nick: str, limit: int) -> str:
    """Return `nick` if a person may be called so, else raise BadNick naming the first fault.

    `limit` is the longest allowed name, in characters.
    """
    if not nick:
        raise BadNick("A name has at least one character.")
    if len(nick) > limit:
        raise BadNick(f"That name is too long (limit {limit} characters).")
    if nick[0] not in _NICK_FIRST and nick[0] in _NICK_REST:
        raise BadNick(f"A name cannot begin with {describe(nick[0])}; begin with a letter or _.")
    for character in nick:
        if character not in _NICK_REST:
            raise BadNick(
                f"A name cannot hold {describe(character)}; "
                "use letters, digits and _ - [ ] { } ^ | \\ `."
            )
    return nick


def in_one_spelling(room: str) -> str:
    """Return a room's name in its one spelling: NFC, with its #. It may be no good name."""
    return "#" + unicodedata.normalize("NFC", room.removeprefix("#"))


def check_room(name: str, limit: int) -> str:
    """Return the name of a room in its one spelling (NFC, with its #), else raise BadRoom.

    `limit` is the longest allowed name, in characters, the # included.
    """
    bare = in_one_spelling(name).removeprefix("#")
    if not bare:
        raise BadRoom("A room's name has at least one character after the #.")
    if len(bare) + 1 > limit:
        raise BadRoom(f"That room name is too long (limit {limit} characters).")
    marks = _MARKS_PER_LETTER  # at the start there is no letter for one
    for character in bare:
        if _is_mark(character):
            marks += 1
            fits = marks <= _MARKS_PER_LETTER
        else:
            marks = 0 if character.isalpha() else _MARKS_PER_LETTER
            fits = _may_stand_in_room(character)
        if not fits:
            raise BadRoom(
                f"A room's name cannot hold {describe(character)}; use letters, digits and - _ . +."
            )
    return "#" + bare


def describe(character: str) -> str:
    """Return a character as an error shows it: visible ones in quotes, others by number."""
    if character == " ":
        return "a space"
    seen = character.isprintable() and character not in _INVISIBLE
    if seen and unicodedata.category(character) not in {"Mn", "Mc", "Me"}:
        return f"“{character}”"
    return f"the character U+{ord(character):04X}"


def _is_mark(character: str) -> bool:
    """Whether it is part of the letter before it, and seen there."""
    if unicodedata.category(character) in {"Mn", "Mc"}:
        return not _INVISIBLE_MARKS.match(character)
    return False


def _may_stand_in_room(character: str) -> bool:
    if character.isascii():
        return character.isprintable() and character not in _ROOM_SEPARATORS
    return character.isalnum() and character not in _INVISIBLE


def host_of(address: str) -> str:
    """Return the host of an address such as `192.0.2.1:5000` or `[2001:db8::1]:5000`.

    What begins with a colon would end a word on the wire, so it gets a zero in front, which is the
    same address (RFC 4291 section 2.2).
    """
    host = address.rpartition(":")[0].strip("[]") or address
    return f"0{host}" if host.startswith(":") else host
