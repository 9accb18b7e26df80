"""Rows: many words in as few messages as they fit into."""

from collections.abc import Iterable, Iterator

from chatserver.irc.line import Line
from chatserver.irc.message import MESSAGE_LIMIT

_LINE_END = len("\r\n")


def rows(words: Iterable[str], head: Line, separator: str = " ") -> Iterator[str]:
    """Yield words, joined, in rows that each fit behind the text of `head`.

    A word that fits into no message is left out.
    """
    width = MESSAGE_LIMIT - _LINE_END - len(head.text.encode())
    row, used = "", 0
    for word in words:
        size = len(word.encode())
        if size > width:
            continue
        if row and used + len(separator) + size > width:
            yield row
            row, used = "", 0
        used += size + (len(separator) if row else 0)
        row += separator + word if row else word
    if row:
        yield row
