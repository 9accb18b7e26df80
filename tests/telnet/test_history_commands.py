"""/history, /search and /seen, byte for byte."""

from datetime import datetime, timedelta

import pytest

from tests.telnet.house import AT, Guest, Screen, TestHouse

DAY = "-- Thursday 29 February 2024 --"
NEXT_DAY = "-- Friday 1 March 2024 --"


@pytest.fixture
def house() -> TestHouse:
    return TestHouse()


@pytest.fixture
def bob(house: TestHouse) -> Guest:
    guest = house.pipe("bob")
    guest.send("".join(f"{number}\n" for number in range(50)))
    guest.read()
    return guest


@pytest.fixture
def ada(house: TestHouse, bob: Guest) -> Guest:
    return house.pipe("ada")


def page(*numbers: int) -> list[str]:
    return [DAY, *(f"12:01 <bob> {number}" for number in numbers)]


NOTHING_OLDER = ["  Nothing older is kept of #lobby."]


def test_it_goes_further_back_each_time(ada: Guest) -> None:
    assert ada.says("/history") == page(*range(30, 50))
    assert ada.says("/history 15") == page(*range(15, 30))
    assert ada.says("/HISTORY lobby") == page(*range(15))
    assert ada.says("/history") == NOTHING_OLDER
    assert ada.says("/history #lobby") == NOTHING_OLDER


@pytest.mark.parametrize("line", ["", "hello", "/who", "/historic", "//history", "/seen bob"])
def test_it_begins_anew_behind_any_other_line(ada: Guest, line: str) -> None:
    assert ada.says("/history 2") == page(48, 49)
    ada.says(line)
    last = [*page(49), "12:01 <ada> hello"] if line == "hello" else page(48, 49)
    last = [*page(49), "12:01 <ada> /history"] if line == "//history" else last
    assert ada.says("/history 2") == last


def test_what_others_say_meanwhile_does_not_move_the_place(ada: Guest, bob: Guest) -> None:
    assert ada.says("/history 2") == page(48, 49)
    bob.send("50\n51\n")
    ada.read()
    assert ada.says("/history 2") == page(46, 47)


def test_a_half_typed_line_survives_a_page(house: TestHouse, bob: Guest) -> None:
    ada = house.terminal("ada")
    screen = Screen(ada)
    screen.rows()
    ada.send("/history 2\r\0half")
    assert screen.rows()[-4:] == [*page(48, 49), "[#lobby] half"]


def test_a_page_is_dimmed(house: TestHouse, bob: Guest) -> None:
    ada = house.terminal("ada")
    assert b"\x1b[2m12:01 <bob> 49\x1b[0m\r\n" in ada.hear("/history 1\r\0")


@pytest.mark.parametrize(("asked", "given"), [("0", 1), ("1", 1), ("999999999999", 50)])
def test_how_many(ada: Guest, asked: str, given: int) -> None:
    assert ada.says(f"/history {asked}") == page(*range(50 - given, 50))


def test_another_room(house: TestHouse, bob: Guest, ada: Guest) -> None:
    bob.send("/join games\nin the games\n")
    ada.send("/join games\n/join lobby\n")
    ada.read()
    games = [DAY, "12:01 #games <bob> in the games"]
    assert ada.says("/history games") == games
    assert ada.says("/history 1") == page(49)  # of another room, so from its end
    assert ada.says("/history 1 GAMES") == games


def test_from_a_day_on(house: TestHouse, bob: Guest, ada: Guest) -> None:
    house.at += 86_400
    bob.send("tomorrow\n")
    ada.read()
    assert ada.says("/history 2024-03-01") == [NEXT_DAY, "12:01 <bob> tomorrow"]
    assert ada.says("/history 2") == page(48, 49)  # and back from there
    assert ada.says("/history 2 2024-02-29") == page(0, 1)
    assert ada.says("/history 2024-03-02") == ["  Nothing since then is kept of #lobby."]
    assert ada.says("/history 1") == [NEXT_DAY, "12:01 <bob> tomorrow"]


def test_before_a_time_of_day() -> None:
    house = TestHouse()
    noon = (datetime.now() - timedelta(days=1)).replace(hour=12, minute=0, second=0)
    bob = house.pipe("bob")
    for minutes in (29, 30, 31):
        house.at = (noon + timedelta(minutes=minutes)).timestamp()
        bob.send(f"{minutes}\n")
    ada = house.pipe("ada")
    # At whatever time this runs, 12:32 was after all that and 12:30 was that or a day later.
    assert [line[6:] for line in ada.says("/history 2 before 12:30")[1:]] in (
        ["<bob> 29"],
        ["<bob> 30", "<bob> 31"],
    )


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/history before", "Something is missing; type it so: /history before 12:30"),
        ("/history before 25:00", "25:00 is not a time of day; write it as 12:30."),
        ("/history before noon", "noon is not a time of day; write it as 12:30."),
        ("/history 2024-02-30", "2024-02-30 is not a day; write it as 2026-11-20."),
        ("/history 0000-00-00", "0000-00-00 is not a day; write it as 2026-11-20."),
        ("/history 9999999-1-1", "9999999-1-1 is not a day; write it as 2026-11-20."),
        ("/history #nowhere", "There is no room #nowhere; /rooms shows which there are."),
        ("/history games", "You are not in #games; /join #games takes you there."),
        ("/search", "There is nothing to search for; type words."),
        (
            "/search in:#games",
            "There is nothing to search for; type words, as in: release notes from:bob",
        ),
        ("/search since:x y", "since: needs a day, as in since:2026-11-01."),
        ("/seen", "Something is missing; type it so: /seen NICK"),
        ("/seen a b", "A name cannot hold a space; use letters, digits and _ - [ ] { } ^ | \\ `."),
    ],
)
def test_wrong_words(bob: Guest, ada: Guest, line: str, answer: str) -> None:
    bob.send("/join games\n")
    ada.read()
    assert ada.says(line) == [f"  {answer}"]


def test_without_a_room_there_is_no_history(ada: Guest) -> None:
    ada.says("/leave")
    answer = ["  You are in no room; /join #lobby takes you to one."]
    assert ada.says("/history") == answer
    assert ada.says("/history lobby") == ["  You are not in #lobby; /join #lobby takes you there."]
    assert ada.says("/search 49") == ["  Nothing was found."]


def found(*texts: str) -> list[str]:
    return [f"  2024-02-29 12:01 #lobby {text}" for text in texts]


def test_the_newest_is_found_first(ada: Guest, bob: Guest) -> None:
    bob.send("Tea at five\n/me makes tea\n/topic tea\nteapot\n")
    ada.read()
    assert ada.says("/search TEA") == found(
        "-- bob set the topic: tea", "* bob makes tea", "<bob> Tea at five"
    )
    assert ada.says('/search "at five" from:BOB') == found("<bob> Tea at five")
    assert ada.says("/search tea from:ada") == ["  Nothing was found."]


def test_a_search_without_words_goes_on(ada: Guest, bob: Guest) -> None:
    bob.send("".join(f"tea {number}\n" for number in range(45)))
    ada.read()
    more = "  There is more: /search shows what is older."
    assert ada.says("/search tea") == [*found(*(f"<bob> tea {n}" for n in range(44, 24, -1))), more]
    ada.says("hello")
    assert ada.says("/search") == [*found(*(f"<bob> tea {n}" for n in range(24, 4, -1))), more]
    assert ada.says("/search") == found(*(f"<bob> tea {n}" for n in range(4, -1, -1)))
    assert ada.says("/search") == ["  Nothing older was found."]
    assert ada.says("/search coffee") == ["  Nothing was found."]
    assert ada.says("/search") == ["  There is nothing to search for; type words."]


def test_only_in_the_rooms_of_now(house: TestHouse, ada: Guest, bob: Guest) -> None:
    bob.send("tea\n/join games\ntea\n/join secret\ntea\n")
    ada.send("/join secret\n/leave secret\n/join games\n")
    ada.read()
    assert [line.split()[2] for line in ada.says("/search tea")] == ["#games", "#lobby"]
    assert ada.says("/search tea in:secret") == ["  Nothing was found."]
    assert len(ada.says("/search tea in:GAMES")) == 1
    ada.says("/leave")
    assert [line.split()[2] for line in ada.says("/search tea")] == ["#lobby"]


def test_found_words_are_marked(house: TestHouse, bob: Guest) -> None:
    bob.send("Tea time\n")
    ada = house.terminal("ada")
    sent = ada.hear("/search tea\r\0")
    assert b"2024-02-29 12:01 #lobby <bob> \x1b[1mTea\x1b[0m time\r\n" in sent
    assert b"\x1b[1m" not in ada.hear("/search 2024\r\0")
    ada.hear("/color off\r\0")
    assert b"<bob> Tea time\r\n" in ada.hear("/search tea\r\0")


def test_found_text_moves_nothing(house: TestHouse) -> None:
    """FAULTS rows 16 to 19: what is stored is as it was sent by any protocol."""
    bob = house.pipe("bob")
    bob.send("tea \x1b[2J\x9b\u202e\n")
    ada = house.pipe("ada")
    assert "\x1b" not in "".join(ada.says("/search tea") + ada.says("/history"))


def test_who_was_seen(house: TestHouse, bob: Guest, ada: Guest) -> None:
    assert ada.says("/seen BOB") == ["  bob is here."]
    assert ada.says("/seen ada") == ["  ada is here."]
    bob.send("/quit\n")
    ada.read()
    assert ada.says("/seen BOB") == ["  bob was last here on Thursday 29 February 2024 at 12:01."]
    assert ada.says("/seen zed") == ["  zed has not been here, as far as the history goes back."]
    ada.says("/time off")
    assert ada.says("/seen bob") == ["  bob was last here on Thursday 29 February 2024 at 12:01."]


def test_seen_over_a_restart(house: TestHouse, bob: Guest) -> None:
    again = TestHouse(journal=house.journal)
    again.at = AT + 3600
    ada = again.pipe("ada")
    assert ada.says("/seen bob") == ["  bob was last here on Thursday 29 February 2024 at 12:01."]


def test_answers_come_in_the_order_of_the_questions(house: TestHouse, ada: Guest) -> None:
    house.reads = False
    assert ada.says("/history 1\nhello\n/seen zed\n/search 49\n/who") == []
    house.read_on()
    assert ada.read().decode().splitlines() == [
        *page(49),
        "12:01 <ada> hello",
        "  zed has not been here, as far as the history goes back.",
        *found("<bob> 49"),
        "  2 people in #lobby:",
        "    ada, bob",
    ]


def test_others_are_heard_while_a_page_is_read(house: TestHouse, bob: Guest, ada: Guest) -> None:
    house.reads = False
    assert ada.says("/history 2") == []
    bob.send("meanwhile\n")
    assert ada.read() == b"12:01 <bob> meanwhile\n"
    house.read_on()
    assert ada.read().decode().splitlines() == page(48, 49)  # what came since has been told


def test_found_lines_are_wrapped_and_marked_on_every_row(house: TestHouse, bob: Guest) -> None:
    bob.send("alpha tea beta gamma tea\n/topic 2024 tea\n")
    ada = house.terminal("ada", columns=40)
    sent = ada.hear("/search tea\r\0").decode()
    below = "\r\n" + " " * len("  2024-02-29 ")
    assert f"  2024-02-29 12:01 #lobby <bob> alpha{below}\x1b[1mtea\x1b[0m beta gamma" in sent
    sent = ada.hear("/search 2024\r\0").decode()
    assert f"2024-02-29 12:01 #lobby -- bob set the{below}topic: \x1b[1m2024\x1b[0m tea" in sent
