"""What is measured: one record a cell."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Flood:
    """Speakers who each keep a window of lines open, as fast as the server delivers them."""

    name: str
    rooms: int
    size: int  # members of a room
    speakers: int  # in each room
    window: int


@dataclass(frozen=True)
class Paced:
    """A steady rate of lines in one room, and how long they take."""

    name: str
    size: int
    speakers: int
    rate: float  # lines a second, from all speakers together


@dataclass(frozen=True)
class Stalled:
    """As `Paced`, before and while some members do not read."""

    name: str
    size: int  # those who read
    stalled: int
    speakers: int
    rate: float
    filler: int  # bytes of each line's text: long ones fill a stalled reader's buffers soon
    fill: int  # bytes to each member between the two windows, so that the buffers are full


@dataclass(frozen=True)
class Idle:
    """People who have connected and given a name, and say nothing."""

    name: str
    people: int


@dataclass(frozen=True)
class Past:
    """A start with a history of so many lines, and questions to it."""

    name: str
    lines: int
    questions: int = 0  # of each kind
    killed: bool = False  # the server before was killed: all of it is checked


@dataclass(frozen=True)
class Trimmed:
    """As `Paced`, while a history is trimmed that is far too long."""

    name: str
    lines: int
    keep: int  # of a room
    size: int
    speakers: int
    rate: float


Cell = Flood | Paced | Stalled | Idle | Past | Trimmed
OF_HISTORY = (Past, Trimmed)

CELLS: tuple[Cell, ...] = (
    Flood("room-10", rooms=1, size=10, speakers=4, window=16),
    Flood("room-100", rooms=1, size=100, speakers=4, window=16),
    Flood("room-1000", rooms=1, size=1000, speakers=4, window=16),
    Flood("rooms-100x10", rooms=100, size=10, speakers=1, window=1),
    Paced("latency", size=100, speakers=20, rate=50),
    Stalled("stalled", size=95, stalled=5, speakers=20, rate=50, filler=350, fill=300_000),
    Idle("idle-5000", people=5_000),
    Idle("idle-10000", people=10_000),
    Past("history-1k", lines=1_000, questions=200),
    Past("history-1m", lines=1_000_000, questions=200),
    Past("history-1m-killed", lines=1_000_000, killed=True),
    Trimmed("trim", lines=1_000_000, keep=1000, size=100, speakers=20, rate=50),
)


def describe(cell: Cell) -> str:
    """A cell in words, for a table."""
    match cell:
        case Flood(rooms=1):
            return f"room of {cell.size}, flood"
        case Flood():
            return f"{cell.rooms} rooms of {cell.size}, window {cell.window}"
        case Paced() | Trimmed():
            trimming = ", trimming" if isinstance(cell, Trimmed) else ""
            return f"room of {cell.size}, {cell.size * cell.rate:,.0f} deliveries/s{trimming}"
        case Stalled():
            return f"room of {cell.size + cell.stalled}, {cell.stalled} stalled readers"
        case Idle():
            return f"{cell.people:,} idle people"
        case Past():
            return f"{cell.lines:,} lines" + (" after a kill" if cell.killed else "")
