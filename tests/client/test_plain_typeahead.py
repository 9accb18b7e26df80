"""`chat --plain` while somebody types faster than it answers: no letter is shown but by it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.client.test_plain_terminal import KINDS, PROMPT, comes
from tests.helpers import ServerProcess

QUICK = 0.005  # seconds between what is typed: some of it comes while a line is worked on


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_typed_ahead_stands_in_no_line(tmp_path: Path, kind: str) -> None:
    with ServerProcess(tmp_path, {"rate": False}) as server, comes(tmp_path, server, kind) as ada:
        ada.sees(PROMPT)
        for line in ("/color off", "/time off", "/color on", "/time on") * 8:
            for keys in (line, "\r"):
                ada.type(keys)
                time.sleep(QUICK)
        ada.type("over\r")
        ada.sees("<ada> over")
        ada.until(lambda: ada.row == PROMPT, "the prompt is empty")
        assert [row for row in ada.look() if "/" in row] == []
