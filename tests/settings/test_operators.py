"""The server's name, its operators, and their passwords."""

from pathlib import Path

import pytest

from chatserver.checks import cautions
from chatserver.config import Config, Operator, Server
from chatserver.settings import load
from tests.settings.files import HASH, complaint, write


def test_the_server_and_its_operators(home: Path) -> None:
    file = write(
        home,
        f"""
[server]
name = "chat.example.org"
network = "Ünïverse"
password = "open sesame"
admin = ["Here", "Ada"]
[[operators]]
name = "ada"
password = "{HASH}"
[[operators]]
name = "Ada"
password = "the engine"
""",
    )
    assert load({}, {}, file) == Config(
        server=Server(
            name="chat.example.org",
            network="Ünïverse",
            password="open sesame",
            admin=("Here", "Ada"),
        ),
        operators=(
            Operator(name="ada", password=HASH),
            Operator(name="Ada", password="the engine"),
        ),
    )
    environment = {"CHATSERVER_SERVER_PASSWORD": HASH, "CHATSERVER_SERVER_ADMIN": "Here, Eve"}
    server = load({}, environment, file).server
    assert (server.password, server.admin) == (HASH, ("Here", "Eve"))
    assert load({}, {"CHATSERVER_SERVER_PASSWORD": ""}, file).server.password == ""


_NAME = "it must be a host name with a dot in it, of at most 63 characters."
_PASSWORD = "a password of 8 to 512 bytes or a hash that chatserver hash-password made."
_OPERATOR = "1 to 63 characters without spaces, not beginning with a colon."
_OPERATORS = "tables [[operators]] with name and password, in the file."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nname = 'chat'", f'server.name is "chat"; {_NAME}'),
        ("[server]\nname = ''", f'server.name is ""; {_NAME}'),
        ("[server]\nname = 'a b.c'", f'server.name is "a b.c"; {_NAME}'),
        ("[server]\nname = 'a.é'", f'server.name is "a.é"; {_NAME}'),
        ('[server]\nname = "a.b\\n"', f'server.name is "a.b\\n"; {_NAME}'),
        (
            "[server]\nnetwork = 'my network'",
            'server.network is "my network"; '
            "it must be 1 to 63 characters without spaces, = and \\.",
        ),
        (
            "[server]\nadmin = ['', '', '', '']",
            'server.admin is ["", "", "", ""]; it must be a list of at most 3 texts.',
        ),
        (
            '[server]\nadmin = ["a\\r\\nb"]',
            'server.admin is ["a\\r\\nb"]; it must be UTF-8 text without control characters.',
        ),
        ("[server]\npassword = 'hidden'", f'server.password is "…"; it must be empty, {_PASSWORD}'),
        ("[server]\npassword = 12345678", f'server.password is "…"; it must be empty, {_PASSWORD}'),
        (
            "[server]\npassword = '$1$hidden$hidden'",
            f'server.password is "…"; it must be empty, {_PASSWORD}',
        ),
        (
            '[server]\npassword = "hidden\\u0000hidden"',
            'server.password is "…"; it must be UTF-8 text without control characters.',
        ),
        ("operators = 'hidden'", f'operators is "…"; it must be {_OPERATORS}'),
        ("operators = ['hidden']", f'operators is "…"; it must be {_OPERATORS}'),
        ("[operators]\nada = 'hidden'", f'operators is "…"; it must be {_OPERATORS}'),
        ("[[operators.ada]]\npassword = 'hidden'", f'operators is "…"; it must be {_OPERATORS}'),
    ],
)
def test_a_wrong_server(text: str, words: str) -> None:
    said = complaint(text).removeprefix("FILE")
    assert said.partition(": ")[2] == words
    assert "hidden" not in said


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("name = 'ada'", f"operators.password is missing; it must be {_PASSWORD}"),
        ("password = 'the engine'", f"operators.name is missing; it must be {_OPERATOR}"),
        (
            "name = 'ada'\npassword = 'hidden'",
            f'operators.password is "…"; it must be {_PASSWORD}',
        ),
        ("name = 'ada'\npassword = ''", f'operators.password is "…"; it must be {_PASSWORD}'),
        (
            "name = 'a b'\npassword = 'the engine'",
            f'operators.name is "a b"; it must be {_OPERATOR}',
        ),
        (
            "name = ':ada'\npassword = 'the engine'",
            f'operators.name is ":ada"; it must be {_OPERATOR}',
        ),
        (
            "name = 'ada'\npasswd = 'hidden'",
            "there is no setting operators.passwd. Did you mean operators.password?",
        ),
    ],
)
def test_a_wrong_operator_is_named_by_its_number(row: str, words: str) -> None:
    good = f"[[operators]]\nname = 'bob'\npassword = '{HASH}'\n"
    said = complaint(f"{good}[[operators]]\n{row}")
    assert said == f"FILE, [[operators]] number 2: {words}"


def test_two_operators_of_one_name() -> None:
    row = f"[[operators]]\nname = 'ada'\npassword = '{HASH}'\n"
    assert complaint(row + row) == (
        'FILE: operators has two tables of the name "ada"; take one of them away.'
    )


def test_a_secret_in_the_environment_is_not_shown() -> None:
    for name in ("SERVER_PASSWORD", "OPERATORS"):
        said = complaint(environment={f"CHATSERVER_{name}": "hidden"})
        assert said.startswith(f"environment variable CHATSERVER_{name}: ")
        assert "hidden" not in said


def test_a_password_that_is_not_a_hash_is_cautioned_against_without_it() -> None:
    config = Config(
        operators=(
            Operator(name="ada", password="the engine"),
            Operator(name="bob", password=HASH),
        )
    )
    (caution,) = cautions(config)
    assert "operator ada " in caution
    assert "the engine" not in caution
    assert cautions(Config()) == []
