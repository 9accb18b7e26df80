"""Data directories with a history of so many lines, made once and copied for every server."""

import atexit
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, islice
from pathlib import Path

from chatserver.history.connections import Durability
from chatserver.history.entries import Kind, Message
from chatserver.history.journal import Journal
from chatserver.history.removal import Retention
from scripts.benchmark import disk

ROOMS = 19  # one person may be in twenty, and is in the lobby too
WORDS = 30_000
_SPAN_SECONDS = 20 * 24 * 3600.0  # of the past, within what is kept
_BATCH = 400
_PEOPLE = 300


def word(rank: int) -> str:
    """A word of the language that people use here; the lower the rank, the more often."""
    return f"w{rank}"


def lines(count: int) -> Iterator[Message]:
    """What was said: words as often as in a language, people and rooms by chance."""
    chance = random.Random(1)
    weights = list(accumulate(1 / (rank + 5) for rank in range(WORDS)))
    texts = [
        " ".join(map(word, chance.choices(range(WORDS), cum_weights=weights, k=length)))
        for length in (chance.randint(3, 14) for _ in range(min(count, 50_000)))
    ]
    start = time.time() - _SPAN_SECONDS
    for number in range(count):
        at = start + number / count * _SPAN_SECONDS
        room, nick = f"#r{chance.randrange(ROOMS)}", f"bob{chance.randrange(_PEOPLE)}"
        yield Message(number + 1, at, Kind.SAID, room, nick, texts[number % len(texts)])


@cache
def shelf(count: int) -> Path:
    """A data directory with that history, all of it indexed; removed at the end of the process."""
    directory = Path(tempfile.mkdtemp(prefix="bench-shelf-", dir=disk.directory()))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    journal = Journal(directory, Durability.PROCESS, Retention(None, None))
    now = time.time()
    source = lines(count)
    while some := list(islice(source, _BATCH)):
        journal.commit(some)
        journal.chore(now, 0.01)
    while journal.chore(now, 1.0):
        pass
    journal.close()
    return directory


def furnish(data: Path, count: int, *, killed: bool = False) -> None:
    """Make a data directory with a history; `killed`: as a server leaves it that was killed."""
    shutil.copytree(shelf(count), data)
    data.chmod(0o700)
    if killed:
        _leave_a_log(data)


def _leave_a_log(data: Path) -> None:
    """Take the files away from a journal that would have brought its log home."""
    away = data.with_name("away")
    journal = Journal(data, Durability.PROCESS, Retention(None, None))
    last = journal.last_id + 1
    journal.commit([Message(last, time.time(), Kind.SAID, "#r0", "bob0", "the last")])
    away.mkdir(mode=0o700)
    for file in data.iterdir():
        if not file.name.endswith("-shm"):
            shutil.copy(file, away)
    journal.close()
    shutil.rmtree(data)
    away.rename(data)
