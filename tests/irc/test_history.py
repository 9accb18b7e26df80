"""CHATHISTORY (IRCv3 draft/chathistory), and the last lines for who joins a room without it."""

import pytest

from chatserver.irc.line import time_tag
from chatserver.limits import Limits
from tests.irc.house import AT, Client, IrcHouse

CAPS = ("batch", "message-tags", "server-time", "draft/chathistory")
NONE = "Messages could not be retrieved"


@pytest.fixture
def house() -> IrcHouse:
    """A room where ten lines were said, a second apart, under a topic."""
    house = IrcHouse()
    bob = house.client("bob", joins="#den")
    bob.lines("TOPIC #den :tea")
    for number in range(10):
        house.at = AT + number
        bob.lines(f"PRIVMSG #den :{number}")
    house.at = AT + 100
    return house


@pytest.fixture
def ada(house: IrcHouse) -> Client:
    return house.client("ada", *CAPS, joins="#den")


def read(client: Client, command: str, target: str = "#den") -> list[str]:
    """Return the texts of the batch that is the whole answer."""
    client.read()
    start, *lines, end = client.messages(f"CHATHISTORY {command}")
    name = start.params[0].removeprefix("+")
    assert start.params == (f"+{name}", "chathistory", target)
    assert end.params == (f"-{name}",)
    assert all(line.tags["batch"] == name for line in lines)
    return [line.params[-1] for line in lines]


def time(number: float) -> str:
    return f"timestamp={time_tag(AT + number)}"


def test_the_latest(ada: Client) -> None:
    assert read(ada, "LATEST #den * 3") == ["7", "8", "9"]
    assert read(ada, "latest #DEN * 1", "#den") == ["9"]
    assert read(ada, f"LATEST #den {time(7)} 5") == ["8", "9"]
    assert read(ada, "LATEST #den * 500") == [str(number) for number in range(10)]
    assert read(ada, "LATEST #den * 99999999999999999999") == [str(n) for n in range(10)]


def test_around_times(ada: Client) -> None:
    assert read(ada, f"BEFORE #den {time(3)} 2") == ["1", "2"]
    assert read(ada, f"AFTER #den {time(3)} 2") == ["4", "5"]
    assert read(ada, f"BETWEEN #den {time(2)} {time(6)} 2") == ["3", "4"]
    assert read(ada, f"BETWEEN #den {time(6)} {time(2)} 2") == ["4", "5"]
    assert "5" in read(ada, f"AROUND #den {time(5)} 3")


def test_around_messages(ada: Client) -> None:
    lines = ada.messages("CHATHISTORY LATEST #den * 10")[1:-1]
    ids = [f"msgid={line.tags['msgid']}" for line in lines]
    assert read(ada, f"BEFORE #den {ids[3]} 2") == ["1", "2"]
    assert read(ada, f"AFTER #den {ids[3]} 2") == ["4", "5"]
    assert read(ada, f"BETWEEN #den {ids[2]} {ids[6]} 9") == ["3", "4", "5"]
    assert read(ada, f"AROUND #den {ids[5]} 3") == ["4", "5", "6"]


def test_it_comes_with_the_tags_it_was_said_with(house: IrcHouse, ada: Client) -> None:
    bob = house.client("bea", *CAPS, "echo-message", joins="#den")
    (said,) = bob.messages("@+draft/reply=1 PRIVMSG #den :\x01ACTION waves\x01")
    ada.read()
    (line,) = ada.messages("CHATHISTORY LATEST #den * 1")[1:-1]
    assert dict(line.tags) == {"batch": line.tags["batch"], **said.tags}
    assert line.params == said.params


def test_several_lines_are_one_message_within(house: IrcHouse, ada: Client) -> None:
    eve = house.client("eve", *CAPS, "draft/multiline", joins="#den")
    lines = ("@batch=1 NOTICE #den :one", "@batch=1 NOTICE #den :two")
    eve.lines("BATCH +1 draft/multiline #den", *lines, "BATCH -1")
    outer, inner, *said, inner_end, outer_end = eve.messages("CHATHISTORY LATEST #den * 1")
    assert inner.params[1:] == ("draft/multiline", "#den")
    assert inner.tags["batch"] == inner_end.tags["batch"] == outer.params[0][1:]
    assert [(one.command, one.params[1]) for one in said] == [("NOTICE", "one"), ("NOTICE", "two")]
    assert {one.tags["batch"] for one in said} == {inner.params[0][1:]}
    assert outer_end.params == (f"-{outer.params[0][1:]}",)
    ada.read()
    assert read(ada, "LATEST #den * 1") == ["one", "two"]


def test_only_what_was_said_unless_events_are_asked_for(house: IrcHouse, ada: Client) -> None:
    eve = house.client("eve", *CAPS, "draft/event-playback", joins="#den")
    kinds = {line.command for line in eve.messages("CHATHISTORY LATEST #den * 100")[1:-1]}
    assert {"JOIN", "TOPIC", "PRIVMSG"} <= kinds
    ada.read()
    kinds = {line.command for line in ada.messages("CHATHISTORY LATEST #den * 100")[1:-1]}
    assert kinds == {"PRIVMSG"}


def test_who_is_who_is_part_of_the_history(house: IrcHouse, ada: Client) -> None:
    """Chathistory, "Returned messages"; a name that changes is one message, told with one id."""
    extended = house.client("eve", *CAPS, "draft/event-playback", "extended-join", joins="#den")
    cy = house.client("cy", *CAPS, joins="#den")
    house.read_all()
    (own,) = cy.messages("NICK dora")
    (heard,) = extended.messages()
    cy.lines("PRIVMSG #den :hello", "QUIT :bye")
    extended.read()
    past = extended.messages("CHATHISTORY LATEST #den * 4")[1:-1]
    assert [(one.command, one.source.partition("!")[0], *one.params) for one in past] == [
        ("JOIN", "cy", "#den", "*", "cy"),  # of nobody more is kept than the nick
        ("NICK", "cy", "dora"),
        ("PRIVMSG", "dora", "#den", "hello"),
        ("QUIT", "dora", "Quit: bye"),
    ]
    assert own.tags["msgid"] == heard.tags["msgid"] == past[1].tags["msgid"]


def test_what_two_have_said_to_each_other(house: IrcHouse, ada: Client) -> None:
    cy, dan = house.client("cy", *CAPS), house.client("dan", *CAPS)
    ada.lines("PRIVMSG cy :one", "PRIVMSG dan :other")
    cy.lines("PRIVMSG ada :two")
    dan.lines("PRIVMSG cy :third")
    assert read(ada, "LATEST cy * 10", "cy") == ["one", "two"]
    assert read(cy, "LATEST ada * 10", "ada") == ["one", "two"]
    assert read(dan, "LATEST ada * 10", "ada") == ["other"]


def test_a_batch_names_somebody_as_they_are_called(house: IrcHouse, ada: Client) -> None:
    """Chathistory, "Returned messages": the canonical name of the target."""
    cy = house.client("Cy", *CAPS)
    ada.lines("PRIVMSG cy :one")
    assert read(ada, "LATEST CY * 10", "Cy") == ["one"]
    assert read(cy, "LATEST ADA * 10", "ada") == ["one"]
    assert read(ada, "LATEST #DEN * 1") == ["9"]


def test_with_whom_and_where_something_was_said(house: IrcHouse, ada: Client) -> None:
    house.client("cy", *CAPS)
    ada.lines("PRIVMSG cy :one")
    start, *lines, end = ada.messages(f"CHATHISTORY TARGETS {time(0)} {time(200)} 10")
    assert start.params[1:] == ("draft/chathistory-targets",)
    assert end.params == (f"-{start.params[0][1:]}",)
    assert [line.params for line in lines] == [
        ("TARGETS", "#den", time(9).removeprefix("timestamp=")),
        ("TARGETS", "cy", time(100).removeprefix("timestamp=")),
    ]


def test_a_client_without_batches_gets_the_lines_alone(house: IrcHouse) -> None:
    eve = house.client("eve", "draft/chathistory", joins="#den")
    assert [one.params for one in eve.messages("CHATHISTORY LATEST #den * 2")] == [
        ("#den", "8"),
        ("#den", "9"),
    ]


def test_nothing_found_is_an_empty_batch(ada: Client) -> None:
    assert read(ada, f"AFTER #den {time(50)} 5") == []
    assert read(ada, "LATEST cy * 5", "cy") == []


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("", "INVALID_PARAMS * :Unknown command"),
        ("SOONER #den * 5", "INVALID_PARAMS SOONER :Unknown command"),
        ("LATEST #den *", "INVALID_PARAMS LATEST :Insufficient parameters"),
        ("LATEST #den * 5 5", "INVALID_PARAMS LATEST :Too many parameters"),
        ("BETWEEN #den msgid=1 5", "INVALID_PARAMS BETWEEN :Insufficient parameters"),
        ("TARGETS timestamp=x 5", "INVALID_PARAMS TARGETS :Insufficient parameters"),
        ("LATEST #den * x", "INVALID_PARAMS LATEST x :Invalid limit"),
        ("LATEST #den * -1", "INVALID_PARAMS LATEST -1 :Invalid limit"),
        ("LATEST #den * 0", "INVALID_PARAMS LATEST 0 :Invalid limit"),
        ("LATEST #den * ٣", "INVALID_PARAMS LATEST ٣ :Invalid limit"),
        (
            "BEFORE #den timestamp=2024-13-01T00:00:00.000Z 5",
            "INVALID_PARAMS BEFORE timestamp=2024-13-01T00:00:00.000Z :Invalid timestamp",
        ),
        (
            "BEFORE #den timestamp=yesterday 5",
            "INVALID_PARAMS BEFORE timestamp=yesterday :Invalid timestamp",
        ),
        ("TARGETS msgid=1 msgid=2 5", "INVALID_PARAMS TARGETS msgid=1 :Invalid timestamp"),
        ("LATEST #none * 5", f"INVALID_TARGET LATEST #none :{NONE}"),
        ("LATEST #lobby * 5", f"INVALID_TARGET LATEST #lobby :{NONE}"),
        ("BEFORE #den msgid=x 5", "MESSAGE_ERROR BEFORE #den :There is no such message"),
        ("BEFORE #den msgid=9999 5", "MESSAGE_ERROR BEFORE #den :There is no such message."),
        (
            f"BETWEEN #den {time(0)} msgid=9999 5",
            "MESSAGE_ERROR BETWEEN #den :There is no such message.",
        ),
    ],
)
def test_what_is_refused(ada: Client, sent: str, answer: str) -> None:
    assert ada.lines(f"CHATHISTORY {sent}") == [f":chat.test FAIL CHATHISTORY {answer}"]


@pytest.mark.parametrize("point", ["*", "id=5", "msgids=5"])
def test_a_reference_of_another_kind(ada: Client, point: str) -> None:
    (line,) = ada.lines(f"CHATHISTORY BEFORE #den {point} 5")
    assert line.startswith(":chat.test FAIL CHATHISTORY INVALID_MSGREFTYPE BEFORE #den :")


# Who joins.


def past(client: Client) -> list[str]:
    return [one.params[1] for one in client.messages("JOIN #den") if one.command == "PRIVMSG"]


def test_without_times_the_time_is_in_the_text(house: IrcHouse) -> None:
    lines = house.client("cy").lines("JOIN #den")
    assert lines[-2:] == [
        ":bob!~bob@192.0.2.1 PRIVMSG #den :[2024-02-29 12:01] 8",
        ":bob!~bob@192.0.2.1 PRIVMSG #den :[2024-02-29 12:01] 9",
    ]
    assert not any("NOTICE" in line for line in lines)


def test_with_times_they_are_in_the_tag(house: IrcHouse) -> None:
    lines = house.client("cy", "server-time").messages("JOIN #den")
    assert [one.params[1] for one in lines[-10:]] == [str(number) for number in range(10)]
    assert f"timestamp={lines[-1].tags['time']}" == time(9)


def test_with_batches_it_is_one(house: IrcHouse) -> None:
    lines = house.client("cy", "server-time", "batch").messages("JOIN #den")
    start = lines[-12]
    assert start.params[1:] == ("chathistory", "#den")
    assert lines[-1].params == (f"-{start.params[0][1:]}",)


def test_who_can_ask_is_not_shown_it(house: IrcHouse) -> None:
    assert past(house.client("cy", "draft/chathistory")) == []


def test_it_comes_behind_the_names(house: IrcHouse) -> None:
    commands = house.client("cy").numerics("JOIN #den")
    assert commands == ["JOIN", "332", "333", "353", "366", *["PRIVMSG"] * 10]


def test_none_is_shown_where_none_is_wanted() -> None:
    house = IrcHouse(Limits(rate=None, history_on_join=0))
    house.client("bob", joins="#den").lines("PRIVMSG #den :x")
    assert past(house.client("cy")) == []


def test_a_bot_answers_nothing_of_earlier(house: IrcHouse) -> None:
    """What it cannot tell from what is said now, it would take for commands."""
    bot = house.client("cy", "server-time")
    bot.lines("MODE cy +B")
    assert past(bot) == []
    bot.lines("PART #den", "MODE cy -B")
    assert len(past(bot)) == 10


def test_a_bot_may_ask(house: IrcHouse) -> None:
    bot = house.client("cy", *CAPS)
    bot.lines("MODE cy +B", "JOIN #den")
    assert read(bot, "LATEST #den * 2") == ["8", "9"]


def test_names_are_left_out_for_who_asks_for_that(house: IrcHouse) -> None:
    cy = house.client("cy", "draft/no-implicit-names", "draft/chathistory")
    assert cy.numerics("JOIN #den") == ["JOIN", "332", "333"]
    assert cy.numerics("NAMES #den") == ["353", "366"]


def test_private_talk_is_not_that_of_who_has_the_nick_now(house: IrcHouse) -> None:
    """Whom a nick belongs to is told by the mask, as long as there are no accounts."""
    ada = house.client("ada", *CAPS)
    cy = house.client("cy", *CAPS)
    ada.lines("PRIVMSG cy :a secret")
    cy.lines("PRIVMSG ada :of two")
    ada.lines("QUIT")
    eve = house.client("eve", *CAPS)
    eve.lines("NICK ada")
    assert read(eve, "LATEST cy * 10", "cy") == []
    cy.lines("PRIVMSG ada :who is it?")
    assert read(eve, "LATEST cy * 10", "cy") == ["who is it?"]
    assert read(cy, "LATEST ada * 10", "ada") == ["a secret", "of two", "who is it?"]


def test_private_talk_is_that_of_who_comes_back(house: IrcHouse) -> None:
    ada, cy = house.client("ada", *CAPS), house.client("cy", *CAPS)
    cy.lines("PRIVMSG ada :a secret")
    ada.lines("QUIT")
    assert read(house.client("ada", *CAPS), "LATEST cy * 10", "cy") == ["a secret"]


def test_what_programs_ask_each_other_is_not_asked_again_by_the_past(
    house: IrcHouse, ada: Client
) -> None:
    """Who comes later would answer it, or take a file that is not offered any more."""
    ada.lines("MODE #den -C", "PRIVMSG #den :\x01VERSION\x01", "PRIVMSG #den :\x01ACTION waves\x01")
    cy = house.client("cy", *CAPS, joins="#den")
    ada.lines("PRIVMSG cy :\x01PING 1\x01", "NOTICE cy :\x01PING 1\x01", "PRIVMSG cy :hi")
    cy.read()
    past = [one.params[1] for one in cy.messages("CHATHISTORY LATEST #den * 9")[1:-1]]
    assert past[-2:] == ["9", "\x01ACTION waves\x01"]
    past = [one.params[1] for one in cy.messages("CHATHISTORY LATEST ada * 9")[1:-1]]
    assert past == ["hi"]


@pytest.mark.parametrize("target", ["bad!nick", "@#den", "1x"])
def test_what_is_no_name_is_no_target(house: IrcHouse, ada: Client, target: str) -> None:
    [fail] = ada.lines(f"CHATHISTORY LATEST {target} * 3")
    assert fail.startswith(f":chat.test FAIL CHATHISTORY INVALID_TARGET LATEST {target} ")


@pytest.mark.parametrize(
    "question", ["CHATHISTORY LATEST #den * 9", "SEARCH in=#den;text=gone", "SEARCH text=gone"]
)
def test_the_past_ends_where_it_was_asked_for(house: IrcHouse, ada: Client, question: str) -> None:
    """Who is put out before the answer is there does not read what is said then."""
    op = house.client("op", *CAPS)
    op.lines("JOIN #room", "PRIVMSG #room :not gone")
    ada.lines("JOIN #room")
    ada.read()
    house.reads = False
    ada.send(question.replace("#den", "#room") + "\r\n")
    op.lines("KICK #room ada :out", "PRIVMSG #room :now that ada is gone")
    house.read_on()
    texts = [line.params[-1] for line in ada.messages() if line.command == "PRIVMSG"]
    assert texts == ["not gone"]


def test_who_said_it_is_where_they_are_and_nobody_else_is_taken_for_them(house: IrcHouse) -> None:
    """A program bans by what it has seen."""
    eve = house.client("eve", *CAPS, joins="#den")
    (said,) = [one for one in eve.messages("CHATHISTORY LATEST #den * 1") if one.params[-1] == "9"]
    assert said.source == "bob!~bob@192.0.2.1"
    bob = next(guest for guest in house.guests if isinstance(guest, Client))
    bob.send("QUIT\r\n")
    other = house.stranger()
    other.send("NICK bob\r\nUSER other 0 * :Another\r\nJOIN #den\r\nPRIVMSG #den :mine\r\n")
    eve.read()
    lines = eve.messages("CHATHISTORY LATEST #den * 2")[1:-1]
    assert [one.source for one in lines] == ["bob!bob@chat.test", "bob!~other@192.0.2.1"]
