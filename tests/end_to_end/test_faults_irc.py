"""Faults over IRC, provoked on a running server: rows 13, 14, 16 to 18, 21, 25, 27, 33 and 36."""

import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from chatserver.irc.capabilities import OFFERED
from chatserver.irc.commands.table import COMMANDS
from tests.end_to_end.probe import Probe
from tests.end_to_end.program import JOINED, Program
from tests.end_to_end.test_faults_output import NARROW, talk_until_left
from tests.helpers import Client, ServerProcess, wait_for

MIB, KIB = 1 << 20, 1 << 10
SERVER = {"server": {"name": "chat.test"}}
PASSWORD = "open sesame"
OPERATORS = {"operators": [{"name": "root", "password": PASSWORD}]}
MESSAGE_BYTES = 512  # with CR LF (modern IRC, "Message format")
# What IRC's clients may be sent besides printable characters: formatting, and CTCP's quotes.
FORMATTING = "\x01\x02\x03\x04\x0f\x11\x16\x1d\x1e\x1f"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path, {"rate": False}, settings=SERVER) as running:
        yield running
        assert "Traceback" not in running.log
        assert "fault with" not in running.log
        assert "died" not in running.log


# --- how the bytes come ---


def test_all_of_a_visit_in_one_packet(server: ServerProcess) -> None:
    with Client(server.port, "ear") as ear, Client(server.port) as client:
        lines = "CAP LS 302", "NICK ada", "USER ada 0 * :Ada", "CAP END", "JOIN #lobby"
        client.send(*lines, "PRIVMSG #lobby :hi", "QUIT :bye")
        came = client.rest().splitlines()
        assert came[-1] == "ERROR :Closing Link: 127.0.0.1 (Quit: bye)"
        assert sum(JOINED in line for line in came) == 1
        assert [line[6:] for line in ear.expect("ada left")] == [
            "-> ada has joined #lobby",
            "<ada> hi",
            "<- ada left (Quit: bye)",
        ]


def test_one_byte_a_packet(server: ServerProcess) -> None:
    said = "cap ls\r\nNick ada\r\nuser ada 0 * :Ada\nCAP END\r\nJOIN #lobby\r\n"
    with Client(server.port, "ear") as ear, Client(server.port) as client:
        for byte in f"{said}PRIVMSG #lobby :\N{SNOWMAN} hi\r\n".encode():
            client.send_bytes(bytes((byte,)))
            time.sleep(0)  # let the server run, if there is but one processor
        assert ear.expect("hi")[-1].endswith(" <ada> \N{SNOWMAN} hi")
        client.expect(JOINED)


def test_row_10_half_a_line_at_the_end_is_not_said(server: ServerProcess) -> None:
    """It may be cut on its way; on telnet, where people type, it counts."""
    with Client(server.port, "ear") as ear, Program(server.port, "ada", "#lobby") as ada:
        ada.send_bytes(b"PRIVMSG #lobby :one\r\nPRIVMSG #lobby :two")
        ada.half_close()
        assert "ERROR :Closing Link" in ada.rest()
        assert [line[6:] for line in ear.expect("ada left")] == [
            "-> ada has joined #lobby",
            "<ada> one",
            "<- ada left (connection closed)",
        ]


def test_a_half_line_before_a_name_is_no_name(server: ServerProcess) -> None:
    with Client(server.port) as client:
        client.send_bytes(b"NICK ada\r\nUSER ada")
        client.half_close()
        assert " 001 " not in client.rest()
    with Program(server.port, "ada") as ada:
        assert ada.sync() == []


# --- rows 13 to 18: input ---


def test_row_13_a_line_that_is_too_long_has_417_and_the_next_is_heard(
    server: ServerProcess,
) -> None:
    with Client(server.port, "ear") as ear, Program(server.port, "ada", "#lobby") as ada:
        start = "PRIVMSG #lobby :"
        ada.send(start + "x" * (MESSAGE_BYTES - 1 - len(start)), f"@+tag={'y' * 5000} {start}no")
        ada.say("#lobby", "after")
        assert [line.split(" ", 3)[:3] for line in ada.sync()] == [[":chat.test", "417", "ada"]] * 2
        assert [line[6:] for line in ear.expect("<ada> ")][-1:] == ["<ada> after"]


def test_row_13_endless_lines_are_closed_and_cost_no_memory(server: ServerProcess) -> None:
    with Probe(server, room="#calm") as probe:
        rss = server.rss
        with probe.fault():
            for number in range(20):
                with Program(server.port, f"endless{number}") as client:
                    with suppress(ConnectionError):
                        client.send_bytes(b"PRIVMSG #lobby :" + b"x" * 2 * MIB)
                    said = client.rest()  # a reset may have taken the words with it
                    assert not said or "ERROR :Closing Link" in said
        assert server.rss <= rss + 4 * MIB
    server.await_rest()


def test_row_14_a_flood_is_slowed_down_by_not_reading_it(tmp_path: Path) -> None:
    people = 10
    with ServerProcess(tmp_path) as server, Client(server.port, "ear") as ear:
        ear.send("/join #flood")
        ear.expect("You are in #flood")
        floods = [Program(server.port, f"flood{number}", "#flood") for number in range(people)]
        start = time.monotonic()
        heard: Counter[str] = Counter()

        def all_are_heard() -> bool:
            for client in floods:
                with suppress(BlockingIOError):
                    client.sock.send(b"PRIVMSG #flood :y\r\n" * 1024)
            heard.update(re.findall(r"<(flood\d+)> y", "\n".join(ear.sync())))
            return len(heard) == people and min(heard.values()) >= 9

        with Probe(server, room="#calm") as probe, probe.fault():
            for client in floods:
                client.sock.setblocking(False)
            wait_for(all_are_heard, "each has had its first lines, and more")
        allowed = 10 + 2 * (time.monotonic() - start) + 1
        for number in range(people):
            assert heard[f"flood{number}"] <= allowed
        assert "flood0 left" not in server.log  # it is not killed: the sender has to wait
        for client in floods:
            client.close()


def test_row_16_what_is_no_utf_8_is_refused_and_what_is_cut_in_two_is_whole(
    server: ServerProcess,
) -> None:
    with Client(server.port, "ear") as ear, Program(server.port, "ada", "#lobby") as ada:
        ada.send_bytes(b"PRIVMSG #lobby :caf\xe9\r\n")
        assert ada.line().startswith(":chat.test FAIL PRIVMSG INVALID_UTF8 :")
        snowman = "\N{SNOWMAN}".encode()
        ada.send_bytes(b"PRIVMSG #lobby :" + snowman[:1])
        ear.sync()
        ada.send_bytes(snowman[1:] + b" whole\r\n")
        assert [line[6:] for line in ear.expect("whole")] == ["<ada> \N{SNOWMAN} whole"]


NASTY = "a\x00b\x07c\x1b[31md\x1b]0;title\x07e\x7ff\x80g\x9b2Jh\u2028i\u202ej\x05k\x0cl\x0bm\rn"


def controls(text: str, allowed: str = "") -> set[str]:
    """Return the characters of a text that are not to reach anybody."""
    bad = re.findall("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", text)
    return set(bad) - set(allowed)


def test_rows_17_and_18_control_characters_reach_nobody(server: ServerProcess) -> None:
    """In every field that others are shown: bytes are looked at as they come."""
    with (
        Client(server.port, "ear") as ear,
        Program(server.port, "eye", "#lobby", "#den") as eye,
        Program(server.port, "ada", "#lobby", "#den") as ada,
        Program(server.port, "bob", "#lobby") as bob,
    ):
        caps = "message-tags server-time away-notify setname extended-join"
        eye.send(f"CAP REQ :{caps}", "MODE #den +o ada")
        ear.send("/join #den")
        ear.sync()
        ada.send("MODE ada +i")
        told = [f"PRIVMSG #den :{NASTY}", f"NOTICE #den :{NASTY}", f"TOPIC #den :{NASTY}"]
        told += [f"PRIVMSG #den :\x01ACTION {NASTY}\x01", f"AWAY :{NASTY}", f"SETNAME :{NASTY}"]
        told += [f"PRIVMSG ear,eye :{NASTY}", f"NICK ada{NASTY}", f"KICK #den eye :{NASTY}"]
        told += [f"INVITE eye #den{NASTY}", f"MODE #den +k {NASTY}", f"JOIN #{NASTY}"]
        ada.send(*told, f"PART #lobby :{NASTY}")
        ada.sync()
        bob.send(f"QUIT :{NASTY}")
        bob.rest()
        ear.send("/topic #den", "/whois ada", "/history 20 #den")
        eye.send("JOIN #den", "WHOIS ada", "WHOWAS bob", "LIST", "NAMES #den")
        heard = "\n".join(ear.sync())
        seen = "\n".join(eye.sync())
        for text in (heard, seen):
            assert text.count("[31md") >= 8  # it has all come, but for what does harm
        assert controls(heard, "\n") == set()
        assert controls(seen, "\n" + FORMATTING) == set()
        for line in seen.split("\n"):
            assert re.match(r"(@\S+ )?:\S+ [A-Z0-9]+ ", line), line


# --- row 21: CTCP ---


def test_row_21_only_an_action_passes_where_ctcp_is_off(server: ServerProcess) -> None:
    with (
        Client(server.port, "ear") as ear,
        Program(server.port, "eye", "#lobby") as eye,
        Program(server.port, "ada", "#lobby") as ada,
    ):
        words = ["VERSION"] * 100 + ["DCC SEND file 2130706433 5000 1"]
        ada.send(*(f"PRIVMSG #lobby :\x01{word}\x01" for word in words))
        refused = ada.sync()
        assert refused == [":chat.test 404 ada #lobby :CTCP is off in this room."] * len(words)
        ada.say("#lobby", "\x01ACTION waves\x01")
        heard = [line[6:] for line in ear.expect("* ada waves")]
        assert heard == ["-> eye has joined #lobby", "-> ada has joined #lobby", "* ada waves"]
        assert [line.partition(" ")[2] for line in eye.sync()] == [
            "JOIN #lobby",
            "PRIVMSG #lobby :\x01ACTION waves\x01",
        ]


# --- row 25: fuzz ---

CASES = 4000  # lines


def test_row_25_no_line_however_odd_harms_the_server_or_others(server: ServerProcess) -> None:
    odd = Odd(random.Random(25))
    with Probe(server, room="#calm") as probe, probe.fault():
        sent = visits = 0
        while sent < CASES:
            visits += 1
            with Client(server.port) as client:
                client.send(f"CAP REQ :{' '.join(odd.some_caps())}", f"NICK odd{visits}")
                client.send("USER odd 0 * :odd", "CAP END", "JOIN #odd", f"JOIN #odd{visits}")
                sent += visit(client, odd, CASES - sent)
        assert visits < CASES // 4  # most of it was not said to a closed connection
    assert server.process.poll() is None


def visit(client: Client, odd: "Odd", most: int) -> int:
    """Send odd lines until the server has enough of them; return how many."""
    sent = 0
    with suppress(ConnectionError):
        while sent < most:
            lines = [odd.line() for _ in range(20)]
            client.send_bytes(b"".join(lines) + b"\r\nPING odd_sync\r\n")
            sent += len(lines)
            wait_for(lambda: client.ended or b"PONG " in client.received, "it answers")
            if client.ended:
                break
            client.received = b""
    return sent


class Odd:
    """Makes lines that nobody would send."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        # OPER is slow on purpose, and has a test of its own.
        self._verbs = [verb for verb in COMMANDS if verb != "OPER"] + ["", ":", "@", "\x01"]
        self._targets = ["#odd", "#odd1", "#odd2", "#odd2", "#odd,#odd3", "@#odd", "odd4", "ear"]
        self._words = [
            *("#x,#y,#z,,", "0", "*", "odd1", "odd2,odd1", "#", "##"),
            *("+ooo-vvv", "+bbb", "+beIklimnst", "-k", "+k", "+l", "=", "@#odd", "+#lobby"),
            *("", " ", ":", "::", ":a b c", ":\x01ACTION", ":\x01", "a!b@c", "*!*@*", "*" * 200),
            *("LS", "REQ", "END", "302", "99999999999999999999", "-1", "\u0661", "n%tcuhn,999"),
            *("+draft/multiline", "BEFORE", "LATEST", "AROUND", "BETWEEN", "TARGETS", "msgid=1"),
            *("timestamp=2026-01-01T00:00:00.000Z", "timestamp=0", "msgid=", "<1000", ">0", "C>0"),
            *(
                "é" * 100,
                "\N{SNOWMAN}",
                "\u202e",
                "x" * 400,
                "\x1b[2J",
                "\x00\x00",
                "\r\r",
                "[]{}|",
            ),
        ]
        self._tags = ["", "@", "@label=1 ", "@label= ", "@=;;= ", "@batch=1 ", "@+typing=active "]
        self._tags += ["@label=\\:\\s\\\\\\r\\n\\x ", "@a;b=c;+d;+e= ", "@+reply=1;+react=x "]
        self._tags += ["@batch=m;draft/multiline-concat ", "@time=x;msgid=1;account=root "]

    def some_caps(self) -> list[str]:
        return [capability.name for capability in OFFERED if self._chance.random() < 0.7]

    def line(self) -> bytes:
        chance = self._chance
        if chance.random() < 0.02:
            return chance.randbytes(chance.randrange(1, 600))
        words = chance.choices(self._words, k=chance.randrange(6))
        if chance.random() < 0.6:
            words.insert(0, chance.choice(self._targets))
        tags = chance.choice(self._tags) if chance.random() < 0.4 else ""
        source = chance.choice(["", "", "", ":x ", ": ", ":a!b@c "])
        text = f"{tags}{source}{chance.choice(self._verbs)} {' '.join(words)}"
        data = bytearray(text.encode())
        if chance.random() < 0.1:
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data) + chance.choice([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\n\n"])


# --- row 27: output ---


def test_row_27_slow_readers_are_told_of_their_sendq(server: ServerProcess) -> None:
    count = 6
    with Probe(server, room="#calm") as probe, ExitStack() as stack:
        speaker = stack.enter_context(Client(server.port, "speaker"))
        slow: list[Client] = [
            stack.enter_context(
                Program(server.port, f"slow{number}", "#lobby", receive_buffer=NARROW)
            )
            for number in range(count)
        ]
        rss = server.rss
        with probe.fault():
            ends = talk_until_left(server, speaker, slow, "too slow to read", count)
            assert server.rss <= rss + count * 256 * KIB + 8 * MIB
        assert ends == ["ERROR :SendQ exceeded"] * count


# --- rows 33 and 36: authority ---


def test_row_33_guessing_passwords_leads_nowhere(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, {"rate": False}, settings=SERVER | OPERATORS) as server:
        with Program(server.port, "eve") as eve:
            eve.send(*(f"OPER root guess{number}" for number in range(1000)))
            answers = [line.split(" ", 3) for line in eve.sync()]
            assert Counter(answer[1] for answer in answers) == {"464": 3, "263": 997}
            eve.send(f"OPER root :{PASSWORD}")
            assert [line.split()[1] for line in eve.sync()] == ["263"]
        with Program(server.port, "mallory") as mallory:
            mallory.send(*(f"OPER nobody{number} guess" for number in range(1000)))
            lines = mallory.rest().splitlines()
            wrong = [line for line in lines if " 464 " in line]
            assert [line.split(" ", 3)[3] for line in wrong] == [answers[0][3]] * 6
            assert lines[-1] == "ERROR :Closing Link: 127.0.0.1 (Too many wrong passwords)"
        assert "guess" not in server.log
        assert PASSWORD not in server.log


@pytest.mark.parametrize("round", range(3))
def test_row_36_nothing_is_heard_of_somebody_behind_their_ban(
    round: int, server: ServerProcess
) -> None:
    with (
        Program(server.port, "ada", "#den") as ada,
        Program(server.port, "eye", "#den") as eye,
        Program(server.port, "mallory", "#den") as mallory,
        Client(server.port, "ear") as ear,
    ):
        ear.send("/join #den")
        for one in (ear, mallory):
            one.sync()  # until the past is looked up, one who has come is not listened to
        mallory.send(*(f"PRIVMSG #den :spam {number}" for number in range(100 * round + 1)))
        ada.send("MODE #den +b mallory!*@*")
        mallory.send(*(f"PRIVMSG #den :spam {number}" for number in range(500)))
        ada.sync()
        mallory.send("PRIVMSG #den :spam between")
        refused = mallory.sync()
        ada.send("KICK #den mallory :enough")
        mallory.send(*(f"PRIVMSG #den :spam {number}" for number in range(500)), "JOIN #den")
        refused += mallory.sync()
        assert any(" 404 mallory #den " in line for line in refused)
        assert " 474 mallory #den " in refused[-1]
        ada.sync()
        assert heard_behind(eye.sync(), " MODE #den +b ", " PRIVMSG #den :spam") == 0
        lines = ear.sync()
        assert heard_behind(lines, "mallory!*@*", "<mallory>") == 0
        assert any("<mallory> spam 0" in line for line in lines)


def heard_behind(lines: list[str], mark: str, text: str) -> int:
    """How often a text comes behind the first line with a mark, which there must be."""
    marks = [number for number, line in enumerate(lines) if mark in line]
    assert marks
    return sum(text in line for line in lines[marks[0] :])
