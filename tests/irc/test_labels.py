"""Labels: which lines are the answer to a command (IRCv3 labeled-response)."""

import pytest

from tests.irc.house import Client, IrcHouse

LABELS = ("labeled-response", "batch")
ECHO = ("echo-message", *LABELS)
ADA = ":ada!~ada@192.0.2.1"


@pytest.fixture
def house() -> IrcHouse:
    return IrcHouse()


def test_nothing_to_answer_is_acknowledged(house: IrcHouse) -> None:
    ada = house.client("ada", *LABELS)
    assert ada.lines("@label=a PONG x") == ["@label=a :chat.test ACK"]


def test_one_line_has_the_label_itself(house: IrcHouse) -> None:
    ada = house.client("ada", *LABELS)
    assert ada.lines("@label=a PING x") == ["@label=a :chat.test PONG chat.test :x"]


def test_several_lines_are_a_batch_that_has_it(house: IrcHouse) -> None:
    ada = house.client("ada", *LABELS)
    start, *lines, end = ada.lines("@label=a JOIN #den")
    reference = start.split("+")[1].split(" ")[0]
    assert start == f"@label=a :chat.test BATCH +{reference} :labeled-response"
    assert lines == [
        f"@batch={reference} {ADA} JOIN #den",
        f"@batch={reference} :chat.test 353 ada = #den :@ada",
        f"@batch={reference} :chat.test 366 ada #den :End of /NAMES list",
    ]
    assert end == f":chat.test BATCH -{reference}"


def test_an_answer_that_is_one_batch_has_it_on_that(house: IrcHouse) -> None:
    ada = house.client("ada", *ECHO, "draft/multiline", "message-tags", joins="#den")
    ada.lines("@label=a BATCH +1 draft/multiline #den", "@batch=1 PRIVMSG #den :one")
    start, *lines, end = ada.lines("@batch=1 PRIVMSG #den :two", "BATCH -1")
    assert start.startswith("@label=a;msgid=")
    assert start.endswith(" draft/multiline #den")
    assert [line.rpartition(":")[2] for line in lines] == ["one", "two"]
    assert " BATCH -" in end


def test_a_batch_within_the_batch_refers_to_it(house: IrcHouse) -> None:
    bob = house.client("bob", joins="#den")
    bob.lines("PRIVMSG #den :hello")
    ada = house.client("ada", *LABELS, "server-time")
    lines = ada.messages("@label=a JOIN #den")
    outer = lines[0].params[0][1:]
    assert lines[-1].params == (f"-{outer}",)
    (inner,) = [one for one in lines if one.params[1:2] == ("chathistory",)]
    name = inner.params[0][1:]
    assert inner.tags["batch"] == outer
    (said,) = [one for one in lines if one.command == "PRIVMSG"]
    assert said.tags["batch"] == name
    (end,) = [one for one in lines if one.params == (f"-{name}",)]
    assert end.tags["batch"] == outer


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("NOSUCH", "421 ada NOSUCH :Unknown command"),
        ("JOIN", "461 ada JOIN :Not enough parameters"),
        ("PRIVMSG nobody :hi", "401 ada nobody :No such nick/channel"),
        ("PRIVMSG #none :hi", "403 ada #none :No such channel"),
        ("TOPIC #none :x", "403 ada #none :No such channel"),
        (
            "CHATHISTORY LATEST #none * 1",
            "FAIL CHATHISTORY INVALID_TARGET LATEST #none :Messages could not be retrieved",
        ),
        ("PRIVMSG #den :" + "x" * 520, "417 ada :Input line was too long"),
    ],
)
def test_a_refusal_has_the_label(house: IrcHouse, sent: str, answer: str) -> None:
    ada = house.client("ada", *LABELS)
    assert ada.lines(f"@label=a {sent}") == [f"@label=a :chat.test {answer}"]


def test_bytes_that_are_no_text_are_refused_with_the_label(house: IrcHouse) -> None:
    ada = house.client("ada", *LABELS)
    ada.send(b"@label=a PRIVMSG #den :\xff\r\n")
    (line,) = ada.lines()
    assert line.startswith("@label=a :chat.test FAIL PRIVMSG INVALID_UTF8 :")


@pytest.mark.parametrize("command", ["PRIVMSG", "NOTICE"])
def test_what_is_said_is_acknowledged_without_echo(house: IrcHouse, command: str) -> None:
    ada = house.client("ada", *LABELS, joins="#den")
    bob = house.client("bob", joins="#den")
    ada.read()
    assert ada.lines(f"@label=a {command} #den :hi") == ["@label=a :chat.test ACK"]
    assert ada.lines(f"@label=b {command} bob :hi") == ["@label=b :chat.test ACK"]
    assert bob.lines() == [f"{ADA} {command} #den :hi", f"{ADA} {command} bob :hi"]


def test_what_is_said_comes_back_with_the_label(house: IrcHouse) -> None:
    ada = house.client("ada", *ECHO, joins="#den")
    bob = house.client("bob", *ECHO, joins="#den")
    ada.read()
    assert ada.lines("@label=a PRIVMSG #den :hi") == [f"@label=a {ADA} PRIVMSG #den :hi"]
    assert ada.lines("@label=b PRIVMSG bob :hi") == [f"@label=b {ADA} PRIVMSG bob :hi"]
    assert bob.lines() == [f"{ADA} PRIVMSG #den :hi", f"{ADA} PRIVMSG bob :hi"]


@pytest.mark.parametrize("command", ["PRIVMSG ada :hi", "NOTICE ada :hi"])
def test_to_oneself_only_the_echo_has_the_label(house: IrcHouse, command: str) -> None:
    ada = house.client("ada", *ECHO)
    assert ada.lines(f"@label=a {command}") == [f"@label=a {ADA} {command}", f"{ADA} {command}"]


def test_to_oneself_without_echo_is_acknowledged_and_delivered(house: IrcHouse) -> None:
    ada = house.client("ada", *LABELS)
    assert sorted(ada.lines("@label=a PRIVMSG ada :hi")) == [
        f"{ADA} PRIVMSG ada :hi",
        "@label=a :chat.test ACK",
    ]


def test_tags_to_oneself_come_twice(house: IrcHouse) -> None:
    ada = house.client("ada", *ECHO, "message-tags")
    first, second = ada.messages("@label=a;+x=y TAGMSG ada")
    assert first.tags["label"] == "a"
    assert "label" not in second.tags
    assert first.tags["+x"] == second.tags["+x"] == "y"
    assert first.tags["msgid"] == second.tags["msgid"]


def test_several_echoes_are_one_answer(house: IrcHouse) -> None:
    ada = house.client("ada", *ECHO)
    house.client("bob")
    house.client("cy")
    lines = ada.messages("@label=a PRIVMSG bob,cy :hi")
    assert [one.command for one in lines] == ["BATCH", "PRIVMSG", "PRIVMSG", "BATCH"]
    assert lines[0].tags == {"label": "a"}


def test_what_was_said_before_is_no_answer(house: IrcHouse) -> None:
    """Speech is not waited for, so its echo may still be on the way when a label is opened."""
    ada = house.client("ada", *ECHO, joins="#den")
    assert ada.lines("PRIVMSG #den :one", "@label=a PRIVMSG #den :two", "PRIVMSG #den :three") == [
        f"{ADA} PRIVMSG #den :one",
        f"@label=a {ADA} PRIVMSG #den :two",
        f"{ADA} PRIVMSG #den :three",
    ]


def test_what_others_say_meanwhile_is_no_answer(house: IrcHouse) -> None:
    ada = house.client("ada", *LABELS, joins="#den")
    bob = house.client("bob", joins="#den")
    ada.read()
    house.reads = False
    ada.send("@label=a CHATHISTORY LATEST #den * 1\r\n")
    bob.send("PRIVMSG #den :hi\r\n")
    house.read_on()
    lines = [line for line in ada.lines() if not line.startswith("@") and "PRIVMSG" in line]
    assert lines == [":bob!~bob@192.0.2.1 PRIVMSG #den :hi"]


def test_pages_are_not_collected_while_a_label_is_open(house: IrcHouse) -> None:
    """An answer of thousands of lines goes out as the client reads, label or not."""
    writer = house.client("bob", joins="#den")
    for number in range(200):
        writer.send(f"PRIVMSG #den :{number}\r\n")
    ada = house.client("ada", *LABELS, "server-time", "draft/chathistory", joins="#den")
    ada.slow = True
    ada.send("@label=a CHATHISTORY LATEST #den * 200\r\n")
    first = ada.session.data_to_send()
    assert 0 < first.count(b"PRIVMSG") < 100
    assert first.startswith(b"@label=a :chat.test BATCH +")
    assert ada.session.has_more
    rest = b""
    while ada.session.has_more:
        rest += ada.session.data_to_send()
    lines = (first + rest).decode().split("\r\n")
    assert sum("PRIVMSG" in line for line in lines) == 200
    outer = lines[0].split("+")[1].split(" ")[0]
    assert lines[1].startswith(f"@batch={outer} :chat.test BATCH +")
    assert lines[-2] == f":chat.test BATCH -{outer}"


def test_a_label_that_is_too_long_is_ignored(house: IrcHouse) -> None:
    ada = house.client("ada", *LABELS)
    assert ada.lines(f"@label={'é' * 32} PING x")[0].startswith("@label=")
    assert ada.lines(f"@label={'é' * 32}x PING x") == [":chat.test PONG chat.test :x"]
    assert ada.lines("@label= PING x") == [":chat.test PONG chat.test :x"]


@pytest.mark.parametrize("caps", [(), ("labeled-response",), ("batch", "message-tags")])
def test_a_label_needs_both_capabilities(house: IrcHouse, caps: tuple[str, ...]) -> None:
    ada = house.client("ada", *caps)
    assert ada.lines("@label=a PING x") == [":chat.test PONG chat.test :x"]


def test_a_label_is_written_as_it_came(house: IrcHouse) -> None:
    ada = house.client("ada", *LABELS)
    assert ada.lines(r"@label=a\:\s\\b PING x") == [r"@label=a\:\s\\b :chat.test PONG chat.test :x"]


def test_the_last_word_has_the_label_too(house: IrcHouse) -> None:
    ada = house.client("ada", *LABELS)
    assert ada.lines("@label=a QUIT :bye") == [
        "@label=a ERROR :Closing Link: 192.0.2.1 (Quit: bye)"
    ]


def kinds(client: Client, *sent: str) -> list[str]:
    return [one.command for one in client.messages(*sent)]


def test_each_command_has_its_own_answer(house: IrcHouse) -> None:
    ada = house.client("ada", *LABELS, joins="#den")
    sent = [f"@label={number} {command}" for number, command in enumerate(("PING x", "NAMES #den"))]
    assert kinds(ada, *sent) == ["PONG", "BATCH", "353", "366", "BATCH"]
