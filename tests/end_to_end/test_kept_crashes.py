"""What was promised to wait is seen, whenever the server is killed; and once but for the kill."""

import random
import re
import time
from pathlib import Path

from tests.helpers import Client, ServerProcess, wait_for

KILLS = 9
LINES = 60  # more than a page
LIMITS = {"rate": False, "sniff_seconds": 0.05, "waiting": 500}
PROMISE = "they will see it when they come back"


def numbers(text: str) -> list[int]:
    """Return which of ada's messages stand there, in order."""
    return [int(found) for found in re.findall(r"<ada -> bob> (\d+) tea", text)]


def promise(server: ServerProcess, first: int) -> set[int]:
    """Let ada write to bob, who is not here; return what she was promised he would see."""
    with Client(server.port, "ada") as ada:
        for number in range(first, first + LINES):
            ada.send(f"/msg bob {number} {'tea ' * (1 + number % 20)}")
        for _ in range(LINES):
            ada.expect(PROMISE)
    return set(range(first, first + LINES))


def cut_short(server: ServerProcess, chance: random.Random) -> list[int]:
    """Let bob come and kill the server about then; return what reaches his machine all the same."""
    with Client(server.port) as bob:
        bob.send("bob")
        if chance.random() < 0.3:
            bob.half_close()  # as `printf … | nc` does
        if chance.random() < 0.7:  # the very moment that something reaches him
            wait_for(lambda: bob.ended or bob.received)
        time.sleep(chance.uniform(0, 0.01))
        server.kill()
        return numbers(bob.rest())


def read_and_answered(server: ServerProcess) -> list[int]:
    """Let bob read all and say something, which is stored; then kill the server."""
    with Client(server.port) as bob:
        bob.send("bob", "I have read it")
        seen = numbers("\n".join(bob.expect("<bob> I have read it")))
        server.kill()
        return seen


def test_what_waits_is_seen_whenever_the_server_is_killed(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    print(f"seed {seed}")
    unseen: set[int] = set()  # promised, and never on bob's screen
    unsure: set[int] = set()  # seen, but the server may not have known when it was killed
    for life in range(KILLS):
        with ServerProcess(tmp_path, LIMITS) as server:
            unseen |= promise(server, life * LINES)
            reads_all = life % 3 == 2
            seen = read_and_answered(server) if reads_all else cut_short(server, chance)
        assert seen == sorted(set(seen)), "shown twice on one screen, or in another order"
        assert set(seen) <= unseen | unsure, "shown once more, and no kill was to blame"
        unsure |= set(seen)
        unseen -= set(seen)
        if reads_all:
            assert not unseen, "lost"
            unsure.clear()


def test_over_a_stop_it_is_seen_once(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, LIMITS) as server:
        promised = promise(server, 0)
        with Client(server.port, "bob") as bob:
            assert set(numbers("\n".join(bob.sync()))) == promised
        assert server.stop() == 0
    with ServerProcess(tmp_path, LIMITS) as server, Client(server.port, "bob") as bob:
        assert numbers("\n".join(bob.sync())) == []
