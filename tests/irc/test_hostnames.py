"""The server's own name is a host name as the public data has it.

Clients have no host names here: nobody's address is looked up.
"""

from typing import Any

import msgspec
import pytest

from chatserver.config import Server
from tests.irc.parser_data import cases

# It names the root, which is of use only where names are looked up.
NOT_OURS = {"services."}


def is_name(host: str) -> bool:
    try:
        return msgspec.convert({"name": host}, Server).name == host
    except msgspec.ValidationError:
        return False


@pytest.mark.parametrize("case", cases("validate-hostname"), ids=lambda case: repr(case["host"]))
def test_the_servers_name_is_a_host_name(case: dict[str, Any]) -> None:
    assert is_name(case["host"]) == (case["valid"] and case["host"] not in NOT_OURS)
