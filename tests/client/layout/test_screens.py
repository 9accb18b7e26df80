"""docs/client.md shows what the program draws; its scenes are a test of the whole in a pty."""

import re

import pytest

from client.layout.keys import help_rows
from scripts.screens_of_client import DOCUMENT, draw, put, put_keys


@pytest.fixture(scope="module")
def screens() -> dict[str, list[str]]:
    return draw()


def test_every_screen_of_the_document_is_drawn(screens: dict[str, list[str]]) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    wanted = re.findall(r"<!-- screen (\w+) -->", document)
    assert sorted(wanted) == sorted(screens)
    whole = put(document, screens)
    assert put(whole, screens) == whole
    assert re.sub(r"```text.*?```", "", whole, flags=re.DOTALL) == re.sub(
        r"```text.*?```", "", document, flags=re.DOTALL
    )


def test_the_document_has_the_keys_of_the_program() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert put_keys(document) == document
    assert all(title in document for title, _ in help_rows())


def test_what_a_person_looks_for_is_there(screens: dict[str, list[str]]) -> None:
    talk = "\n".join(screens["talk"])
    for words in ("#games     1", "● bob", "it works here too", "┌ cy", "└ 👍 cy", "3 left"):
        assert words in talk
    assert max(map(len, screens["narrow"])) <= 40
    assert "/theme" in "\n".join(screens["menu"])
    assert "#games cy: anyone for chess?" in "\n".join(screens["search"])
