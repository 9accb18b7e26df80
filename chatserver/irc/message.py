"""Message: one line of IRC, in both directions. Source: who it comes from.

The grammar is that of RFC 1459 section 2.3.1, which takes several spaces for one, as corrected by
modern IRC ("Message Format"), with the tags of the IRCv3 message-tags specification ("Format").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from chatserver.text import iterate_graphemes

MESSAGE_LIMIT: Final = 512
"""Bytes of one message with its CR LF, tags aside (RFC 1459 section 2.3)."""

TAG_DATA_LIMIT: Final = 4094
"""Bytes that one side may put between the `@` and the space (message-tags, "Size limit")."""

NO_TAGS: Final[Mapping[str, str]] = MappingProxyType({})

# message-tags, "Escaping values".
_ESCAPES: Final = {";": r"\:", " ": r"\s", "\\": r"\\", "\r": r"\r", "\n": r"\n"}
_ESCAPE_TABLE: Final = str.maketrans(_ESCAPES)
_UNESCAPED: Final = {escape[1]: character for character, escape in _ESCAPES.items()}
_ESCAPE: Final = re.compile(r"\\(.?)", re.DOTALL)

_WORDS: Final = re.compile(r"[^ ]+ *| +")
_LONGEST_CHARACTER: Final = 4  # bytes of UTF-8


class Message(Struct, frozen=True):
    """One message.

    Attributes:
        command: in upper case, or a numeric of three digits.
        params: the last one is a parameter like the others, however it was written.
        source: who sent it, without the colon; empty where it does not say.
        tags: values by name, unescaped; "" is the value of a tag that has none.
    """

    command: str
    params: tuple[str, ...] = ()
    source: str = ""
    tags: Mapping[str, str] = NO_TAGS

    @classmethod
    def parse(cls, line: str) -> Message:
        """Read a line that has no line end.

        Of a tag that stands twice the last value counts (message-tags, "Format"); one without a
        name is left out. Spaces in front of the message are ignored.

        Raises:
            ValueError: there is no command in it, as in an empty line.
        """
        tags, source, rest = NO_TAGS, "", line
        if not line or line[0] in " @:":
            tags, source, rest = _parse_head(line.lstrip(" "))
        head, colon, trailing = rest.partition(" :")
        command, *params = head.split(" ")
        if "" in params:  # several spaces are one
            params = [param for param in params if param]
        if colon:
            params.append(trailing)
        if command.isascii():  # commands are ASCII letters: the dotless ı is no I
            command = command.upper()
        return cls(command, tuple(params), source, tags)

    def encode(self, *, colon: bool = False) -> str:
        """Return the line, without CR LF.

        Parameters:
            colon: whether the last parameter gets its colon also where it could do without.
                Small clients take only what stands behind one for text (sic and ii do).

        Raises:
            ValueError: a part cannot be written so that it would be read as the same: one with a
                NUL or a line end, an empty or spaced one that is not the last parameter.
        """
        parts = [f"@{_encode_tags(self.tags)}"] if self.tags else []
        if self.source:
            _check_word(self.source, "")
            parts.append(f":{self.source}")
        _check_word(self.command, ":@")
        parts.append(self.command)
        if self.params:
            *middle, last = self.params
            for param in middle:
                _check_word(param, ":")
            parts += middle
            bare = last and not colon and " " not in last and last[0] != ":"
            parts.append(last if bare else f":{last}")
        line = " ".join(parts)
        if "\n" in line or "\r" in line or "\0" in line:
            raise ValueError("a line end or NUL within a message")
        return line


class Source(Struct, frozen=True):
    """Who a message comes from: a person, or a server whose name stands as `nick`.

    RFC 2812 section 2.3.1 (prefix) and modern IRC ("Source"), where `!user` and `@host` may each
    be missing. A nick has neither `!` nor `@`, and a user no `@`.
    """

    nick: str
    user: str = ""
    host: str = ""

    @classmethod
    def parse(cls, source: str) -> Source:
        """Take `nick!user@host` apart; what is missing is empty."""
        name, _, host = source.partition("@")
        nick, _, user = name.partition("!")
        return cls(nick, user, host)

    def __str__(self) -> str:
        user = f"!{self.user}" if self.user else ""
        host = f"@{self.host}" if self.host else ""
        return f"{self.nick}{user}{host}"


def split_text(text: str, limit_bytes: int) -> list[str]:
    """Cut a text into pieces that each take so many bytes of UTF-8 at most.

    Joined they are the text again: a space stays at the end of its piece (IRCv3 multiline,
    "Splitting long lines"). A word that is longer than a piece is cut between graphemes, starting
    behind what is already there, and a longer grapheme between characters. There is always one
    piece.

    Raises:
        ValueError: the limit is below 4 bytes, which one character may take.
    """
    if limit_bytes < _LONGEST_CHARACTER:
        raise ValueError(f"no text fits into {limit_bytes} bytes")
    pieces: list[str] = []
    start = end = used = 0
    for part, size in _parts(text, limit_bytes):
        if used + size > limit_bytes:
            pieces.append(text[start:end])
            start, used = end, 0
        end += len(part)
        used += size
    return [*pieces, text[start:]]


def _parts(text: str, limit: int) -> Iterator[tuple[str, int]]:
    """Yield what should stay whole, as far as it fits into the limit, with its size in bytes."""
    if _size(text) <= limit:
        yield text, _size(text)
        return
    for word in _WORDS.findall(text):
        if _size(word) <= limit:
            yield word, _size(word)
            continue
        for cluster in iterate_graphemes(word):
            for piece in (cluster,) if _size(cluster) <= limit else cluster:
                yield piece, _size(piece)


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _parse_head(rest: str) -> tuple[Mapping[str, str], str, str]:
    """Return tags and source, and what stands behind them."""
    tags, source = NO_TAGS, ""
    if rest[:1] == "@":
        data, _, rest = rest[1:].partition(" ")
        tags, rest = parse_tags(data), rest.lstrip(" ")
    if rest[:1] == ":":
        source, _, rest = rest[1:].partition(" ")
        rest = rest.lstrip(" ")
    if not rest or rest[0] in "@:":
        raise ValueError("a message without a command")
    return tags, source, rest


def _check_word(word: str, not_first: str) -> None:
    if not word or " " in word or word[0] in not_first:
        raise ValueError(f"not a word of a message: {word!r}")


def parse_tags(data: str) -> Mapping[str, str]:
    """Read tags as they stand behind the `@`."""
    tags: dict[str, str] = {}
    for tag in data.split(";"):
        name, _, value = tag.partition("=")
        if name:
            tags[name] = _unescape(value) if "\\" in value else value
    return tags


def _unescape(value: str) -> str:
    """Drop a backslash that escapes nothing, and one at the end."""
    return _ESCAPE.sub(lambda escape: _UNESCAPED.get(escape[1], escape[1]), value)


def _encode_tags(tags: Mapping[str, str]) -> str:
    return ";".join(_encode_tag(name, value) for name, value in tags.items())


def _encode_tag(name: str, value: str) -> str:
    if not name or " " in name or ";" in name or "=" in name:
        raise ValueError(f"not a tag's name: {name!r}")
    return f"{name}={value.translate(_ESCAPE_TABLE)}" if value else name
