"""The conversation: order, timers, limits, and what ends it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.chat import answers, events, requests
from chatserver.endings import Ending
from chatserver.limits import Limits, Rate
from tests.irc.house import FREE, Client, IrcHouse

ADA = ":ada!~ada@192.0.2.1"
BOB = ":bob!~bob@192.0.2.1"
RATE = Limits(rate=Rate(lines_burst=2, lines_per_second=1))


# Order.


def test_answers_keep_the_order_of_commands() -> None:
    house = IrcHouse()
    ada = house.client("ada", "echo-message", joins="#den")
    assert ada.lines("PRIVMSG #den :one", "PING a", "PRIVMSG nobody :two", "PING b") == [
        f"{ADA} PRIVMSG #den :one",
        ":chat.test PONG chat.test :a",
        ":chat.test 401 ada nobody :No such nick/channel",
        ":chat.test PONG chat.test :b",
    ]


def test_a_ping_is_answered_behind_what_the_speech_led_to() -> None:
    """The PING goes through the hub while speech of the same client is on its way."""
    house = IrcHouse()
    ada = house.client("ada", joins="#den")
    bob = house.client("bob", joins="#den")
    ada.read()
    ada.send("PRIVMSG #den :hi\r\nPING x\r\n")
    assert bob.lines() == [f"{ADA} PRIVMSG #den :hi"]
    assert ada.lines() == [":chat.test PONG chat.test :x"]


def test_others_wait_until_the_room_is_shown() -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#den")
    bob.send("PRIVMSG #den :before\r\n")
    ada = house.client("ada", "server-time")
    house.reads = False
    ada.send("JOIN #den\r\n")
    assert ada.session.dialect is None
    bob.send("PRIVMSG #den :after\r\n")
    house.read_on()
    said = [one.params[1] for one in ada.messages() if one.command == "PRIVMSG"]
    assert said == ["before", "after"]
    assert ada.session.dialect is not None


def test_what_has_waited_for_somebody_comes_behind_the_welcome() -> None:
    house = IrcHouse()
    bob = house.person("bob")
    bob.send("/msg ada are you there?\n")
    ada = house.stranger()
    commands = ada.numerics("NICK ada", "USER ada 0 * :A")
    assert commands[0] == "001"
    assert commands[-2:] == ["422", "PRIVMSG"]


def test_who_is_killed_while_a_command_waits_is_told_at_once() -> None:
    """Nothing that it has asked will be answered any more, so nothing may be waited for."""
    house = IrcHouse()
    house.client("bob", joins="#den").send("PRIVMSG #den :hi\r\n")
    ada = house.client("ada")
    house.reads = False
    ada.send("JOIN #den\r\n")
    ada.session.deliver([events.Killed(house.at, "root", "enough", "r@oot")], house.now)
    ada.pump()
    assert ada.lines()[-1].startswith("ERROR :Closing Link: 192.0.2.1 (Killed")
    assert ada.gone
    house.read_on()
    assert ada.lines() == []


# The end.


def test_what_comes_behind_quit_is_not_done() -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#den")
    ada = house.client("ada", joins="#den")
    bob.read()
    sent = ("PRIVMSG #den :last", "QUIT :bye", "PRIVMSG #den :more", "PING x")
    assert ada.lines(*sent) == ["ERROR :Closing Link: 192.0.2.1 (Quit: bye)"]
    assert bob.lines() == [f"{ADA} PRIVMSG #den :last", f"{ADA} QUIT :Quit: bye"]
    assert ada.gone


def test_what_was_sent_before_the_end_of_file_is_done_but_no_half_of_a_line() -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#den")
    ada = house.stranger()
    ada.send("NICK ada\r\nUSER a 0 * :A\r\nJOIN #den\r\nPRIVMSG #den :hi\r\nPRIVMSG #den :the e")
    ada.close()
    assert [one.params[-1] for one in bob.messages() if one.command == "PRIVMSG"] == ["hi"]
    assert ada.gone
    assert ada.lines()[-1].startswith("ERROR :Closing Link")


def test_the_end_of_file_waits_for_the_command_in_hand() -> None:
    house = IrcHouse()
    ada = house.client("ada", "draft/chathistory", "batch", joins="#den")
    ada.lines("PRIVMSG #den :hi")
    house.reads = False
    ada.send("CHATHISTORY LATEST #den * 5\r\nPING x\r\n").close()
    assert not ada.gone
    house.read_on()
    commands = [one.command for one in ada.messages()]
    assert commands == ["BATCH", "PRIVMSG", "BATCH", "PONG", "ERROR"]
    assert ada.gone


def test_an_endless_line_ends_it_and_others_hear_why() -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#den")
    ada = house.client("ada", joins="#den")
    bob.read()
    ada.send(b"x" * (house.limits.unfinished + 1))
    assert ada.lines() == [
        ":chat.test 417 ada :Input line was too long",
        "ERROR :Closing Link: 192.0.2.1 (Line without end)",
    ]
    assert bob.lines() == [f"{ADA} QUIT :Line without end"]


def test_who_does_not_register_in_time_is_told() -> None:
    house = IrcHouse()
    ada = house.stranger()
    ada.send("NICK ada\r\n")
    house.wait(house.limits.name_seconds)
    assert ada.lines() == ["ERROR :Closing Link: 192.0.2.1 (Registration timed out)"]


def test_no_timer_rings_for_who_is_leaving() -> None:
    house = IrcHouse()
    ada = house.client("ada")
    ada.slow = True
    ada.send("QUIT\r\n")
    assert ada.session.finished
    assert ada.session.wake_at is None
    ada.session.tick(house.now + 1000)
    assert ada.session.data_to_send() == b"ERROR :Closing Link: 192.0.2.1 (Quit)\r\n"


def test_nothing_is_told_behind_the_good_bye() -> None:
    house = IrcHouse()
    ada = house.client("ada")
    ada.slow = True
    ada.send("QUIT\r\n")
    said = events.Told(9, house.at, "bob", "ada", "hi", action=False)
    ada.session.deliver([said], house.now)
    assert ada.session.data_to_send().count(b"\r\n") == 1


@pytest.mark.parametrize("waiting", [0, 300_000])
def test_an_end_from_outside_has_the_last_word(waiting: int) -> None:
    """Also while a long list is not sent to its end: the good-bye must not stand behind it."""
    house = IrcHouse(motd=tuple(map(str, range(500))))
    ada = house.client("ada")
    ada.slow = True
    ada.send("MOTD\r\n")
    assert ada.session.has_more
    ada.session.end(Ending.TOO_SLOW, waiting)
    expected = b"\r\n" if waiting else b""
    assert ada.session.data_to_send() == expected + b"ERROR :SendQ exceeded\r\n"
    assert not ada.session.has_more
    assert ada.session.finished


# Signs of life, and the rate.


def test_who_is_silent_is_asked_and_then_hung_up_on() -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#den")
    ada = house.client("ada", joins="#den")
    bob.read()
    house.wait(house.limits.ping)
    assert ada.lines() == ["PING :chat.test"]
    bob.lines("PONG x")
    house.wait(house.limits.dead - house.limits.ping)
    assert ada.lines() == ["ERROR :Closing Link: 192.0.2.1 (Ping timeout: 150 seconds)"]
    assert bob.lines() == [f"{ADA} QUIT :no answer"]


def test_more_than_the_rate_waits_and_is_not_lost() -> None:
    house = IrcHouse(RATE)
    ada = house.client("ada")
    house.wait(60)
    ada.read()
    ada.send("".join(f"PING {number}\r\n" for number in range(5)))
    assert len(ada.lines()) == 2
    assert not ada.session.wants_input
    house.wait(1)
    assert len(ada.lines()) == 1
    house.wait(2)
    assert len(ada.lines()) == 2
    assert ada.session.wants_input


def test_who_waits_for_the_rate_is_not_taken_for_dead() -> None:
    """What it sends is not read meanwhile, its PONG neither."""
    house = IrcHouse(RATE)
    ada = house.client("ada")
    house.wait(60)
    ada.send("PING x\r\n" * 400)
    house.wait(390)
    assert not ada.gone
    assert not any(line.startswith("PING") for line in ada.lines())


# Clients that do not read.


def test_what_waits_behind_a_list_is_given_out_when_it_gets_too_much() -> None:
    """The connection's out-buffer has a limit, the session's own must not be without one."""
    house = IrcHouse(motd=tuple(map(str, range(5000))))
    ada = house.client("ada", joins="#den")
    bob = house.client("bob", joins="#den")
    ada.read()
    ada.slow = True
    ada.send("MOTD\r\n")
    for number in range(2000):
        bob.send(f"PRIVMSG #den :{number}\r\n")
    data = ada.session.data_to_send()
    assert data.count(b"PRIVMSG") == 2000
    assert data.count(b" 372 ") == 5000
    assert not ada.session.has_more


def test_a_list_keeps_its_place_before_what_follows() -> None:
    house = IrcHouse(motd=tuple(map(str, range(100))))
    ada = house.client("ada")
    commands = [one.command for one in ada.messages("MOTD", "PING x")]
    assert commands == ["375", *["372"] * 100, "376", "PONG"]


def test_the_last_page_brings_what_follows_it() -> None:
    """Nobody asks for more once there are no pages."""
    house = IrcHouse(motd=tuple(map(str, range(62))))  # a page to the very line
    ada = house.client("ada")
    ada.slow = True
    ada.send("MOTD\r\nPING x\r\n")
    data = b""
    while ada.session.has_more:
        data += ada.session.data_to_send()
    assert data.endswith(b":chat.test PONG chat.test :x\r\n")


# Whatever comes.

WORDS = (
    *("NICK ada", "NICK bob", "NICK", "USER u 0 * :U", "USER", "CAP LS 302", "CAP END", "CAP"),
    "CAP REQ :batch labeled-response echo-message message-tags draft/multiline server-time",
    *("JOIN #a", "JOIN #a,#b", "JOIN :#a b", "JOIN 0", "PART #a", "PART :", "TOPIC #a :x"),
    *("TOPIC :#a b", "NAMES #a", "NAMES", "PRIVMSG #a :hi", "PRIVMSG ada :hi", "PRIVMSG"),
    *("@label=1 PRIVMSG #a :hi", "@label=2 JOIN #a", "@label=3 PING x", "@+a=b TAGMSG #a"),
    *("NOTICE #a :\x01ACTION waves\x01", "NOTICE :", "@batch=1 PRIVMSG #a :x", "BATCH -1"),
    *("@label=4;+x BATCH +1 draft/multiline #a", "BATCH +1", "BATCH :", "BATCH : "),
    *("@batch=1;draft/multiline-concat PRIVMSG #a :y", "@batch=1 NOTICE #a :z", "BATCH +2 x y"),
    *("CHATHISTORY LATEST #a * 5", "CHATHISTORY", "CHATHISTORY :", "CHATHISTORY TARGETS a b 1"),
    *("CHATHISTORY BETWEEN #a msgid=1 msgid=9 5", "MARKREAD #a", "MARKREAD :", "MARKREAD #a *"),
    *("REDACT #a 5", "REDACT : :", "REDACT ada 1 :x y", "SEARCH in=#a;text=hi", "SEARCH :"),
    *("PING x", "PING :", "PONG", "NOSUCH", "NOSUCH : :", "QUIT", "MODE #a", "WHO ada", ":x", "@"),
    *("\x00\r", "\xff", "@a", "@a :b", "PRIVMSG #a :" + "é" * 300, "x" * 600, "@" + "x" * 5000),
)
CAPS = "CAP REQ :batch labeled-response echo-message message-tags draft/multiline\r\n"
LINES = st.one_of(
    st.sampled_from(WORDS).map(lambda text: text.encode("latin-1")),
    st.sampled_from(WORDS).map(str.encode),
    st.binary(max_size=40),
)


def sent_by(house: IrcHouse, pieces: list[bytes]) -> bytes:
    client = house.stranger()
    for piece in pieces:
        if not client.gone:
            client.send(piece)
    return client.read()


@settings(deadline=None, max_examples=150)
@given(st.lists(LINES, max_size=25), st.data())
def test_any_bytes_in_any_split_lead_to_the_same(lines: list[bytes], data: st.DataObject) -> None:
    caps = data.draw(st.sampled_from(["", CAPS]))
    start = f"{caps}NICK ada\r\nUSER ada 0 * :A\r\nCAP END\r\nJOIN #a\r\n".encode()
    registers = data.draw(st.booleans())
    stream = b"".join([start * registers, *(line + b"\r\n" for line in lines)])
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=8).map(sorted))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert sent_by(IrcHouse(), [stream]) == sent_by(IrcHouse(), pieces)


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"PRIVMSG", b" 411 "),
        (b"PRIVMSG #a", b" 412 "),
        (b"PRIVMSG #a :" + b"x" * 480, b" 417 "),
        (b"PRIVMSG #a :" + b"x" * 600, b" 417 "),
        (b"PRIVMSG a,b,c,d,e :x", b" 407 "),
        (b"NOTICE #a :\xff", b" INVALID_UTF8 "),
        (b"@batch=1 PRIVMSG #a :x", b" INVALID_REFTAG "),
    ],
)
def test_what_cannot_be_said_is_answered_behind_what_was(sent: bytes, answer: bytes) -> None:
    house = IrcHouse()
    ada = house.client("ada", *CAPS.removeprefix("CAP REQ :").split(), joins="#a")
    ada.read()
    ada.send(b"PRIVMSG #a :hi\r\n" + sent + b"\r\n")
    first, second, *_ = ada.read().splitlines()
    assert first.endswith(b":hi")
    assert answer in second


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 3), LINES), max_size=60))
def test_clients_that_say_anything_leave_the_house_in_order(
    talk: list[tuple[int, bytes]],
) -> None:
    """No input is a fault, lines are well formed and within their limit, and batches end."""
    house = IrcHouse()
    clients = [
        house.client("c0", joins="#a"),
        house.client("c1", "message-tags", "echo-message", joins="#a"),
        house.client("c2", "batch", "labeled-response", "draft/multiline", joins="#a"),
        house.client("c3", "batch", "server-time", "draft/chathistory", "draft/event-playback"),
    ]
    for number, line in talk:
        if not clients[number].gone:
            clients[number].send(line + b"\r\n")
    for client in clients:
        check(client)


def check(client: Client) -> None:
    data = client.read()
    assert not data or data.endswith(b"\r\n")
    opened: set[str] = set()
    for raw in data.split(b"\r\n")[:-1]:
        assert not {0, 10, 13} & set(raw)
        text = raw.decode()
        tags, _, rest = text.partition(" ") if text.startswith("@") else ("", "", text)
        assert len(rest.encode()) <= 510
        batch = dict(tag.partition("=")[::2] for tag in tags[1:].split(";")).get("batch")
        assert batch is None or batch in opened
        words = rest.split(" ")
        if words[1:2] == ["BATCH"]:
            name = words[2][1:]
            assert (words[2][0] == "+") == (name not in opened)
            opened.symmetric_difference_update({name})
    assert not opened


def test_a_request_is_not_answered_twice() -> None:
    """An answer to something else does not go on with the command in hand."""
    house = IrcHouse(FREE)
    ada = house.client("ada", joins="#den")
    house.reads = False
    ada.send("CHATHISTORY LATEST #den * 5\r\nPING x\r\n")
    ada.session.deliver([answers.Done(requests.Sync())], house.now)
    assert ada.lines() == []
    house.read_on()
    assert ada.lines()[-1] == ":chat.test PONG chat.test :x"


def test_row_14_the_rate_counts_from_the_registration_on() -> None:
    house = IrcHouse(Limits(rate=Rate(lines_burst=2, lines_per_second=1)))
    ada = house.stranger()
    numerics = ada.numerics(
        *("CAP LS 302", "CAP REQ :batch", "CAP REQ :server-time", "NICK a", "USER a 0 * :A"),
        *("CAP END", "PING 1", "PING 2", "PING 3"),
    )
    assert numerics.count("001") == 1
    assert numerics.count("PONG") == 2
    house.wait(1)
    assert ada.numerics() == ["PONG"]
