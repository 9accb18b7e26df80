"""Garbage: nobody waits while all objects are looked at because many people come."""

import subprocess
import sys

import pytest

_RUSH = """
import gc
from chatserver import garbage
{begin}
found = []
def note(phase, info):
    if phase == "stop":
        found.append(info["generation"])
gc.callbacks.append(note)
people = [[] for _ in range(150_000)]
for _ in range({cycles}):
    one = []
    one.append(one)
print(found.count(2){more}, len(gc.get_objects()) > {cycles} + 150_000)
"""


@pytest.mark.parametrize(
    ("begin", "cycles", "expected"),
    [
        ("garbage.begin()", 0, "0 True"),
        ("garbage.begin()", 400_000, "True False"),  # what nobody holds is found all the same
        ("", 0, "many"),
    ],
)
def test_a_rush_does_not_lead_to_a_look_at_everything(
    begin: str, cycles: int, expected: str
) -> None:
    more = " > 0" if cycles else ""
    program = _RUSH.format(begin=begin, cycles=cycles, more=more)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=True
    )
    if expected == "many":
        assert int(done.stdout.split()[0]) > 0
    else:
        assert done.stdout.strip() == expected
