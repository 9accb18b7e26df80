"""PlainLines: bytes of a pipe, or of a terminal in line mode, cut into lines."""


class PlainLines:
    """Frames on the newline alone: no other line end that Unicode knows counts."""

    __slots__ = ("_lines", "_rest", "crlf")

    def __init__(self) -> None:
        self._lines: list[bytes] = []  # the next one last
        self._rest = b""  # what has no newline yet
        self.crlf = False  # whether its lines come with CR LF

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        if b"\n" not in data:
            self._rest += data
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        self.crlf = lines[-1][-1:] == b"\r"
        lines.reverse()
        self._lines = lines + self._lines if self._lines else lines

    def next(self) -> bytes | None:
        """Return the next complete line without its newline."""
        return self._lines.pop() if self._lines else None

    @property
    def unfinished(self) -> int:
        """How many bytes stand behind the last newline."""
        return len(self._rest)

    def __bool__(self) -> bool:
        return bool(self._lines or self._rest)

    def take_rest(self) -> bytes:
        """Return what has no newline, and forget it."""
        rest, self._rest = self._rest, b""
        return rest

    def clear(self) -> None:
        """Forget everything."""
        self._lines.clear()
        self._rest = b""
