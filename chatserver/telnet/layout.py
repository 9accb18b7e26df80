"""Layout: a message with its looks, wrapped into the rows of a window."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, repeat

from chatserver.chat.names import fold
from chatserver.formatting import Span, parse, sanitize, strip
from chatserver.telnet.colors import BRIGHT, RESET, REVERSE, Colors
from chatserver.telnet.ink import sequence
from chatserver.text import clean, width, wrap

# A whole word that may be a name of a person, see chat.names.
NAME = re.compile(r"[A-Za-z_\[\]{}^|\\`][A-Za-z0-9_\[\]{}^|\\`-]*")
_OWN_NAME = BRIGHT + REVERSE
_LEAST_INDENT = 2  # of a further line, so that none looks like one of somebody else's
_LEAST_TEXT = 10  # columns, as for text.wrap


@dataclass(frozen=True, slots=True)
class Row:
    """A message before it is wrapped: what comes below its first column is indented so far.

    `head` is what stands before the text as it is measured, `painted` as it is shown. The `text`
    may have several lines and any characters.
    """

    head: str
    painted: str
    text: str


def one_line(text: str) -> str:
    """Return a text of any origin as one clean line without its looks."""
    if text.isprintable():
        return clean(text)
    return clean(strip(text.replace("\n", " ")))


def lay_out(row: Row, columns: int, colors: Colors, me: str = "") -> list[str]:
    """Return the rows of a message.

    Parameters:
        columns: the width of the window, 0 if nothing is to be wrapped.
        me: a folded name that is to stand out, empty for none.
    """
    first, *others = row.text.split("\n")
    rows = _paragraph(Row(row.head, row.painted, first), columns, colors, me)
    if others:
        below = " " * indent(width(row.head), columns)
        for text in others:
            head = below if text else ""
            rows += _paragraph(Row(head, head, text), columns, colors, me)
    return rows


def indent(wanted: int, columns: int) -> int:
    """Return how far further rows are indented: not so far that too little is left of a window."""
    return _LEAST_INDENT if columns and columns < wanted + _LEAST_TEXT else wanted


def _paragraph(row: Row, columns: int, colors: Colors, me: str) -> list[str]:
    coded = sanitize(row.text)
    spans = () if coded.isprintable() else parse(coded)
    plain = coded if coded.isprintable() else "".join(span.text for span in spans)
    whole = row.head + plain
    wrapped = wrap(whole, columns, width(row.head)) if columns else [whole]
    if not wrapped[0].startswith(row.head):  # the window is narrower than the head
        return wrapped
    texts = [wrapped[0].removeprefix(row.head), *wrapped[1:]]
    if colors is not Colors.NONE and (spans or me):
        texts = list(_paint(texts, plain, spans, colors, me))
    return [row.painted + texts[0], *texts[1:]]


def _paint(
    texts: Sequence[str], plain: str, spans: Sequence[Span], colors: Colors, me: str
) -> Iterator[str]:
    """Give rows the looks that their characters had before they were wrapped.

    Wrapping puts an indent before a row and drops the spaces where it breaks; all else is there.
    """
    inks = list(
        chain.from_iterable(repeat(sequence(span.look, colors), len(span.text)) for span in spans)
    ) or [""] * len(plain)
    place = 0
    for number, text in enumerate(texts):
        body = text.lstrip(" ") if number else text
        while number and plain[place : place + 1] == " ":
            place += 1
        yield text[: len(text) - len(body)] + _painted(body, inks[place : place + len(body)], me)
        place += len(body)


def _painted(text: str, inks: list[str], me: str) -> str:
    """Begin and end each look in this row; a name that stands out has one look of its own."""
    for found in NAME.finditer(text) if me else ():
        if fold(found[0]) == me:
            inks[found.start() : found.end()] = repeat(_OWN_NAME, len(found[0]))
    pieces = groupby(zip(inks, text, strict=True), key=lambda pair: pair[0])
    return "".join(_look(ink, "".join(char for _, char in piece)) for ink, piece in pieces)


def _look(ink: str, text: str) -> str:
    return f"{ink}{text}{RESET}" if ink else text
