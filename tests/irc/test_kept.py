"""What has waited for a nick, as IRC clients get it: whole, once, and let go when it was sent."""

from chatserver.chat.events import Kept
from chatserver.chat.requests import Quit
from chatserver.endings import Ending
from chatserver.history.replay import told
from tests.irc.house import Client, IrcHouse


def waiting(house: IrcHouse) -> dict[str, int]:
    assert house.registry.roster.waiting == house.journal.waiting_for()
    return house.journal.waiting_for()


def house_with(*texts: str) -> IrcHouse:
    house = IrcHouse()
    house.pipe("ada").send("".join(f"/msg bob {text}\n" for text in texts))
    return house


def enters(house: IrcHouse, *, slow: bool = False) -> Client:
    bob = house.stranger()
    bob.slow = slow
    bob.send("NICK bob\r\nUSER bob 0 * :Bob\r\n")
    return bob


def private(lines: list[str]) -> list[str]:
    return [line.split(" ", 1)[1] for line in lines if " PRIVMSG " in line]


def test_it_comes_behind_the_welcome_and_waits_no_more() -> None:
    house = house_with("one", "two")
    lines = enters(house).lines()
    assert private(lines[-2:]) == ["PRIVMSG bob :one", "PRIVMSG bob :two"]
    assert waiting(house) == {}
    house.guests[-1].send("QUIT\r\n")
    assert private(enters(house).lines()) == []


def test_much_comes_in_pages_as_the_client_reads() -> None:
    """All at once it may be more than an out-buffer holds, which would be the end, each time."""
    house = house_with(*(f"{number} {'x' * 3000}" for number in range(100)))
    bob = enters(house, slow=True)
    sent = 0
    while bob.session.has_more:
        page = bob.session.data_to_send()
        assert len(page) < 64 * 1024
        sent += page.count(b" PRIVMSG bob :")
        assert waiting(house) == {"bob": 100}
    assert sent > 600
    bob.slow = False
    bob.pump()
    house.settle()
    assert waiting(house) == {}


def test_who_breaks_off_before_it_was_sent_has_not_seen_it() -> None:
    house = house_with("one")
    bob = enters(house, slow=True)
    assert waiting(house) == {"bob": 1}
    bob.gone = True
    house.submit(bob, Quit(Ending.LOST.value))
    house.settle()
    assert private(enters(house).lines()) == ["PRIVMSG bob :one"]
    assert waiting(house) == {}


def test_who_is_told_to_go_before_has_not_seen_it() -> None:
    house = house_with("one")
    bob = enters(house, slow=True)
    bob.session.end(Ending.STOPPING, 0)
    assert b"PRIVMSG" not in bob.session.data_to_send()
    assert waiting(house) == {"bob": 1}


def test_another_nick_for_a_while_shows_nothing_twice() -> None:
    house = house_with("one")
    bob = enters(house, slow=True)
    bob.send("NICK bert\r\nNICK bob\r\n")
    bob.slow = False
    bob.pump()
    house.settle()
    assert private(bob.lines()) == ["PRIVMSG bob :one"]
    assert waiting(house) == {}


def test_it_does_not_wait_for_the_end_of_an_answer() -> None:
    """It would count as sent, while it was still held back for the answer's label."""
    house = house_with("one")
    bert = house.client("bert", "labeled-response", "batch", "draft/chathistory", joins="#a")
    house.reads = False
    bert.send("@label=x CHATHISTORY LATEST #a * 5\r\n")
    lines = tuple(told(message, "bob") for message in house.journal.waiting("bob"))
    bert.session.deliver([Kept(lines)], house.now)
    bert.pump()
    house.settle()
    assert [line.split(" ", 1)[1] for line in bert.lines()] == ["PRIVMSG bob :one"]
    assert waiting(house) == {}
    house.read_on()
    assert bert.lines()[0].startswith("@label=x :chat.test BATCH +")
