"""Speech: what is seen at one look is what a second look would have found."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from chatserver.irc.commands.speech import passed_on, plain, plain_lines
from chatserver.irc.message import Message
from chatserver.limits import Limits, Rate
from tests.irc.house import Client, IrcHouse

WORDS = st.sampled_from(
    [
        *("PRIVMSG", "privmsg", "NOTICE", "TAGMSG", "@a=b", ":ada", "#a", "#A", "#é", "#", "#a:b"),
        *("@#a", "+#a", "#a,#b", "bob", ":", ":hi", ":hi there", "::)", ":\x01ACTION waves\x01"),
        *(":\x02bold", ":\x7f", f":{'x' * 159}", f":{'x' * 160}", "", " "),
    ]
)
LINES = st.lists(WORDS | st.text(max_size=8), max_size=6).map(" ".join)
SPEECH = st.builds("PRIVMSG #{} :{}".format, st.text(max_size=5), st.text(max_size=200))

CLIENT = IrcHouse().client("ada", "message-tags", "batch", "labeled-response")


@given(LINES | SPEECH)
@example("PRIVMSG #a :hi")
@example("PRIVMSG #a :")
@example("PRIVMSG #a,#b :hi")
@example("PRIVMSG #a  :hi")
def test_one_look_sees_what_a_second_would(line: str) -> None:
    seen = plain(line)
    if seen:
        second = passed_on(CLIENT.session._client, Message.parse(line))
        assert second is not None
        assert type(second) is type(seen)
        assert structs.asdict(second) == structs.asdict(seen)


@pytest.mark.parametrize("text", ["hi", "hi there", ":)", "~", "x" * 159])
def test_what_most_lines_are_is_seen_at_one_look(text: str) -> None:
    assert plain(f"PRIVMSG #Lobby :{text}") is not None


@given(st.lists(LINES | SPEECH, min_size=1, max_size=4), st.sampled_from(["\n", "\r\n"]))
@example(["PRIVMSG #a :hi", "PRIVMSG #b :ho"], "\r\n")
@example(["PRIVMSG #a :hi", "x PRIVMSG #b :ho"], "\n")
def test_several_lines_are_seen_together_as_each_alone(lines: list[str], end: str) -> None:
    text = "".join(line + end for line in lines)
    each = [plain(line) for line in text.replace("\r", "").split("\n")[:-1]]
    assert [said and (said.room, said.text) for said in each if all(each)] == [
        (said.room, said.text) for said in plain_lines(text)
    ]


def test_one_line_of_another_kind_has_all_be_read_one_by_one() -> None:
    assert len(plain_lines("PRIVMSG #a :hi\r\nPRIVMSG #b :ho\n")) == 2
    assert not plain_lines("PRIVMSG #a :hi\r\nPING 1\r\nPRIVMSG #a :ho\r\n")
    assert not plain_lines("PRIVMSG #a :hi\r\n\r\n")


def test_who_has_not_registered_says_nothing() -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#a")
    assert house.stranger().numerics("PRIVMSG #a :hi") == ["451"]
    assert bob.read() == b""


def test_what_is_said_while_a_batch_is_open_does_not_belong_to_it() -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#a")
    ada = house.client("ada", "batch", "draft/multiline", joins="#a")
    house.read_all()
    ada.lines(
        "BATCH +1 draft/multiline #a",
        "@batch=1 PRIVMSG #a :one",
        "PRIVMSG #a :between",
        "@batch=1 PRIVMSG #a :two",
        "BATCH -1",
    )
    assert heard(bob) == ["between", "one", "two"]


def heard(client: Client) -> list[str]:
    return [one.params[1] for one in client.messages() if one.command == "PRIVMSG"]


def limited() -> tuple[IrcHouse, Client, Client]:
    """`ada` may say two lines at once; `bob` hears her."""
    house = IrcHouse(Limits(rate=Rate(lines_burst=2, lines_per_second=1)))
    bob, ada = house.client("bob", joins="#a"), house.client("ada", joins="#a")
    house.wait(10)
    house.read_all()
    return house, ada, bob


def test_speech_alone_leaves_a_session_as_it_was() -> None:
    house = IrcHouse()
    ada = house.client("ada", joins="#a")
    assert not ada.session.receive_data(b"PRIVMSG #a :hi\r\nPRIV", house.now)
    assert not ada.session.receive_data(b"MSG #a :there\r\n\r\nNOTICE bob :you\r\n", house.now)
    assert ada.session.receive_data(b"PRIVMSG #a :hi\r\nPING 1\r\n", house.now)
    house.settle(ada)
    assert ada.lines()[-1] == ":chat.test PONG chat.test :1"


def test_speech_counts_for_the_rate_and_is_not_lost() -> None:
    house, ada, bob = limited()
    ada.lines(*(f"PRIVMSG #a :{number}" for number in range(4)))
    assert heard(bob) == ["0", "1"]
    assert not ada.session.wants_input
    house.wait(1)
    assert heard(bob) == ["2"]
    house.wait(1)
    assert heard(bob) == ["3"]
    assert ada.session.wants_input


def test_who_speaks_is_not_asked_for_a_sign_of_life() -> None:
    house = IrcHouse()
    ada = house.client("ada", joins="#a")
    for _ in range(10):
        assert ada.lines("PRIVMSG #a :still here") == []
        house.wait(house.limits.ping - 1)
    assert ada.lines("PRIVMSG #a :still here") == []
    house.wait(house.limits.ping)
    assert ada.lines() == ["PING :chat.test"]
