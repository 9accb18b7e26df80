"""Output: what is to be sent to one client, in order; long lists are made as it reads them."""

from collections import deque
from collections.abc import Iterator

from chatserver.irc.line import Line, encode

PAGE_LINES = 64


class Output:
    """Lines in order. A list that is long is an iterator, of which a page is made at a time."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: deque[list[Line] | Iterator[Line]] = deque()

    def add(self, line: Line) -> None:
        """Send a line, behind all that was given before."""
        last = self._parts[-1] if self._parts else None
        if isinstance(last, list):
            last.append(line)
        else:
            self._parts.append([line])

    def add_pages(self, lines: Iterator[Line]) -> None:
        """Send as many lines as there are, when the client has read what comes before them."""
        self._parts.append(lines)

    @property
    def has_pages(self) -> bool:
        """Whether there is a list that is not sent to its end."""
        return len(self._parts) > 1 or bool(self._parts and not isinstance(self._parts[0], list))

    def take(self) -> bytes:
        """Return what is to be sent now: up to the next list, or a page of it."""
        while self._parts:
            part = self._parts[0]
            if isinstance(part, list):
                self._parts.popleft()
                return encode(part)
            page = [line for _, line in zip(range(PAGE_LINES), part, strict=False)]
            if len(page) < PAGE_LINES:
                self._parts.popleft()
            if page:
                return encode(page)
        return b""

    def take_all(self) -> bytes:
        """Return everything there is."""
        data = []
        while self._parts:
            data.append(self.take())
        return b"".join(data)
