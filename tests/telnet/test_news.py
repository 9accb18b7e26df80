"""What people on telnet see of what programs do."""

import pytest

from chatserver.chat import answers, events, requests
from chatserver.chat.modes import Change, Rank
from chatserver.chat.requests import Tags
from tests.irc.house import IrcHouse
from tests.telnet.house import AT, Guest, Screen, TestHouse


@pytest.fixture
def house() -> TestHouse:
    return TestHouse()


@pytest.fixture
def ada(house: TestHouse) -> Guest:
    return house.pipe("ada")


def tell(guest: Guest, *news: events.Event) -> list[str]:
    """Return what a guest is shown of events: the same, alone or with others."""
    style = guest.session.dialect
    assert style is not None
    guest.read()
    shared = style.encode(news)
    guest.session.deliver(news, guest.home.now)
    guest.home.settle(guest)
    own = guest.read()
    if shared and guest.session.key not in shared.aside:
        assert shared.data == own
    return own.decode().splitlines()


def said(text: str, id: int = 1, **more: object) -> events.Said:
    return events.Said(id, AT, "#lobby", "bob", text, False, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (said("hi", notice=True), "12:01 -bob- hi"),
        (said("hi", rank=Rank.OPERATOR), "12:01 <bob -> operators> hi"),
        (said("hi", rank=Rank.VOICE), "12:01 <bob -> those with a voice> hi"),
        (said("\x01VERSION\x01"), "12:01 <bob> CTCP VERSION"),
        (events.Told(1, AT, "bob", "ada", "hi", False, True), "12:01 -bob -> ada- hi"),
        (
            events.Said(1, AT, "#den", "bob", "a\nb", False),
            "12:01 #den <bob> a\n                 b",
        ),
        (
            events.Kicked(1, AT, "#den", "bob", "cy", "spam"),
            "12:01 <- bob put cy out of #den (spam)",
        ),
        (events.Kicked(1, AT, "#den", "bob", "cy", ""), "12:01 <- bob put cy out of #den"),
        (
            events.RoomRenamed(1, AT, "#den", "#lair", "bob", "better"),
            "12:01 -- bob renamed #den to #lair (better)",
        ),
        (
            events.Redacted(1, AT, "#lobby", "bob", 99, ""),
            "12:01 -- bob took back something said earlier",
        ),
        (events.Walloped(AT, "root", "beware"), "12:01 -- root to all who listen: beware"),
        (
            events.TopicSet(1, AT, "#den", "bob", "\x0304red"),
            "12:01 -- bob set the topic of #den: red",
        ),
    ],
)
def test_lines(ada: Guest, event: events.Event, line: str) -> None:
    assert tell(ada, event) == line.split("\n")


@pytest.mark.parametrize(
    "event",
    [
        events.Tagged(1, AT, "#lobby", "bob", "", (("+typing", "active"),)),
        events.AwaySet(AT, "bob", "lunch"),
        events.RealnameSet(AT, "bob", "Robert"),
        events.Watched(AT, "bob", True),
        events.Invited(AT, "#den", "bob", "cy"),
        events.MarkedRead("#lobby", AT),
    ],
)
def test_what_is_for_programs_is_not_shown(ada: Guest, event: events.Event) -> None:
    assert tell(ada, event) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("+o cy", "made cy an operator of #den"),
        ("-o cy", "took the rank of operator of #den from cy"),
        ("+v cy", "gave cy a voice in #den"),
        ("+b *!*@host", "banned *!*@host from #den"),
        ("-b *!*@host", "lifted the ban of *!*@host from #den"),
        ("+k key", "locked #den with a key"),
        ("-k *", "unlocked #den"),
        ("+l 5", "limited #den to 5 people"),
        ("-l", "took the limit of people from #den"),
        ("+m", "left speech in #den to those with a voice"),
        ("+s", "made #den secret"),
        ("+x what", "set +x what on #den"),
        ("-y", "set -y on #den"),
    ],
)
def test_modes_in_words(ada: Guest, changes: str, words: str) -> None:
    letters, _, value = changes.partition(" ")
    change = Change(letters[0] == "+", letters[1], value)
    event = events.ModesSet(1, AT, "#den", "bob", (change,))
    assert tell(ada, event) == [f"12:01 -- bob {words}"]


def test_several_modes_are_one_line(ada: Guest) -> None:
    changes = (Change(True, "o", "cy"), Change(True, "k", "key"), Change(False, "n"))
    assert tell(ada, events.ModesSet(1, AT, "#den", "", changes)) == [
        "12:01 -- The server made cy an operator of #den, locked #den with a key and opened #den "
        "to words from outside"
    ]


# What is said of a line.


def tagged(*tags: tuple[str, str], target: str = "#lobby", nick: str = "cy") -> events.Tagged:
    return events.Tagged(5, AT, target, nick, "", tags)


REACTS: Tags = (("+draft/react", "👍"), ("+draft/reply", "1"))


def test_a_reaction_says_to_what(ada: Guest) -> None:
    tell(ada, said("\x02hi\x02 there\nall"))
    assert tell(ada, tagged(*REACTS)) == ["12:01 -- cy reacted to “hi there all” with 👍"]
    dropped = tagged(("+draft/unreact", "👍"), ("+reply", "1"))
    assert tell(ada, dropped) == ["12:01 -- cy took back the reaction 👍 to “hi there all”"]


def test_a_reaction_is_short(ada: Guest) -> None:
    tell(ada, said("x" * 500))
    line = tell(ada, tagged(("+draft/react", "y" * 500), ("+draft/reply", "1")))[0]
    assert line == f"12:01 -- cy reacted to “{'x' * 39}…” with {'y' * 39}…"


@pytest.mark.parametrize("reply", ["", "2", "x", "1" * 30])
def test_a_reaction_to_nobody_knows_what(ada: Guest, reply: str) -> None:
    tell(ada, said("hi"))
    event = tagged(("+draft/react", "👍"), ("+draft/reply", reply))
    assert tell(ada, event) == ["12:01 -- cy reacted with 👍"]


def test_nobody_has_lines_of_other_rooms_quoted(house: TestHouse, ada: Guest) -> None:
    """A program may name any id at all."""
    tell(ada, events.Said(1, AT, "#den", "bob", "secret", False))
    assert tell(ada, tagged(*REACTS)) == ["12:01 -- cy reacted with 👍"]


def test_nor_what_two_others_say_in_private(house: TestHouse, ada: Guest) -> None:
    bob = house.pipe("bob")
    private = events.Told(1, AT, "dan", "bob", "secret", False)
    tell(bob, private)
    assert tell(ada, tagged(*REACTS)) == ["12:01 -- cy reacted with 👍"]
    assert tell(ada, tagged(*REACTS, target="ada")) == ["12:01 -- cy reacted with 👍"]
    assert tell(bob, tagged(*REACTS, target="bob", nick="dan")) == [
        "12:01 -- dan reacted to “secret” with 👍"
    ]


def test_nor_what_only_operators_have_heard(ada: Guest) -> None:
    tell(ada, said("secret", rank=Rank.OPERATOR))
    assert tell(ada, tagged(*REACTS)) == ["12:01 -- cy reacted with 👍"]


def test_a_line_that_is_taken_back_is_named_but_not_repeated(house: TestHouse, ada: Guest) -> None:
    tell(ada, said("secret"))
    taken = events.Redacted(7, AT + 60, "#lobby", "bob", 1, "")
    assert tell(ada, taken) == ["12:02 -- bob took back what they said at 12:01"]
    by_another = events.Redacted(8, AT + 60, "#lobby", "cy", 1, "spam")
    assert tell(ada, by_another) == ["12:02 -- cy took back what bob said at 12:01 (spam)"]
    assert tell(ada, tagged(*REACTS)) == ["12:01 -- cy reacted with 👍"]
    tell(ada, said("secret"))  # as another thread may see it, later
    assert tell(ada, tagged(*REACTS)) == ["12:01 -- cy reacted with 👍"]


def test_what_is_ignored_reacts_unseen(ada: Guest) -> None:
    ada.says("/ignore cy")
    for event in (tagged(*REACTS), events.Invited(AT, "#den", "cy", "ada")):
        ada.session.deliver([event], ada.home.now)
        assert ada.session.data_to_send() == b""


# What happens to oneself.


def test_who_is_put_out_is_told_and_is_out() -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#den")
    tess, dan = house.terminal("tess"), house.pipe("dan")
    for guest in (tess, dan):
        guest.send("/join den\r\0" if guest is tess else "/join den\n")
    screen = Screen(tess)
    tess.read()
    dan.read()
    tess.send("half a se")
    bob.lines("KICK #den tess :enough")
    assert screen.rows() == [
        "  bob has put you out of #den (enough). /join #den takes you back, if you may",
        "  come.",
        "[no room] half a se",
    ]
    assert dan.read().decode().splitlines() == ["12:01 <- bob put tess out of #den (enough)"]
    tess.send("cret\r\0")
    assert dan.read() == b""
    assert "  You speak to no room now; /join #lobby lets you go on there." in screen.rows()
    tess.send("/join lobby\r\0hello\r\0")
    assert "12:01 #lobby <tess> hello" in dan.read().decode()
    tess.send("/join den\r\0")
    assert screen.rows()[-1] == "[#den]"


def test_who_is_put_out_of_another_room_goes_on_where_they_are() -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#den")
    dan = house.pipe("dan")
    dan.says("/join den")
    dan.says("/join lobby")
    bob.lines("KICK #den dan")
    dan.read()
    assert dan.says("hello") == ["12:01 <dan> hello"]


def test_who_is_put_out_of_the_only_room_is_in_none() -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#den")
    dan = house.pipe("dan")
    dan.says("/join den")
    dan.says("/leave lobby")
    bob.lines("KICK #den dan")
    assert dan.read().decode().splitlines() == [
        "  bob has put you out of #den. /join #den takes you back, if you may come."
    ]
    assert dan.says("hello") == ["  You are in no room; /join #lobby takes you to one."]


def test_a_room_with_another_name_is_followed() -> None:
    house = IrcHouse()
    bob = house.client("bob", "draft/channel-rename", joins="#den")
    tess = house.terminal("tess")
    tess.send("/join den\r\0/join lobby\r\0/join den\r\0")
    screen = Screen(tess)
    screen.rows()
    bob.lines("RENAME #den #lair :better")
    bob.lines("PRIVMSG #lair :hi")
    assert screen.rows()[-3:] == [
        "12:01 -- bob renamed #den to #lair (better)",
        "12:01 <bob> hi",
        "[#lair]",
    ]
    tess.send("hello\r\0")
    assert "PRIVMSG #lair :hello" in bob.read().decode()
    tess.send("/leave\r\0")
    assert screen.rows()[-1] == "[#lobby]"


def test_one_is_told_of_an_invitation() -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#den")
    dan = house.pipe("dan")
    dan.read()
    bob.lines("MODE #den +i", "INVITE dan #den")
    assert dan.read().decode().splitlines() == [
        "  bob invites you to #den; /join #den takes you there."
    ]
    assert dan.says("/join den")[-1] == "  You are in #den with bob."


def test_one_whose_connection_is_ended_is_told_and_gone(house: TestHouse, ada: Guest) -> None:
    ada.session.deliver([said("hi"), events.Killed(AT, "root", "spam")], house.now)
    house.settle(ada)
    assert ada.read().decode().splitlines() == [
        "12:01 <bob> hi",
        "  root, an operator of the server, has ended your connection (spam).",
    ]
    assert ada.gone


def test_news_come_in_their_order(ada: Guest) -> None:
    news = [
        said("one"),
        events.Invited(AT, "#den", "bob", "ada"),
        said("two"),
        events.Kicked(1, AT, "#lobby", "bob", "ada", ""),
        events.Told(3, AT, "bob", "ada", "three", False),
    ]
    ada.session.deliver(news, ada.home.now)
    ada.home.settle(ada)
    assert [line.strip()[:19] for line in ada.read().decode().splitlines()] == [
        "12:01 <bob> one",
        "bob invites you to ",
        "12:01 <bob> two",
        "bob has put you out",
        "12:01 <bob -> ada> ",
    ]


def test_a_stray_answer_does_not_end_anything(ada: Guest) -> None:
    ada.session.deliver([answers.Done(requests.Sync())], ada.home.now)
    assert not ada.session.finished
