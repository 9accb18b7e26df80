"""Messages of several lines (IRCv3 client-batch and draft/multiline)."""

import pytest

from chatserver.limits import Limits, Rate
from tests.irc.house import FREE, Client, IrcHouse

CAPS = ("batch", "message-tags", "server-time", "draft/multiline")
ADA = ":ada!~ada@192.0.2.1"
SENT = (
    "@+x=y BATCH +1 draft/multiline #den",
    "@batch=1 PRIVMSG #den hello",
    "@batch=1 PRIVMSG #den :",
    "@batch=1 privmsg #den :how is ",
    "@batch=1;draft/multiline-concat PRIVMSG #den :everyone?",
    "BATCH -1",
)


@pytest.fixture
def house() -> IrcHouse:
    return IrcHouse()


@pytest.fixture
def ada(house: IrcHouse) -> Client:
    return house.client("ada", *CAPS, joins="#den")


def texts(client: Client) -> list[str]:
    return [one.params[1] for one in client.messages() if one.command in ("PRIVMSG", "NOTICE")]


def test_those_who_have_it_get_the_lines_as_they_were_sent(house: IrcHouse, ada: Client) -> None:
    bob = house.client("bob", *CAPS, joins="#den")
    ada.read()
    assert ada.lines(*SENT) == []
    start, *lines, end = bob.messages()
    name = start.params[0][1:]
    assert (start.source, start.command) == (ADA[1:], "BATCH")
    assert start.params == (f"+{name}", "draft/multiline", "#den")
    assert start.tags.keys() == {"msgid", "time", "+x"}
    assert [one.params for one in lines] == [
        ("#den", "hello"),
        ("#den", ""),
        ("#den", "how is "),
        ("#den", "everyone?"),
    ]
    own = {"batch": name}
    assert [dict(one.tags) for one in lines] == [
        *(own, own, own),
        {**own, "draft/multiline-concat": ""},
    ]
    assert end.params == (f"-{name}",)


def test_others_get_one_message_after_another(house: IrcHouse, ada: Client) -> None:
    bob = house.client("bob", "message-tags", "server-time", joins="#den")
    cy = house.client("cy", joins="#den")
    house.read_all()
    ada.send("".join(f"{line}\r\n" for line in SENT))
    heard = bob.messages()
    assert [one.params[1] for one in heard] == ["hello", "how is ", "everyone?"]
    assert ["msgid" in one.tags for one in heard] == [True, False, False]
    assert len({one.tags["time"] for one in heard}) == 1
    assert all(one.tags["+x"] == "y" for one in heard)
    assert not any("batch" in one.tags or "draft/multiline-concat" in one.tags for one in heard)
    assert cy.lines() == [
        f"{ADA} PRIVMSG #den :hello",
        f"{ADA} PRIVMSG #den :how is ",
        f"{ADA} PRIVMSG #den :everyone?",
    ]


def test_notices_and_private_messages_too(house: IrcHouse, ada: Client) -> None:
    bob = house.client("bob")
    lines = ("@batch=1 NOTICE bob :one", "@batch=1 NOTICE BOB :two")
    assert ada.lines("BATCH +1 draft/multiline bob", *lines, "BATCH -1") == []
    assert bob.lines() == [f"{ADA} NOTICE bob :one", f"{ADA} NOTICE bob :two"]


def test_a_long_text_of_a_person_comes_as_one_message(house: IrcHouse, ada: Client) -> None:
    bob = house.person("bob")
    ada.lines("JOIN #lobby")
    bob.send("word " * 300 + "\n")
    start, *lines, _ = ada.messages()
    assert start.command == "BATCH"
    assert "".join(one.params[1] for one in lines) == "word " * 300
    assert all("draft/multiline-concat" in one.tags for one in lines[1:])


def test_an_action_of_several_lines(house: IrcHouse, ada: Client) -> None:
    bob = house.client("bob", *CAPS, joins="#den")
    cy = house.client("cy", joins="#den")
    house.read_all()
    lines = ("@batch=1 PRIVMSG #den :\x01ACTION waves", "@batch=1 PRIVMSG #den :and goes\x01")
    ada.lines("BATCH +1 draft/multiline #den", *lines, "BATCH -1")
    assert texts(bob) == ["\x01ACTION waves", "and goes\x01"]
    assert texts(cy) == ["\x01ACTION waves\x01", "\x01ACTION and goes\x01"]


def test_lines_are_cleaned(house: IrcHouse, ada: Client) -> None:
    bob = house.client("bob", *CAPS, joins="#den")
    ada.read()
    lines = (
        "@batch=1 PRIVMSG #den :one \x1b[31m",
        "@batch=1;draft/multiline-concat PRIVMSG #den :two",
    )
    ada.lines("BATCH +1 draft/multiline #den", *lines, "BATCH -1")
    assert "".join(texts(bob)) == "one [31mtwo"


MOST = Limits(rate=None, multiline_lines=3, multiline_bytes=512)


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (["BATCH 1"], "INVALID_REFTAG 1"),
        (["BATCH +"], "INVALID_REFTAG +"),
        (["BATCH +a_b draft/multiline #den"], "INVALID_REFTAG a_b"),
        (["BATCH -9"], "INVALID_REFTAG 9"),
        (["@batch=9 PRIVMSG #den :x"], "INVALID_REFTAG 9"),
        (["BATCH +1 netsplit a b"], "UNKNOWN_TYPE 1 netsplit"),
        (["BATCH +1"], "UNKNOWN_TYPE 1 *"),
        (["BATCH +1 draft/multiline"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #den", "BATCH -1"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #den", "BATCH +2 draft/multiline #den"], "MULTILINE_INVALID"),
        (
            ["BATCH +1 draft/multiline #den", "@batch=1 PRIVMSG #other :x"],
            "MULTILINE_INVALID_TARGET #den #other",
        ),
        (["BATCH +1 draft/multiline #den", "@batch=1 JOIN #other"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #den", "@batch=1 PRIVMSG #den"], "MULTILINE_INVALID"),
        (
            [
                "BATCH +1 draft/multiline #den",
                "@batch=1 PRIVMSG #den :x",
                "@batch=1 NOTICE #den :x",
            ],
            "MULTILINE_INVALID",
        ),
        (
            [
                "BATCH +1 draft/multiline #den",
                "@batch=1 PRIVMSG #den :x",
                "@batch=1;draft/multiline-concat PRIVMSG #den :",
            ],
            "MULTILINE_INVALID",
        ),
        (
            [
                "BATCH +1 draft/multiline #den",
                "@batch=1 PRIVMSG #den :",
                "@batch=1 PRIVMSG #den :",
                "BATCH -1",
            ],
            "MULTILINE_INVALID",
        ),
        (
            ["BATCH +1 draft/multiline #den", *["@batch=1 PRIVMSG #den :x"] * 4],
            "MULTILINE_MAX_LINES 3",
        ),
        (
            ["BATCH +1 draft/multiline #den", *["@batch=1 PRIVMSG #den :" + "é" * 128] * 2],
            "MULTILINE_MAX_BYTES 512",
        ),
    ],
)
def test_what_breaks_a_rule_is_refused(lines: list[str], answer: str) -> None:
    house = IrcHouse(MOST)
    ada = house.client("ada", *CAPS, joins="#den")
    (line,) = ada.lines(*lines)
    assert line.startswith(f":chat.test FAIL BATCH {answer} :"), line


def test_the_rest_of_a_refused_batch_is_ignored(house: IrcHouse, ada: Client) -> None:
    bob = house.client("bob", joins="#den")
    ada.read()
    ada.lines("BATCH +1 draft/multiline #den", "@batch=1 PRIVMSG #other :x")
    assert ada.lines("@batch=1 PRIVMSG #den :x", "BATCH -1") == []
    assert bob.lines() == []
    ada.lines("BATCH +1 draft/multiline #den", "@batch=1 PRIVMSG #den :again", "BATCH -1")
    assert bob.lines() == [f"{ADA} PRIVMSG #den :again"]


def test_a_batch_needs_the_capability(house: IrcHouse) -> None:
    ada = house.client("ada", "message-tags", joins="#den")
    bob = house.client("bob", joins="#den")
    house.read_all()
    (line,) = ada.lines("BATCH +1 draft/multiline #den")
    assert line.startswith(":chat.test FAIL BATCH UNKNOWN_TYPE 1 draft/multiline :")
    assert ada.lines("@batch=1 PRIVMSG #den :ignored", "BATCH -1") == []
    ada.lines("@batch=1 PRIVMSG #den :without a batch")
    assert bob.lines() == [f"{ADA} PRIVMSG #den :without a batch"]


def test_who_never_ends_a_refused_batch_may_begin_another(house: IrcHouse, ada: Client) -> None:
    bob = house.client("bob", joins="#den")
    ada.read()
    ada.lines("BATCH +1 netsplit", "BATCH +2 draft/multiline #den", "@batch=2 PRIVMSG #other :x")
    lines = ("@batch=3 PRIVMSG #den :one", "@batch=3 PRIVMSG #den :two")
    assert ada.lines("BATCH +3 draft/multiline #den", *lines, "BATCH -3") == []
    assert texts(bob) == ["one", "two"]


def test_a_refusal_of_the_room_comes_back(ada: Client) -> None:
    sent = ("BATCH +1 draft/multiline #none", "@batch=1 PRIVMSG #none :x", "BATCH -1")
    assert ada.lines(*sent) == [":chat.test 403 ada #none :No such channel"]


def test_the_label_of_the_batch_is_on_its_answer(house: IrcHouse) -> None:
    ada = house.client("ada", *CAPS, "labeled-response", joins="#den")
    opening, line = "@label=a BATCH +1 draft/multiline", "@batch=1 PRIVMSG"
    assert ada.lines(f"{opening} #den", f"{line} #den :x") == []
    assert ada.lines("BATCH -1") == ["@label=a :chat.test ACK"]
    ada.lines(f"{opening} #den", f"{line} #den :x")
    acked = ["@label=b :chat.test ACK", "@label=a :chat.test ACK"]
    assert ada.lines("@label=b BATCH -1") == acked  # each has its own
    (answer,) = ada.lines(f"{opening} #den", f"{line} #other :x")
    assert answer.startswith("@label=a :chat.test FAIL BATCH MULTILINE_INVALID_TARGET")
    ada.lines("BATCH -1")
    assert ada.lines(f"{opening} #none", f"{line} #none :x", "BATCH -1") == [
        "@label=a :chat.test 403 ada #none :No such channel"
    ]


def test_the_lines_come_at_once_and_are_waited_off_behind() -> None:
    house = IrcHouse(Limits(rate=Rate(lines_burst=5, lines_per_second=1)))
    ada = house.client("ada", *CAPS)
    house.wait(60)
    ada.send("JOIN #den\r\n")
    bob = house.client("bob", joins="#den")
    house.wait(60)
    house.read_all()
    lines = ["@batch=1 PRIVMSG #den :x"] * 20
    ada.send("\r\n".join(["BATCH +1 draft/multiline #den", *lines, "BATCH -1", "PING x", ""]))
    assert bob.lines() == []
    house.wait(17)
    assert len(bob.lines()) == 20
    assert ada.lines() == []
    house.wait(2)
    assert ada.lines() == [":chat.test PONG chat.test :x"]


def test_a_batch_that_never_ends_takes_no_more_than_allowed(house: IrcHouse, ada: Client) -> None:
    ada.lines("BATCH +1 draft/multiline #den")
    for _ in range(3):
        ada.lines(*["@batch=1 PRIVMSG #den :" + "x" * 400] * 100)
    batch = ada.session._client.open_batch
    assert batch is not None
    assert batch.dropped
    assert batch._text == []
    assert house.limits.multiline_bytes == FREE.multiline_bytes


def test_people_on_telnet_see_all_lines(house: IrcHouse, ada: Client) -> None:
    bob = house.person("bob")
    bob.send("/join #den\n")
    bob.read()
    ada.send("".join(f"{line}\r\n" for line in SENT))
    seen = bob.read().decode()
    assert "hello" in seen
    assert "how is everyone?" in seen
