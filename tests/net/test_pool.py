"""The pool: who gets the next client, and who steps in for a dead worker."""

from typing import cast

import pytest

from chatserver.net.pool import Pool, TooManyDeaths
from chatserver.net.worker import Worker


class Idler:
    """A worker that only knows whether it has been started."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.started = False

    def start(self) -> None:
        self.started = True


def make_pool(size: int) -> tuple[Pool, list[Idler]]:
    hired: list[Idler] = []

    def hire(name: str) -> Worker:
        hired.append(Idler(name))
        return cast(Worker, hired[-1])

    return Pool(size, hire), hired


def test_the_one_with_the_fewest_gets_the_next() -> None:
    pool, hired = make_pool(3)
    assert [worker.name for worker in hired] == ["worker-1", "worker-2", "worker-3"]
    chosen = [pool.choose() for _ in range(6)]
    assert sorted(worker.name for worker in chosen) == sorted(2 * [each.name for each in hired])
    first = pool.workers[0]
    pool.release(first)
    assert pool.choose() is first


def test_all_are_started_and_a_replacement_at_once() -> None:
    pool, hired = make_pool(2)
    pool.start()
    assert all(worker.started for worker in hired)
    dead = pool.workers[0]
    pool.replace(dead, 100.0)
    assert dead not in pool.workers
    assert len(pool.workers) == 2
    assert hired[-1].name == "worker-3"
    assert hired[-1].started
    assert "worker-3" in {pool.choose().name for _ in range(2)}
    pool.release(dead)  # a late note about one of its connections changes nothing


@pytest.mark.parametrize(
    ("deaths", "enough"),
    [((0, 1), False), ((0, 1, 2), True), ((0, 1, 60.5), False), ((0, 59, 61, 62), True)],
)
def test_row_45_the_third_death_in_a_minute_is_too_many(
    deaths: tuple[float, ...], enough: bool
) -> None:
    pool, _ = make_pool(2)

    def die() -> None:
        for at in deaths:
            pool.replace(pool.workers[0], at)

    if enough:
        with pytest.raises(TooManyDeaths):
            die()
    else:
        die()
        assert len(pool.workers) == 2
