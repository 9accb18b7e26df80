"""A writer to be killed: commits batches, and reports each one when it is stored.

Usage: python -m tests.history.writing DIRECTORY SEED. One line per commit: the first id, the last.
"""

import random
import sys
import time
from pathlib import Path

from chatserver.history.connections import Durability
from chatserver.history.entries import Kind, Message
from chatserver.history.journal import Journal
from chatserver.history.removal import Retention

ROOMS = 5
KEPT = 1000


def main(directory: Path, seed: int) -> None:
    """Write until killed."""
    chance = random.Random(seed)
    journal = Journal(directory, chance.choice(list(Durability)), Retention(lines=KEPT))
    print(f"open {journal.last_id}", flush=True)
    while True:
        first = journal.last_id + chance.randint(1, 3)
        batch = [
            Message(
                id,
                max(journal.last_time, time.time()),
                Kind.SAID,
                f"#room{id % ROOMS}",
                f"nick{chance.randint(1, 9)}",
                f"{id} " + "word " * chance.randint(0, 40),
            )
            for id in range(first, first + chance.choice([1, 1, 5, 50, 400]))
        ]
        journal.commit(batch)
        print(f"{first} {batch[-1].id}", flush=True)
        journal.chore(time.time(), chance.choice([0, 0.005]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
