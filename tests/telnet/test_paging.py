"""Long answers come page by page, as the client reads them (FAULTS row 29)."""

from chatserver.config import Limits
from chatserver.recent import Recent
from chatserver.telnet.shown import Shown
from chatserver.telnet.terminal import Terminal
from chatserver.telnet.view import PAGE_LINES, View
from tests.chat.crowd import event_of
from tests.telnet.house import Guest, TestHouse

ROOMS = 10_000
PAGE_BYTES = 8 * 1024


def crowded(rooms: int) -> TestHouse:
    house = TestHouse()
    for number in range(rooms // 19 + 1):
        guest = house.pipe(f"g{number}")
        guest.send("".join(f"/join r{number:04}-{i:02}\n" for i in range(19)))
    return house


def take(guest: Guest) -> bytes:
    """Take one page, as a connection does whose client has read the one before."""
    return guest.session.data_to_send()


def test_ten_thousand_rooms() -> None:
    house = crowded(ROOMS)
    ada = house.pipe("ada")
    for guest in house.guests:
        guest.read()
    ada.session.receive_data(b"/rooms\nhello\n/topic\n", house.now)
    [(_, request)] = house._wishes
    house._wishes.clear()
    answers = house.registry.apply(ada, request, 1, house.at)
    ada.session.deliver([event_of(answers[0])], house.now)
    pages = 0
    lines = 0
    while ada.session.has_more:
        page = take(ada)
        assert len(page) <= PAGE_BYTES
        assert page.count(b"\n") <= PAGE_LINES
        pages += 1
        lines += page.count(b"\n")
        if ada.session.has_more:
            assert not ada.session.wants_input
            assert ada.session.dialect is None
            assert not house._wishes, "input goes on only when the answer is out"
    assert lines >= ROOMS
    assert pages >= ROOMS // PAGE_LINES
    house.settle(ada)
    assert ada.read().decode().splitlines() == [
        "12:01 <ada> hello",
        "  #lobby has no topic; /topic TEXT sets one.",
    ]
    assert ada.session.wants_input


def test_everybody_of_a_large_room_is_listed_once_by_name() -> None:
    house = TestHouse()
    for number in range(1200):
        house.pipe(f"guest{number}")
    ada = house.pipe("ada")
    first, *rest = ada.says("/who")
    assert first == "  1201 people in #lobby:"
    names = ", ".join(line.strip() for line in rest).split(", ")
    assert names == sorted(names)
    assert len(set(names)) == len(names) == 1201
    assert len(ada.pages) == 0


def test_a_page_is_bounded_in_bytes_too() -> None:
    """Ten reasons for being away on a line, each of 300 characters of four bytes."""
    house = TestHouse()
    for number in range(300):
        house.pipe(f"guest{number}").send(f"/away {'😀' * 300}\n")
    ada = house.pipe("ada")
    ada.send("/who\n")
    assert max(map(len, ada.pages)) < 64 * 1024
    assert sum(map(len, ada.pages)) > 300 * 1200


def test_news_between_two_pages_is_not_lost() -> None:
    house = crowded(300)
    ada, bob = house.pipe("ada"), house.pipe("bob")
    ada.read()
    ada.session.receive_data(b"/rooms\n", house.now)
    [(_, request)] = house._wishes
    house._wishes.clear()
    [answer] = house.registry.apply(ada, request, 1, house.at)
    ada.session.deliver([event_of(answer)], house.now)
    data = take(ada)
    bob.send("hi\n")
    data += ada.read()
    while ada.session.has_more:
        data += take(ada)
    lines = data.decode().splitlines()
    assert lines.count("12:01 <bob> hi") == 1
    assert sum(line.startswith("  #") for line in lines) == 16 * 19 + 1


def test_a_terminal_keeps_its_half_typed_line_below_the_pages() -> None:
    house = crowded(300)
    ada = house.terminal("ada")
    sent = ada.hear("/rooms\r\0hello ev")
    assert sent.count(b"  #r") == 16 * 19
    assert sent.endswith(b"\r\n[#lobby] hello ev")


def test_a_page_that_ends_exactly_is_the_last() -> None:
    house = TestHouse()
    guests = [house.pipe(f"g{i}") for i in range(3)]
    for i in range(PAGE_LINES - 1):
        guests[i // 19].send(f"/join r{i}\n")
    ada = house.pipe("ada")
    lines = ada.says("/rooms\nhello")
    assert len(lines) == PAGE_LINES + 1
    assert lines[-1] == "12:01 <ada> hello"
    assert not ada.session.has_more


def test_what_follows_a_long_answer_comes_behind_all_of_it() -> None:
    """As the past of a room does behind many messages that have waited."""
    view = View(Terminal(Limits()), Shown(Recent(1)))
    view.print_pages(str(number) for number in range(PAGE_LINES + 10))
    view.print(["past"])
    view.print_pages(iter(["more"]))
    while view.has_pages:
        view.turn()
    view.print(["end"])
    rows = view.terminal.take_output().decode().split()
    assert rows == [*map(str, range(PAGE_LINES + 10)), "past", "more", "end"]
