"""The documents show what the program draws; the scenes of that test the whole in a pty."""

import re

import pytest

from client.layout.keys import help_rows
from scripts.screens_of_client import DOCUMENTS, draw, put, put_keys


@pytest.fixture(scope="module")
def screens() -> dict[str, list[str]]:
    return draw()


def test_every_screen_of_the_document_is_drawn(screens: dict[str, list[str]]) -> None:
    wanted = []
    for path in DOCUMENTS:
        document = path.read_text(encoding="utf-8")
        wanted += re.findall(r"<!-- screen (\w+) -->", document)
        whole = put(document, screens)
        assert put(whole, screens) == whole
        assert re.sub(r"```text.*?```", "", whole, flags=re.DOTALL) == re.sub(
            r"```text.*?```", "", document, flags=re.DOTALL
        )
    assert sorted(wanted) == sorted(screens)


def test_the_document_has_the_keys_of_the_program() -> None:
    document = DOCUMENTS[0].read_text(encoding="utf-8")
    assert put_keys(document) == document
    assert all(title in document for title, _ in help_rows())


def test_what_a_person_looks_for_is_there(screens: dict[str, list[str]]) -> None:
    talk = "\n".join(screens["talk"])
    for words in ("#games     1", "● bob", "it works here too", "┌ cy", "└ 👍 cy", "3 left"):
        assert words in talk
    assert max(map(len, screens["narrow"])) <= 40
    assert "/theme" in "\n".join(screens["menu"])
    assert "#games cy: anyone for chess?" in "\n".join(screens["search"])
