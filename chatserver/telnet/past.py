"""Lines of earlier, as a person reads them: by day, and with the place where they were gone."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from chatserver.chat import events
from chatserver.telnet.clock import Clock, show_date, show_day, show_time
from chatserver.telnet.colors import BRIGHT, RESET, Colors
from chatserver.telnet.render import Look, answer_lines, lines
from chatserver.telnet.words import HERE

_LONGEST_ARRIVAL = 32_768  # characters; so much goes out at once when somebody comes into a room


def past_lines(
    news: Sequence[events.Event], look: Look, left_at: int | None = None, missed: int = 0
) -> Iterator[str]:
    """Yield lines of earlier, oldest first, each day under its name.

    `left_at` is the place in the order at which the reader went away, `missed` how many lines came
    after it.
    """
    day = ""
    marked = not missed
    for event in news:
        today = show_day(_at(event), look.zone)
        if today != day:
            yield f"-- {today} --"
            day = today
        if not marked and left_at is not None and _id(event) > left_at:
            yield f"-- {_count(missed)} while you were away --"
            marked = True
        yield from lines(event, look)


def kept_heading(count: int) -> str:
    """Return what stands above private messages that have waited."""
    return f"-- {_count(count, 'message')} for you while you were away --"


def newest(news: Sequence[events.Line]) -> Sequence[events.Line]:
    """Return the last lines that are not too long together to be shown at once."""
    characters = 0
    for at in range(len(news) - 1, -1, -1):
        event = news[at]
        characters += len(event.text if isinstance(event, events.Said) else event.topic) + 80
        if characters > _LONGEST_ARRIVAL:
            return news[at + 1 :]
    return news


def found_rows(news: Iterable[events.Line], words: Sequence[str], look: Look) -> Iterator[str]:
    """Yield lines that were looked for as rows, with their day and room, the words marked."""
    mark = _marker(words if look.colors is not Colors.NONE else ())
    clock = Clock.SERVER if look.zone is Clock.OFF else look.zone
    for event in news:
        day = f"{show_date(event.at, clock)} "
        head = f"{show_time(event.at, clock)} {event.room} "
        first, *rest = answer_lines(f"{day}{HERE}{head}{_text(event)}", look)
        # A window may be narrower than that.
        known = len(day + head) + 2 if first.startswith(f"  {day}{head}") else 0
        yield first[:known] + mark(first[known:])
        yield from map(mark, rest)


def _marker(words: Sequence[str]) -> Callable[[str], str]:
    """Return what marks these words in a text that is already clean."""
    if not words:
        return str
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    return lambda text: pattern.sub(lambda found: f"{BRIGHT}{found[0]}{RESET}", text)


def _text(event: events.Line) -> str:
    if isinstance(event, events.TopicSet):
        return f"-- {event.nick} set the topic: {event.topic}"
    return f"* {event.nick} {event.text}" if event.action else f"<{event.nick}> {event.text}"


def _at(event: events.Event) -> float:
    return event.at if isinstance(event, events.Said | events.Told | events.TopicSet) else 0.0


def _id(event: events.Event) -> int:
    return event.id if isinstance(event, events.Said | events.Told | events.TopicSet) else 0


def _count(count: int, what: str = "line") -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
