"""Output: what is to be sent to one client, in order; long lists are made as it reads them."""

from collections import deque
from collections.abc import Iterator
from itertools import islice

from chatserver.irc.line import Line, encode

PAGE_LINES = 64
WAITING_LINES = 1024


class Output:
    """Lines in order. A list that is long is an iterator, of which a page is made at a time.

    What comes behind such a list waits until it is at its end. If that gets too much, all of it is
    given out at once, so that the limit of the connection's out-buffer holds for it too.
    """

    __slots__ = ("_behind", "_lists", "_parts", "has_pages")

    def __init__(self) -> None:
        self._parts: deque[list[Line] | Iterator[Line]] = deque()
        self._lists = 0  # iterators among the parts
        self.has_pages = False  # whether there is a list that is not sent to its end
        self._behind = 0  # lines that wait behind the first of those

    def add(self, line: Line) -> None:
        """Send a line, behind all that was given before."""
        self._behind += self.has_pages
        last = self._parts[-1] if self._parts else None
        if isinstance(last, list):
            last.append(line)
        else:
            self._parts.append([line])

    def add_pages(self, lines: Iterator[Line]) -> None:
        """Send as many lines as there are, when the client has read what comes before them."""
        self._lists += 1
        self.has_pages = True
        self._parts.append(lines)

    def take(self) -> bytes:
        """Return what is to be sent now: all up to and with the next page of a list."""
        if not self._parts:
            return b""
        limit = None if self._behind > WAITING_LINES else PAGE_LINES
        taken: list[Line] = []
        while self._parts:
            part = self._parts[0]
            if isinstance(part, list):
                taken += part
            else:
                page = list(islice(part, limit))
                taken += page
                if len(page) == limit:
                    break  # there may be more of it
                self._lists -= 1
                if not self._lists:
                    self._behind, self.has_pages = 0, False
            self._parts.popleft()
        return encode(taken)

    def clear(self) -> None:
        """Send nothing of what waits."""
        self._parts.clear()
        self._lists = self._behind = 0
        self.has_pages = False
