"""How a person is shown the time of a line."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import Enum
from functools import lru_cache

_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?")


class Clock(Enum):
    """The two clocks that need no zone."""

    OFF = "off"
    SERVER = "the server's local time"

    # By identity, in C: Enum's own hash is a Python function, and every line asks for its time.
    __hash__ = object.__hash__


Zone = Clock | tzinfo


def read_zone(text: str) -> Zone | None:
    """Read `off`, `on`, `utc` or an offset such as `+02:00`; None if it is none of these."""
    match text.lower():
        case "off":
            return Clock.OFF
        case "on" | "local":
            return Clock.SERVER
        case "utc" | "z":
            return UTC
    found = _OFFSET.fullmatch(text)
    if not found:
        return None
    sign, hours, minutes = found[1], int(found[2]), int(found[3] or 0)
    if hours > 14 or minutes > 59:  # the largest in use is +14:00, Kiritimati
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)


def show_time(at: float, zone: Zone) -> str:
    """Return `12:01`, or nothing where the person wants no times. `at`: seconds since 1970."""
    return stamp(at // 60, zone).rstrip()


def show_day(at: float, zone: Zone) -> str:
    """Return `Sunday 22 November 2026`; whoever wants no times sees the server's days."""
    day = _moment(at, zone)
    return f"{day:%A} {day.day} {day:%B %Y}"


def show_date(at: float, zone: Zone) -> str:
    """Return `2026-11-22`, as it may be typed behind /history."""
    return f"{_moment(at, zone):%Y-%m-%d}"


@lru_cache(maxsize=256)
def stamp(minute: float, zone: Zone) -> str:
    """Return `12:01 ` as it stands before a line. `minute`: whole minutes since 1970."""
    if zone is Clock.OFF:
        return ""
    return f"{_moment(minute * 60, zone):%H:%M} "


def _moment(at: float, zone: Zone) -> datetime:
    return datetime.fromtimestamp(at, None if isinstance(zone, Clock) else zone)
