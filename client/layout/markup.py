"""Markup: what is in a text, as pieces with styles: emphasis, code, links, IRC's own codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from chatserver import formatting
from chatserver.formatting import Look, Style
from client.layout.colors import contrast, hex_of
from client.layout.themes import Theme

Piece = tuple[str, str]
"""A style (prompt_toolkit's words) and a text without line ends."""

_LONGEST_LINK: Final = 2000
_NICKS: Final = 8  # that one has had
_UNSAFE_IN_LINK: Final = re.compile(r"[^!-~]|[\[\]\\;]")

_LINK: Final = re.compile(r"\b(?:https?|ircs?)://[^\s<>\"'`\u2018-\u201f]+", re.IGNORECASE)
_CODE: Final = re.compile(r"`([^`\n]+)`")
# Only around whole words, so that 2*3*4 and snake_case_names stay what they are.
_STRONG: Final = re.compile(r"(?<![\w*/])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\w*])")
_STRESSED: Final = re.compile(r"(?<![\w_/])_(?=[^\s_])([^_\n]*[^\s_])_(?![\w_])")

# Without any of these a text has nothing to be looked for but the reader's name; most have none.
_SIGNS: Final = re.compile(r"[\x00-\x1f*_`]|://")

_STYLES: Final = {
    Style.BOLD: "bold",
    Style.ITALIC: "italic",
    Style.UNDERLINE: "underline",
    Style.STRIKETHROUGH: "strike",
    Style.MONOSPACE: "class:code",
    Style.REVERSE: "reverse",
}


class _Mark(Struct, frozen=True):
    """A style from one place to before another; `hidden` text is not shown at all."""

    start: int
    end: int
    style: str = ""
    hidden: bool = False


def read_markup(text: str, theme: Theme, me: str = "", *, spoken: bool = True) -> tuple[Piece, ...]:
    """Return the pieces of one line of a message.

    Parameters:
        text: cleaned but for IRC's codes.
        me: what the reader is called; the name is marked where it stands as a word.
        spoken: whether a person has written it: names and masks may have * and _ of their own.
    """
    if text and _SIGNS.search(text) is None and (not me or _named(me).search(text) is None):
        return (("", text),)
    spans = formatting.parse(text)
    plain = "".join(span.text for span in spans)
    found = _found(plain, me) if spoken else _links(plain)
    return tuple(_cut(plain, [*_looks(spans, theme), *found]))


def link_style(url: str) -> str:
    """Return what makes a piece a link; terminal.py reads it back out of the style."""
    safe = _UNSAFE_IN_LINK.sub(lambda found: quote(found[0], safe=""), url)
    return f"class:link [link:{safe}]" if len(safe) <= _LONGEST_LINK else "class:link"


def _looks(spans: tuple[formatting.Span, ...], theme: Theme) -> Iterator[_Mark]:
    place = 0
    for span in spans:
        end = place + len(span.text)
        if style := _style_of(span.look, theme):
            yield _Mark(place, end, style)
        place = end


def _style_of(look: Look, theme: Theme) -> str:
    words = [word for style, word in _STYLES.items() if look.style & style]
    if theme.background:
        foreground, background = hex_of(look.foreground), hex_of(look.background)
        ground = background or theme.background
        if background:
            words.append(f"bg:{background}")
        # Black on black is no joke for the reader: what cannot be read keeps its usual colour.
        if foreground and contrast(foreground, ground) >= theme.least:
            words.append(f"fg:{foreground}")
        elif background:
            words.append("fg:" + max("#000000", "#ffffff", key=lambda c: contrast(c, ground)))
    return " ".join(words)


def _found(plain: str, me: str) -> Iterator[_Mark]:
    """Yield marks of what is written in the text itself; what is code is nothing else."""
    taken: list[tuple[int, int]] = []
    for match in _CODE.finditer(plain):
        taken.append(match.span())
        yield from _wrapped(match, "class:code")
    for link in _links(plain):
        if _is_free(link.start, link.end, taken):
            taken.append((link.start, link.end))
            yield link
    for pattern, style in ((_STRONG, "bold"), (_STRESSED, "italic")):
        for match in pattern.finditer(plain):
            if _is_free(match.start(), match.start() + 1, taken) and _is_free(
                match.end() - 1, match.end(), taken
            ):
                yield from _wrapped(match, style)
    if me:
        for match in _named(me).finditer(plain):
            if _is_free(*match.span(), taken):
                yield _Mark(match.start(), match.end(), "class:me")


def _links(plain: str) -> Iterator[_Mark]:
    for match in _LINK.finditer(plain):
        start, end = match.start(), match.start() + len(_trimmed(match[0]))
        yield _Mark(start, end, link_style(plain[start:end]))


@lru_cache(_NICKS)
def _named(nick: str) -> re.Pattern[str]:
    """Return what finds a nick as a word."""
    return re.compile(rf"(?<!\w){re.escape(nick)}(?!\w)", re.IGNORECASE)


def _wrapped(match: re.Match[str], style: str) -> Iterator[_Mark]:
    """Yield the marks of a text between two signs that are not shown."""
    start, end = match.span()
    yield _Mark(start, start + 1, hidden=True)
    yield _Mark(start + 1, end - 1, style)
    yield _Mark(end - 1, end, hidden=True)


def _trimmed(url: str) -> str:
    """Take off what belongs to the sentence around: a full stop, a closing bracket."""
    while url:
        last = url[-1]
        if (
            last in ".,;:!?*_'"
            or (last == ")" and url.count(")") > url.count("("))
            or (last == "]" and url.count("]") > url.count("["))
        ):
            url = url[:-1]
        else:
            break
    return url


def _is_free(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return all(end <= other_start or start >= other_end for other_start, other_end in taken)


def _cut(plain: str, marks: list[_Mark]) -> Iterator[Piece]:
    """Yield the pieces between the ends of marks, without what is hidden."""
    places = sorted({0, len(plain), *(m.start for m in marks), *(m.end for m in marks)})
    for start, end in pairwise(places):
        over = [mark for mark in marks if mark.start <= start and end <= mark.end]
        if not any(mark.hidden for mark in over):
            yield " ".join(mark.style for mark in over if mark.style), plain[start:end]
