"""Every command and every error, as the person reads it."""

import re

import pytest

from chatserver.config import Limits
from chatserver.telnet.commands import CHARSETS, TABLE
from tests.telnet.house import Guest, TestHouse


@pytest.fixture
def house() -> TestHouse:
    return TestHouse()


@pytest.fixture
def ada(house: TestHouse) -> Guest:
    return house.pipe("ada")


@pytest.fixture
def bob(house: TestHouse, ada: Guest) -> Guest:
    guest = house.pipe("bob")
    ada.read()
    return guest


NOBODY = "Nobody has written to you alone yet; /msg NICK TEXT writes to somebody."
SETS = ", ".join(CHARSETS)
NO_ROOM = "  You are in no room; /join #lobby takes you to one."
WAITED = "is not here; they will see it when they come back."
SET_BY_ADA = "(set by ada on Thursday 29 February 2024 at 12:01)"
ALONE = "  You are in #games, alone so far."
BAD_ROOM = "use letters, digits and - _ . +."
BAD_NICK = "use letters, digits and _ - [ ] { } ^ | \\ `."


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        # what is said
        ("hello", ["12:01 <ada> hello"]),
        ("  hello", ["12:01 <ada>   hello"]),
        ("//text", ["12:01 <ada> /text"]),
        ("///", ["12:01 <ada> //"]),
        ("", []),
        ("   ", []),
        ("/me waves", ["12:01 * ada waves"]),
        ("/ME waves", ["12:01 * ada waves"]),
        ("\x01VERSION\x01", ["  CTCP is off in this room."]),
        # what there is not
        ("/jion", ["  There is no /jion. Did you mean /join?"]),
        ("/colour off", ["  There is no /colour. Did you mean /color?"]),
        ("/j games", ["  There is no /j. Did you mean /join?"]),
        ("/nope", ["  There is no /nope. /help shows what there is."]),
        ("/", ["  There is no /. /help shows what there is."]),
        ("/ hello", ["  There is no /. /help shows what there is."]),
        ("/help jion", ["  There is no /jion. Did you mean /join?"]),
        # rooms
        ("/join games", [ALONE]),
        ("/join #games", [ALONE]),
        ("/join #Games", ["  You are in #Games, alone so far."]),
        ("/join", ["  Something is missing; type it so: /join ROOM [KEY]"]),
        ("/join #", ["  A room's name has at least one character after the #."]),
        ("/join a,b", [f"  A room's name cannot hold “,”; {BAD_ROOM}"]),
        ("/join 1\u0301", [f"  A room's name cannot hold the character U+0301; {BAD_ROOM}"]),
        ("/join " + "x" * 50, ["  That room name is too long (limit 50 characters)."]),
        ("/leave", ["  You have left #lobby."]),
        ("/leave lobby", ["  You have left #lobby."]),
        ("/leave #LOBBY bye", ["  You have left #lobby."]),
        ("/leave #nowhere", ["  There is no room #nowhere; /rooms shows which there are."]),
        ("/leave " + "x" * 301, ["  That reason is too long (limit 300 characters)."]),
        ("/rooms", ["  #lobby    1 person"]),
        ("/who", ["  1 person in #lobby:", "    ada"]),
        ("/who #nowhere", ["  There is no room #nowhere; /rooms shows which there are."]),
        ("/who a b", [f"  A room's name cannot hold a space; {BAD_ROOM}"]),
        ("/topic", ["  #lobby has no topic; /topic TEXT sets one."]),
        ("/topic hello", ["12:01 -- ada set the topic of #lobby: hello"]),
        ("/topic -", ["12:01 -- ada took the topic of #lobby away"]),
        ("/topic " + "x" * 391, ["  That topic is too long (limit 390 characters)."]),
        # people
        ("/whois", ["  Something is missing; type it so: /whois NICK"]),
        ("/whois zed", ["  zed is not here; /who shows who is."]),
        ("/whois ADA", ["  ada is in #lobby, here since 12:01, last spoke just now."]),
        ("/msg", ["  Something is missing; type it so: /msg NICK TEXT"]),
        ("/msg bob", ["  Something is missing; type it so: /msg NICK TEXT"]),
        ("/msg , x", ["  Something is missing; type it so: /msg NICK TEXT"]),
        ("/msg zed hi", ["12:01 <ada -> zed> hi", f"  zed {WAITED}"]),
        (
            "/msg yan,zed hi",
            [
                "12:01 <ada -> yan> hi",
                "12:01 <ada -> zed> hi",
                f"  yan {WAITED}",
                f"  zed {WAITED}",
            ],
        ),
        ("/msg 9 hi", ["  9 is not here; /who shows who is."]),
        ("/msg 8,9 hi", ["  8, 9 are not here; /who shows who is."]),
        ("/msg a,b,c,d,e hi", ["  That is too many names; at most 4 at once."]),
        ("/msg ada,ADA hi", ["12:01 <ada -> ada> hi"]),
        ("/reply hi", [f"  {NOBODY}"]),
        # oneself
        ("/nick", ["  Something is missing; type it so: /nick NEW"]),
        ("/nick eve", ["  You are eve now."]),
        ("/nick 9to5", ["  A name cannot begin with “9”; begin with a letter or _."]),
        ("/nick a b", [f"  A name cannot hold a space; {BAD_NICK}"]),
        ("/nick é", [f"  A name cannot hold “é”; {BAD_NICK}"]),
        ("/nick a\u200db", [f"  A name cannot hold the character U+200D; {BAD_NICK}"]),
        ("/nick " + "x" * 33, ["  That name is too long (limit 32 characters)."]),
        ("/away", ["  You are marked as away."]),
        ("/away lunch", ["  You are marked as away: lunch"]),
        ("/away " + "x" * 301, ["  That reason is too long (limit 300 characters)."]),
        ("/back", ["  You are back."]),
        ("/ignore", ["  You ignore nobody."]),
        ("/ignore ada", ["  That is you; nobody can ignore themselves."]),
        ("/ignore a,b", [f"  A name cannot hold “,”; {BAD_NICK}"]),
        ("/ignore zed", ["  You see nothing more of zed; /unignore zed ends that."]),
        ("/unignore zed", ["  You do not ignore zed; /ignore shows whom you do."]),
        ("/color off", ["  Colours are off."]),
        ("/COLOR ON", ["  Colours are on."]),
        ("/color", ["  Something is missing; type it so: /color on|off"]),
        ("/color red", ["  “red” is not one of the choices; they are on, off."]),
        ("/bell off", ["  The bell is off."]),
        ("/time off", ["  Times are off."]),
        ("/time on", ["  Times are the server's own."]),
        ("/time +02:00", ["  Times are those of +02:00."]),
        ("/time noon", ["  “noon” is not a time zone; use off, on or an offset such as +02:00."]),
        ("/time +99", ["  “+99” is not a time zone; use off, on or an offset such as +02:00."]),
        ("/charset latin-1", ["  Text is sent and read as latin-1."]),
        ("/charset ebcdic", [f"  “ebcdic” is not one of the choices; they are {SETS}."]),
        ("/help color", ["  /color on|off", "    Show colours or not."]),
        ("/help /COLOR", ["  /color on|off", "    Show colours or not."]),
        ("/quit", ["  Good-bye."]),
        ("/quit see you", ["  Good-bye."]),
    ],
)  # fmt: skip
def test_answers(ada: Guest, line: str, answer: list[str]) -> None:
    assert ada.says(line) == answer


def test_help_shows_every_command_of_the_table(ada: Guest) -> None:
    lines = ada.says("/help")
    for command, line in zip(TABLE.values(), lines, strict=False):
        assert line.startswith(f"  {command.usage} ")
    assert lines[-1] == "  What begins with no slash is said to the room; //text says /text."
    assert len(lines) == len(TABLE) + 1


def test_what_has_columns_is_lined_up_below_the_last(house: TestHouse, ada: Guest) -> None:
    ada.send("/join den\n/topic one two three four five six seven\n")
    bob = house.terminal("bob", columns=50)
    rows = bob.hear("/rooms\r\0").decode().split("\r\n")
    assert rows[1].endswith("#den      1 person  one two three four five six")
    assert rows[2] == " " * 22 + "seven"
    rows = bob.hear("/help\r\0").decode().split("\r\n")
    place = next(at for at, row in enumerate(rows) if row.startswith("  /op NICK"))
    assert rows[place + 1].startswith(" " * 23 + "of the room")


@pytest.mark.parametrize("name", TABLE)
def test_each_command_has_its_own_help(ada: Guest, name: str) -> None:
    usage, *text = ada.says(f"/help {name}")
    assert usage == f"  {TABLE[name].usage}"
    assert " ".join(line.strip() for line in text) == TABLE[name].help


@pytest.mark.parametrize("name", [command.name for command in TABLE.values() if command.needs])
def test_a_command_that_lacks_its_words_says_how_it_is_typed(ada: Guest, name: str) -> None:
    assert ada.says(f"/{name}") == [f"  Something is missing; type it so: {TABLE[name].usage}"]


# Names.


def test_a_name_is_taken_whatever_its_letter_case(ada: Guest, bob: Guest) -> None:
    """FAULTS row 31."""
    assert bob.says("/nick ADA") == ["  That name is in use."]
    assert ada.says("/nick Ada") == ["  You are Ada now."]


def test_another_name_is_told_to_the_others_once(house: TestHouse, ada: Guest, bob: Guest) -> None:
    bob.send("/join games\n")
    ada.send("/join games\n")
    bob.read()
    ada.send("/nick eve\nhello\n")
    assert bob.read().decode().splitlines() == [
        "12:01 -- ada is now eve",
        "12:01 <eve> hello",
    ]


def test_the_same_name_again_is_told_to_nobody(ada: Guest, bob: Guest) -> None:
    bob.read()
    assert ada.says("/nick ada") == ["  You are ada now."]
    assert bob.read() == b""


# Rooms.


def test_lines_of_another_room_carry_its_name(ada: Guest, bob: Guest) -> None:
    bob.send("/join games\n")
    assert ada.says("/join games") == ["  You are in #games with bob."]
    assert ada.says("/join lobby") == []
    bob.send("anyone?\n/me waits\n/join lobby\nhere\n")
    assert ada.read().decode().splitlines() == [
        "12:01 #games <bob> anyone?",
        "12:01 #games * bob waits",
        "12:01 <bob> here",
    ]


def test_one_who_leaves_a_room_is_in_the_one_before(ada: Guest, bob: Guest) -> None:
    ada.send("/join games\n/join cafe\n/join games\n")
    ada.read()
    assert ada.says("/leave") == ["  You have left #games."]
    assert ada.says("in the café") == ["12:01 <ada> in the café"]
    assert ada.says("/who")[0] == "  1 person in #cafe:"
    bob.read()
    assert ada.says("/leave lobby so long") == ["  You have left #lobby."]
    assert bob.read() == b"12:01 <- ada has left #lobby (so long)\n"
    assert ada.says("/leave") == ["  You have left #cafe."]
    for line in ("hello", "/me waves", "/topic", "/leave"):
        assert ada.says(line) == [NO_ROOM]


def test_an_empty_room_goes_away_and_comes_back_with_its_topic(ada: Guest) -> None:
    ada.send("/join games\n/topic chess\n")
    assert ada.says("/rooms") == [
        "  #games    1 person  chess",
        "  #lobby    1 person",
    ]
    ada.send("/leave\n")
    assert ada.says("/rooms") == ["  #lobby    1 person"]
    assert ada.says("/join games") == [ALONE, f"  Topic of #games: chess {SET_BY_ADA}"]


def test_a_topic_is_shown_to_who_comes(house: TestHouse, ada: Guest, bob: Guest) -> None:
    ada.send("/topic  be kind \n")
    assert bob.read() == b"12:01 -- ada set the topic of #lobby: be kind\n"
    assert house.pipe().send("cy\n").read().decode().splitlines()[-2:] == [
        "  You are in #lobby with ada and bob. Type to talk; /help shows what else there is.",
        f"  Topic of #lobby: be kind {SET_BY_ADA}",
    ]
    assert bob.says("/topic") == [f"  Topic of #lobby: be kind {SET_BY_ADA}"]


def test_twenty_rooms_are_the_most(ada: Guest) -> None:
    """FAULTS row 37."""
    for number in range(19):
        assert ada.says(f"/join r{number}") == [f"  You are in #r{number}, alone so far."]
    assert ada.says("/join r20") == ["  You are in 20 rooms, the most allowed."]


def test_the_names_of_a_large_room_are_not_listed(house: TestHouse, ada: Guest) -> None:
    for number in range(20):
        house.pipe(f"guest{number}")
    last = house.pipe()
    assert "  You are in #lobby with 21 others; /who shows them." in last.hear("zed\n").decode()


# People.


def test_private_words(ada: Guest, bob: Guest) -> None:
    bob.read()
    assert ada.says("/msg bob,nobody,zed hi  there") == [
        "12:01 <ada -> bob> hi  there",
        "12:01 <ada -> nobody> hi  there",
        "12:01 <ada -> zed> hi  there",
        f"  nobody {WAITED}",
        f"  zed {WAITED}",
    ]
    assert bob.read() == b"12:01 <ada -> bob> hi  there\n"
    assert bob.says("/reply hello") == ["12:01 <bob -> ada> hello"]
    assert ada.read() == b"12:01 <bob -> ada> hello\n"
    ada.send("/nick eve\n")
    bob.read()
    assert bob.says("/reply still you?") == ["12:01 <bob -> eve> still you?"]


def test_one_copy_for_each_name(ada: Guest, bob: Guest) -> None:
    """FAULTS row 15."""
    bob.read()
    ada.send("/msg bob,BOB,bob,Bob,bOb hi\n")
    assert bob.read() == b"12:01 <ada -> bob> hi\n"


def test_who_is_away(ada: Guest, bob: Guest) -> None:
    bob.send("/away lunch\n")
    assert ada.says("/msg bob hi") == ["12:01 <ada -> bob> hi", "  bob is away: lunch"]
    assert ada.says("/who") == ["  2 people in #lobby:", "    ada, bob (away: lunch)"]
    assert ada.says("/whois bob")[1:] == ["  bob is away: lunch"]
    bob.send("/away\n")
    assert ada.says("/who") == ["  2 people in #lobby:", "    ada, bob (away)"]
    assert ada.says("/whois bob")[1:] == ["  bob is away."]
    assert ada.says("/msg bob hi")[1:] == ["  bob is away."]
    bob.send("/back\n")
    assert ada.says("/whois bob")[1:] == []


@pytest.mark.parametrize(
    ("seconds", "ago"),
    [(0, "just now"), (59, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"),
     (90000, "1 day ago"), (-100, "just now")],
)  # fmt: skip
def test_how_long_ago(house: TestHouse, ada: Guest, bob: Guest, seconds: int, ago: str) -> None:
    bob.send("hi\n")
    house.at += seconds
    ada.read()
    assert ada.says("/whois bob")[0].endswith(f"last spoke {ago}.")


def test_the_ignored_are_not_seen_under_another_name_either(ada: Guest, bob: Guest) -> None:
    ada.send("/ignore BOB\n")
    ada.read()
    bob.send("hi\n/me waves\n/msg ada psst\n/nick bert\nhi\n/msg ada psst\n")
    assert ada.read() == b"12:01 -- bob is now bert\n"
    assert ada.says("/reply hm")[0].startswith("  Nobody has written")
    assert ada.says("/ignore") == ["  You ignore bert."]
    assert ada.says("/unignore bert") == ["  You see again what bert says."]
    bob.send("hi\n")
    assert ada.read() == b"12:01 <bert> hi\n"


def test_last_words(ada: Guest, bob: Guest) -> None:
    for words, shown in (("", "quit"), ("see you", "see you"), ("x" * 400, "x" * 300)):
        guest = ada.home.pipe("cy")
        bob.read()
        guest.send(f"/quit {words}\nnever said\n")
        assert bob.read().decode() == f"12:01 <- cy left ({shown})\n"
        assert guest.gone


# One's own settings.


def test_times(house: TestHouse, ada: Guest, bob: Guest) -> None:
    ada.says("/time off")
    assert ada.says("hi") == ["<ada> hi"]
    bob.send("hi\n/join x\n/leave\n")
    assert ada.read() == b"<bob> hi\n"
    ada.says("/time utc")
    utc = ada.says("hi")[0]
    ada.says("/time +01:30")
    shifted = ada.says("hi")[0]
    assert (_minutes(shifted) - _minutes(utc)) % 1440 == 90
    ada.says("/time on")
    assert ada.says("hi") == ["12:01 <ada> hi"]


def _minutes(line: str) -> int:
    found = re.match(r"(\d\d):(\d\d) ", line)
    assert found
    return 60 * int(found[1]) + int(found[2])


def test_limits_are_settings() -> None:
    ada = TestHouse(Limits(rate=None, nick=5, room=8, topic=3, targets=1)).pipe("ada")
    assert ada.says("/nick longer") == ["  That name is too long (limit 5 characters)."]
    assert ada.says("/join longer12") == ["  That room name is too long (limit 8 characters)."]
    assert ada.says("/topic long") == ["  That topic is too long (limit 3 characters)."]
    assert ada.says("/msg a,b x") == ["  That is too many names; at most 1 at once."]
    assert ada.says("/ignore longer") == ["  That name is too long (limit 5 characters)."]
