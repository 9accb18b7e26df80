"""What the tests of the chat ask for by name."""

import pytest

from tests.chat.crowd import Chat


@pytest.fixture
def chat() -> Chat:
    return Chat()
