"""Sweeping: when Python looks for garbage in all that is remembered.

Left to itself it does so while lines come in, whenever there are a quarter more objects: with fifty
thousand lines that takes as long as ten frames, and a key that is pressed then has to wait.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Final

EVERY_SECONDS: Final = 60.0
"""How often all is looked through, if nobody types."""

IDLE_SECONDS: Final = 2.0
"""How long nobody must have typed for that."""

AT_LEAST_SECONDS: Final = 600.0
"""How often it is done all the same when somebody types without end."""

_NEVER: Final = 1_000_000


async def sweep(idle: Callable[[], float]) -> None:
    """Look through all when nobody types, and only then, until it is cancelled.

    Parameters:
        idle: tells for how many seconds nobody has typed.
    """
    young, middle, old = gc.get_threshold()
    gc.freeze()  # what is there now stays: nobody needs to go through it again
    gc.set_threshold(young, middle, _NEVER)  # what is young is looked through as ever
    try:
        while True:
            await _pause(idle)
            gc.collect()
    finally:
        gc.set_threshold(young, middle, old)
        gc.unfreeze()


async def _pause(idle: Callable[[], float]) -> None:
    await asyncio.sleep(EVERY_SECONDS)
    left = AT_LEAST_SECONDS - EVERY_SECONDS
    while idle() < IDLE_SECONDS and left > 0:
        await asyncio.sleep(IDLE_SECONDS)
        left -= IDLE_SECONDS
