"""When garbage is looked for."""

import asyncio
import gc
import time
from collections.abc import Iterator

import pytest

from client.layout import sweeping
from tests.client.layout.show import PATIENCE


@pytest.fixture
def sweeps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """When all was looked through; the pauses are short."""
    found: list[float] = []
    monkeypatch.setattr(sweeping, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(sweeping, "IDLE_SECONDS", 0.01)
    monkeypatch.setattr(sweeping, "AT_LEAST_SECONDS", 0.05)
    monkeypatch.setattr(gc, "collect", lambda: found.append(time.monotonic()))
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    yield found
    assert gc.get_threshold() == thresholds
    assert gc.get_freeze_count() == frozen


async def _sweep_until(sweeps: list[float], idle: float) -> None:
    task = asyncio.create_task(sweeping.sweep(lambda: idle))
    deadline = time.monotonic() + PATIENCE
    while not sweeps and time.monotonic() < deadline:
        await asyncio.sleep(0.001)
        assert gc.get_threshold()[2] > 100_000
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_it_is_looked_for_when_nobody_types(sweeps: list[float]) -> None:
    asyncio.run(_sweep_until(sweeps, 1.0))
    assert sweeps


def test_not_while_somebody_types_but_at_last_all_the_same(
    sweeps: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.monotonic()
    asyncio.run(_sweep_until(sweeps, 0.0))
    assert sweeps[0] - began >= 0.05
