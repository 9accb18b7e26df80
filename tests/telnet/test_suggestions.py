"""What a Tab completes."""

import pytest

from tests.telnet.house import Guest, Screen, TestHouse


@pytest.fixture
def ada() -> Guest:
    house = TestHouse()
    ada = house.terminal("ada")
    house.pipe("bob")
    house.pipe("Bert").send("/join games\n")
    house.pipe("zoe").send("/join garden\n/leave lobby\n")
    ada.read()
    return ada


@pytest.mark.parametrize(
    ("typed", "row"),
    [
        ("z\t", "z"),  # nobody of that name in this room
        ("bo\t", "bob: "),
        ("BE\t", "Bert: "),
        ("hi bo\t", "hi bob "),
        ("b\t", "B"),  # as the first of them is spelled
        ("/jo\t", "/join "),
        ("/t\t", "/t"),
        ("/co\t", "/color "),
        ("//jo\t", "//jo"),
        ("/help uni\t", "/help unignore "),
        ("/color o\t", "/color o"),
        ("/color of\t", "/color off "),
        ("/charset lat\t", "/charset latin-1 "),
        ("/msg z\t", "/msg zoe "),  # anybody on the server
        ("/msg bob,z\t", "/msg bob,zoe "),
        ("/whois zo\t", "/whois zoe "),
        ("/me hugs bo\t", "/me hugs bob "),
        ("/msg bob hi be\t", "/msg bob hi Bert "),
        ("/join gam\t", "/join #games "),
        ("/join #gar\t", "/join #garden "),
        ("/leave #lob\t", "/leave #lobby "),
        ("see #gam\t", "see #games "),
        ("/nope x\t", "/nope x"),
        ("/rooms x\t", "/rooms x"),
        ("/quit b\t", "/quit b"),
        ("\t", ""),
    ],
)  # fmt: skip
def test_a_tab_completes(ada: Guest, typed: str, row: str) -> None:
    ada.send("/color off\r\0")
    ada.read()
    ada.send(typed)
    text = ada.session._terminal.editor
    assert text is not None
    assert text._line.text == row


def test_a_second_tab_lists(ada: Guest) -> None:
    screen = Screen(ada)
    ada.send("b\t\t")
    assert screen.rows() == ["Bert  bob", "[#lobby] B"]


def test_what_is_typed_behind_a_tab_waits_for_it(ada: Guest) -> None:
    """The names come from the hub; the keys that follow act on the completed line."""
    ada.read()
    ada.send("bo\thello\r\0")
    assert b"bob: hello" in ada.read()


def test_a_tab_in_a_room_that_is_left_rings(ada: Guest) -> None:
    ada.send("/leave\r\0")
    ada.read()
    assert ada.hear("q\t").endswith(b"\a")
