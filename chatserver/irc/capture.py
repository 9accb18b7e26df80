"""Capture: the answer to one command that has a label (IRCv3 labeled-response)."""

from collections.abc import Iterator

from chatserver.irc.line import Line, end_of_batch, line
from chatserver.irc.output import Output


class Capture:
    """Collects what goes out while a labelled command is carried out.

    One line gets the label itself, none becomes an ACK, several a batch that has it, unless they
    are one batch already. What others say meanwhile keeps its place between them, since lines of a
    batch need not stand together. An answer of many lines is not collected: its batch is begun.
    """

    __slots__ = ("_begun", "_lines", "_output", "_reference", "_server", "label")

    def __init__(self, label: str, server: str, reference: str, output: Output) -> None:
        """`reference` names the batch, if there is to be one; all goes to `output` in the end."""
        self.label = label
        self._server = server
        self._reference = reference
        self._output = output
        self._lines: list[tuple[Line, bool]] = []  # and whether it is part of the answer
        self._begun = False

    def add(self, one: Line, *, answers: bool) -> None:
        """Take a line; `answers`: it is part of the answer."""
        if self._begun:
            self._output.add(self._member(one) if answers else one)
        else:
            self._lines.append((one, answers))

    def add_pages(self, lines: Iterator[Line], *, answers: bool) -> None:
        """Take many lines, made as the client reads them; `answers` as in `add`."""
        self._begin()
        self._output.add_pages(map(self._member, lines) if answers else lines)

    def close(self) -> None:
        """Give all lines out in order, the answer marked as one."""
        own = [one for one, answers in self._lines if answers]
        if self._begun:
            self._end()
        elif len(own) > 1 and not _is_batch(own):
            self._begin()
            self._end()
        else:
            self._mark_first(own)

    def _mark_first(self, own: list[Line]) -> None:
        label = {"label": self.label}
        if not own:
            self._output.add(line(self._server, "ACK", tags=label))
        for one, _ in self._lines:
            self._output.add(one.tagged(label) if own and one is own[0] else one)

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        start = (f"+{self._reference}", "labeled-response")
        self._output.add(line(self._server, "BATCH", *start, tags={"label": self.label}))
        for one, answers in self._lines:
            self._output.add(self._member(one) if answers else one)
        self._lines.clear()

    def _end(self) -> None:
        self._output.add(end_of_batch(self._server, self._reference))

    def _member(self, one: Line) -> Line:
        """What stands in a batch of its own belongs to that one."""
        return one if "batch" in one.tags else one.tagged({"batch": self._reference})


def _is_batch(own: list[Line]) -> bool:
    """Whether lines are one batch from its start to its end, which may have the label itself."""
    first, last = own[0].batch, own[-1].batch
    return first[:1] == "+" and last == f"-{first[1:]}"
