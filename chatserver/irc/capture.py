"""Capture: the answer to one command that has a label (IRCv3 labeled-response)."""

from collections.abc import Iterator

from chatserver.irc.line import Line, line


class Capture:
    """Collects what goes out while a labelled command is carried out.

    One line gets the label itself, none becomes an ACK, several a batch that has it. What others
    say meanwhile keeps its place between them, since lines of a batch need not stand together.
    """

    __slots__ = ("_label", "_lines", "_reference", "_server")

    def __init__(self, label: str, server: str, reference: str) -> None:
        self._label = label
        self._server = server
        self._reference = reference
        self._lines: list[tuple[Line, bool]] = []

    def add(self, one: Line, *, answers: bool) -> None:
        """Take a line; `answers`: it is part of the answer."""
        self._lines.append((one, answers))

    def close(self) -> Iterator[Line]:
        """Return all lines in order, the answer marked as one."""
        own = [number for number, (_, answers) in enumerate(self._lines) if answers]
        label = {"label": self._label}
        if not own:
            yield line(self._server, "ACK", tags=label)
        for number, (one, answers) in enumerate(self._lines):
            if not answers:
                yield one
            elif len(own) == 1:
                yield one.tagged(label)
            else:
                if number == own[0]:
                    yield line(
                        self._server,
                        "BATCH",
                        f"+{self._reference}",
                        "labeled-response",
                        tags=label,
                    )
                # What stands in a batch of its own belongs to that one.
                yield one if "batch" in one.tags else one.tagged({"batch": self._reference})
                if number == own[-1]:
                    yield line(self._server, "BATCH", f"-{self._reference}")
