"""PlainLines: bytes of a pipe, or of a terminal in line mode, cut into lines."""


class PlainLines:
    """Frames on the newline alone: no other line end that Unicode knows counts."""

    __slots__ = ("crlf", "lines", "rest")

    def __init__(self) -> None:
        self.lines: list[bytes] = []  # complete, without their newlines; the next one last
        self.rest = b""  # what has no newline yet
        self.crlf = False  # whether its lines come with CR LF

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        if b"\n" not in data:
            self.rest += data
            return
        *lines, self.rest = (self.rest + data).split(b"\n")
        self.crlf = lines[-1][-1:] == b"\r"
        lines.reverse()
        self.lines = lines + self.lines if self.lines else lines

    def end(self) -> None:
        """Nothing more comes: what has no newline is the last line."""
        if self.rest:
            self.lines.insert(0, self.take_rest())

    def __bool__(self) -> bool:
        return bool(self.lines or self.rest)

    def take_rest(self) -> bytes:
        """Return what has no newline, and forget it."""
        rest, self.rest = self.rest, b""
        return rest

    def clear(self) -> None:
        """Forget everything."""
        self.lines.clear()
        self.rest = b""
