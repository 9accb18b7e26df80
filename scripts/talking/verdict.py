"""Verdict: the ledger, the history and what people saw are held against each other."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from scripts.talking.history import Stored, marks_by_place
from scripts.talking.ledger import Ledger, Mark, Saying
from scripts.talking.views import View

GRACE: Final = 6.0
"""Seconds before a server went in which a line may not have left irssi yet: it queues its lines."""


@dataclass(frozen=True)
class Outage:
    """When the server was away for somebody, in seconds since the epoch."""

    start: float
    end: float

    def holds(self, at: float) -> bool:
        """Whether what was typed at a time may have been typed to nobody."""
        return self.start - GRACE <= at <= self.end


@dataclass
class Verdict:
    """Everything that is wrong, in words."""

    faults: list[str] = field(default_factory=list)

    def fault(self, words: str) -> None:
        """Something is wrong."""
        self.faults.append(words)

    def judge_history(
        self,
        ledger: Ledger,
        stored: Sequence[Stored],
        outages: dict[str, list[Outage]],
        refused: Iterable[Mark],
    ) -> None:
        """Each line once, unaltered, where it was said and in its speaker's order.

        What was typed on telnet or irssi while the server was away for its speaker (`outages`) may
        be missing; of ada's lines only what her client shows as not sent (`refused`).
        """
        times = Counter(mark for message in stored for mark in message.marks)
        twice = [mark for mark, count in times.items() if count > 1]
        self.faults += [f"stored {times[mark]} times: {mark}" for mark in twice]
        known = {saying.mark: saying for saying in ledger.said}
        for message in stored:
            self._compare(message, known.get(message.marks[0]))
        self.faults += [
            f"stored, though it was never sent: {saying.text!r}"
            for saying in ledger.dropped
            if saying.mark in times
        ]
        unsent = set(refused)
        for saying in ledger.said:
            away = any(outage.holds(saying.at) for outage in outages.get(saying.speaker, ()))
            excused = saying.mark in unsent or away
            if saying.mark not in times and not excused:
                self.fault(f"lost: {saying.speaker} in {saying.place}: {saying.text!r}")
            if saying.mark in times and saying.mark in unsent:
                self.fault(f"shown as not sent, and stored: {saying.mark}")
        self._judge_order(ledger, stored)
        self._judge_replies(ledger, stored)

    def _compare(self, message: Stored, saying: Saying | None) -> None:
        told = (message.nick, message.place, message.text, message.is_action)
        if saying is None:
            self.fault(f"stored, and nobody has said it: {told}")
        elif told != (saying.speaker, saying.place, saying.text, saying.is_action):
            self.fault(f"altered: {told} instead of {saying}")

    def _judge_order(self, ledger: Ledger, stored: Sequence[Stored]) -> None:
        order = {saying.mark: number for number, saying in enumerate(ledger.said)}
        last: dict[tuple[str, str], int] = {}
        for message in stored:
            number = order.get(message.marks[0], -1)
            lane = (message.nick, message.place)
            if number < last.get(lane, -1):
                self.fault(f"stored too late: {message.marks[0]} in {message.place}")
            last[lane] = number

    def _judge_replies(self, ledger: Ledger, stored: Sequence[Stored]) -> None:
        by_id = {str(message.id): message.marks[0] for message in stored}
        replies = {m.marks[0]: by_id.get(m.reply_to, m.reply_to) for m in stored}
        for saying in ledger.said:
            answered = replies.get(saying.mark, saying.reply_to)
            if answered != saying.reply_to:
                self.fault(f"{saying.mark} answers {answered!r} instead of {saying.reply_to!r}")

    def judge_whole(self, who: str, view: View, stored: Sequence[Stored]) -> None:
        """Everything of the places that somebody can read, once and in order."""
        for place, wanted in marks_by_place(list(stored)).items():
            seen = view.get(place, [])
            if seen != wanted:
                self.fault(f"{who}, {place}: {_difference(seen, wanted)}")

    def judge_view(self, who: str, view: View, stored: Sequence[Stored], *, but: str = "") -> None:
        """What was seen through one connection is a part of what is stored, without a gap.

        Lines of `but` are left out.
        """
        places = marks_by_place([message for message in stored if message.nick != but])
        for place, marks in view.items():
            seen = [mark for mark in marks if not but or mark[0] != but[0]]
            if not seen:
                continue
            whole = places.get(place, [])
            start = whole.index(seen[0]) if seen[0] in whole else 0
            wanted = whole[start : start + len(seen)]
            if seen != wanted:
                self.fault(f"{who}, {place}: {_difference(seen, wanted)}")


def _difference(seen: Sequence[Mark], wanted: Sequence[Mark]) -> str:
    """Say in words how what was seen differs from what should have been."""
    more, less = Counter(seen) - Counter(wanted), Counter(wanted) - Counter(seen)
    if more or less:
        parts = [("missing", less), ("not stored or doubled", more)]
        return "; ".join(f"{name}: {', '.join(marks)}" for name, marks in parts if marks)
    pairs = zip(seen, wanted, strict=True)
    at = next(index for index, (one, other) in enumerate(pairs) if one != other)
    return f"out of order: {' '.join(seen[at : at + 6])} instead of {' '.join(wanted[at : at + 6])}"
