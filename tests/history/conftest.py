"""What the tests of the history ask for by name."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chatserver.history.journal import Journal
from chatserver.history.library import Library
from chatserver.history.memory_library import MemoryLibrary
from tests.histories import FaultyJournal
from tests.history.desk import Desk


@pytest.fixture(params=["disk", "memory"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    if request.param == "memory":
        memory = FaultyJournal()
        yield Desk(memory, MemoryLibrary(memory))
        return
    with closing(Journal(tmp_path)) as journal, closing(Library(tmp_path)) as library:
        yield Desk(journal, library)
