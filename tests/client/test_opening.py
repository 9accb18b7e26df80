"""The first words to a server, which lets one send so many lines only: few, and the first first."""

from client.catching_up import ANSWER_SECONDS, AT_ONCE, PAUSE_SECONDS, REST
from client.handlers.registration import LONGEST_SECONDS, REST_SECONDS
from client.messages import Kind
from tests.client.script import Script

ROOMS = tuple(f"#{number}" for number in range(12))
CAPS = "away-notify batch draft/chathistory echo-message labeled-response message-tags"


def in_rooms(*rooms: str, caps: str = CAPS) -> tuple[Script, list[str]]:
    """Be let in, and into rooms; return what was said to that."""
    script = Script("ada", *rooms)
    return script, enter(script, *rooms, caps=caps)


def enter(script: Script, *rooms: str, caps: str = CAPS) -> list[str]:
    script.hear(f":s CAP * LS :{caps}", f":s CAP * ACK :{caps}", ":s 001 ada :Welcome")
    said = script.hear(":s 376 ada :End")
    for room in rooms:
        names = (f":s 353 ada = {room} :@ada bob", f":s 366 ada {room} :End")
        said += script.hear(f":ada!u@h JOIN {room}", *names)
    return said


def label_of(line: str) -> str:
    return line.partition("label=")[2].partition(" ")[0]


def answer(script: Script, line: str) -> list[str]:
    """Answer a CHATHISTORY with an empty page; return what is said to that."""
    room = line.split()[3]
    opening = f"@label={label_of(line)} :s BATCH +b chathistory {room}"
    return script.hear(opening, ":s BATCH -b")


def pages(said: list[str]) -> list[str]:
    return [line for line in said if "CHATHISTORY" in line]


def test_the_past_of_many_rooms_is_asked_for_a_few_at_a_time() -> None:
    script, said = in_rooms(*ROOMS)
    assert len(said) == 1 + AT_ONCE + 1  # JOIN, the pages, WHO for the room that is looked at
    assert f"WHO {ROOMS[0]}" in said
    asked, seen = pages(said), []
    while asked:
        line = asked.pop(0)
        seen.append(line.split()[3])
        asked += pages(answer(script, line))
        assert len(asked) <= AT_ONCE
    assert sorted(seen) == sorted(ROOMS)
    assert all(script.buffer(room).ready for room in ROOMS)


def test_the_room_that_is_looked_at_comes_before_others() -> None:
    script, said = in_rooms(*ROOMS)
    script.model.show(script.buffer("#7"))
    assert "WHO #7" in script.said()
    (line,) = pages(answer(script, pages(said)[0]))
    assert line.split()[3] == "#7"
    script.model.show(script.buffer("#0"))
    script.model.show(script.buffer("#7"))
    assert script.said() == []  # WHO once is enough


def test_a_server_that_lets_one_wait_is_asked_less() -> None:
    script, said = in_rooms(*ROOMS)
    asked = pages(said)
    script.now += 1.0
    assert pages(answer(script, asked.pop(0))) == []
    assert pages(answer(script, asked.pop(0))) == []
    script.model.show(script.buffer("#7"))
    script.model.tick()
    (line,) = pages(script.said())  # for this one somebody waits
    assert line.split()[3] == "#7"
    assert pages(answer(script, line)) == []
    script.now += PAUSE_SECONDS
    script.model.tick()
    assert len(pages(script.said())) == AT_ONCE


def test_a_page_that_never_comes_holds_nobody_up() -> None:
    script, said = in_rooms(*ROOMS)
    seen = {line.split()[3] for line in pages(said)}
    for _ in range(60):
        script.now += ANSWER_SECONDS + 1
        script.model.tick()
        seen |= {line.split()[3] for line in pages(script.said())}
    assert seen == set(ROOMS)
    assert all(script.buffer(room).ready for room in ROOMS)


def test_the_lag_is_first_measured_where_nobody_has_to_wait() -> None:
    script = Script("ada", *ROOMS)
    script.hear(f":s CAP * LS :{CAPS}")
    script.now += 0.012
    script.hear(f":s CAP * ACK :{CAPS}")
    assert script.model.lag_ms == 12
    script.hear(":s 001 ada :Welcome", ":s 376 ada :End")
    script.model.tick()
    assert script.said() == []  # no PING behind all that has just been asked


def test_the_lag_is_not_measured_behind_a_rush_of_lines_but_is_at_last() -> None:
    script = Script().welcome("echo-message")
    script.said()
    began = script.now
    while not any("PING" in line for line in script.said()):
        script.now += 1
        script.model.send_text(script.room, "busy")
        script.model.tick()
        assert script.now - began < 2 * LONGEST_SECONDS
    assert script.now - began > REST_SECONDS


def test_what_is_too_much_to_be_fetched_at_once_is_said_and_fetched_from_its_end() -> None:
    script, said = in_rooms("#ops")
    answer(script, pages(said)[0])
    script.hear("@msgid=seen :bob!u@h PRIVMSG #ops :seen")
    script.model.lost("cut")
    script.model.connected()
    line = pages(enter(script, "#ops"))[-1]  # the other one is for private words
    script.hear("@msgid=m0 :bob!u@h PRIVMSG #ops :live")
    number = 0
    while "BEFORE" not in line:
        number += 1
        rows = [
            f"@batch=b;msgid=old{number}-{row};time=2023-11-14T0{row}:00:00.000Z "
            f":bob!u@h PRIVMSG #ops :{number} {row}"
            for row in range(3)
        ]
        opening = f"@label={label_of(line)} :s BATCH +b chathistory #ops"
        line = pages(script.hear(opening, *rows, ":s BATCH -b"))[0]
        assert number < 100
    assert REST in [entry.text for entry in script.room.entries if entry.kind is Kind.NOTE]
    assert script.room.ready
    assert "BEFORE #ops msgid=m0 " in line


def test_many_rooms_that_are_read_do_not_hold_up_what_one_says() -> None:
    script, said = in_rooms(*ROOMS, caps=f"{CAPS} draft/read-marker server-time")
    while said:
        said = pages([line for page in pages(said) for line in answer(script, page)])
    marks: list[str] = []
    for second in range(40):
        script.now += 1
        for room in ROOMS if second < 20 else ():
            at = f"2023-11-14T22:14:{second:02}.000Z"
            script.hear(f"@time={at};msgid={room}{second} :bob!u@h PRIVMSG {room} :hi")
            script.model.mark_read(script.buffer(room))
        script.model.tick()
        told = [line.split()[1] for line in script.said() if line.startswith("MARKREAD")]
        assert len(told) <= 1
        marks += told
    assert set(marks) == set(ROOMS)
    assert marks[: len(ROOMS)] == list(ROOMS)
    assert len(marks) <= 22
