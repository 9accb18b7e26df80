"""The real clients of IRC, in one room with telnet and nc: irssi, WeeChat, sic and ii."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from subprocess import PIPE

import pytest

from chatserver.history.entries import Kind, Message
from tests.end_to_end.person import Person
from tests.helpers import PATIENCE, Client, ServerProcess, require_program, wait_for
from tests.history.shelf import opened

SERVER = {"server": {"name": "chat.test"}}
PLAIN = "linux"  # the kind of terminal that the tests can draw to the last detail
# By itself it waits for two seconds between two commands.
IRSSI = 'settings = { "irc/core" = { cmd_queue_speed = "10msec"; }; };\n'
BEFORE = time.time() - 26 * 3600  # another day, and another time of day


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server where something was said the day before, with the limits that everybody has."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    with opened(data) as journal:
        journal.commit(
            [
                Message(1, BEFORE, Kind.SAID, "#lobby", "eve", "it rains"),
                Message(2, BEFORE + 60, Kind.ACTION, "#lobby", "eve", "sighs"),
            ]
        )
    with ServerProcess(tmp_path, {"sniff_seconds": 0.3}, settings=SERVER) as running:
        yield running
        assert "Traceback" not in running.log
        assert "fault with" not in running.log


@contextmanager
def telnet(server: ServerProcess, nick: str) -> Iterator[Person]:
    require_program("telnet", "telnet")
    with Person(["telnet", "localhost", str(server.port)]) as person:
        person.sees("Your name?")
        person.enter(nick).sees_row("[#lobby]")
        yield person


@contextmanager
def irssi(server: ServerProcess, nick: str, home: Path) -> Iterator[Person]:
    require_program("irssi", "irssi")
    (home / ".irssi").mkdir(parents=True)
    (home / ".irssi/config").write_text(IRSSI, encoding="utf-8")
    command = ["irssi", "-c", "localhost", "-p", str(server.port), "-n", nick]
    with Person(command, environment={"HOME": str(home)}) as person:
        person.sees("MOTD File is missing")
        yield person


@contextmanager
def weechat(server: ServerProcess, nick: str, home: Path) -> Iterator[Person]:
    require_program("weechat-curses", "weechat-curses")
    words = ["/set weechat.look.paste_max_lines -1", "/set irc.look.smart_filter off"]
    words += [f"/server add test localhost/{server.port} -notls -nicks={nick}", "/connect test"]
    run = [option for line in words for option in ("--run-command", line)]
    with Person(["weechat-curses", "--dir", str(home), *run], kind=PLAIN) as person:
        person.sees("MOTD File is missing")
        yield person


def clock(at: float) -> str:
    """The hour and minute of then, where the tests are."""
    return f"{datetime.fromtimestamp(at):%H:%M}"


def test_irssi_and_telnet_and_a_pipe_are_in_one_room(server: ServerProcess, tmp_path: Path) -> None:
    nc = require_program("nc", "netcat-openbsd")
    with telnet(server, "tom") as tom, irssi(server, "ada", tmp_path / "home") as ada:
        ada.enter("/join #lobby").sees("Total of 2 nicks [0 ops, 0 halfops, 0 voices, 2 normal]")
        tom.sees("-> ada has joined #lobby")

        line = f"printf 'bot\\nhi\\n' | {nc} -N localhost {server.port}"
        done = subprocess.run(
            ["bash", "-c", line], capture_output=True, check=True, timeout=PATIENCE, text=True
        )
        assert "You are in #lobby with ada and tom." in done.stdout
        assert done.stdout.endswith(" <bot> hi\n")
        ada.sees("-!- bot [bot@127.0.0.1] has joined #lobby")
        ada.sees(" < bot> hi")
        ada.sees("-!- bot [bot@127.0.0.1] has quit [connection closed]")
        tom.sees(" -> bot has joined #lobby")
        tom.sees(" <bot> hi")
        tom.sees(" <- bot left (connection closed)")

        ada.enter("good morning")
        tom.sees(" <ada> good morning")
        tom.enter("hello ada")
        ada.sees(" < tom> hello ada")
        ada.enter("/me nods")
        tom.sees(" * ada nods")
        ada.enter("now \x02you\x02 see")
        tom.sees(" <ada> now you see")
        tom.enter("/me bows")
        ada.sees("  * tom bows")
        ada.enter("/topic Lunch at one")
        tom.sees("Lunch at one")

        tom.enter("/msg ada only for you")
        ada.enter("/query tom").sees(" <tom> only for you")
        ada.enter("only for you too")
        tom.sees("<ada -> tom> only for you too")

        ada.enter("/quit good night")
        assert ada.leaves() == 0
        tom.sees(" <- ada left (Quit: good night)")


def test_irssi_shows_the_last_lines_with_their_times(server: ServerProcess, tmp_path: Path) -> None:
    """It asks for the times, and shows them when it is told to."""
    with irssi(server, "ada", tmp_path / "home") as ada:
        ada.enter("/set show_server_time on").enter("/join #lobby")
        ada.sees(f"{clock(BEFORE)} < eve> it rains")
        ada.sees(f"{clock(BEFORE + 60)}  * eve sighs")
        ada.enter("/part #lobby")
        ada.enter("/quit")
        assert ada.leaves() == 0


def test_weechat_is_in_one_room_with_telnet(server: ServerProcess, tmp_path: Path) -> None:
    with telnet(server, "tom") as tom, weechat(server, "wei", tmp_path / "wee") as wei:
        wei.enter("/join #lobby")
        tom.sees(" -> wei has joined #lobby")
        wei.sees("it rains")
        wei.sees("eve sighs")
        (row,) = (row for row in wei.look() if "it rains" in row)
        assert clock(BEFORE) in row

        wei.enter("good morning")
        tom.sees(" <wei> good morning")
        tom.enter("hello wei")
        wei.sees("tom | hello wei")
        wei.enter("/me nods")
        tom.sees(" * wei nods")
        tom.enter("/nick tim")
        wei.sees("tom is now known as tim")
        tom.enter("/msg wei only for you")
        wei.enter("/query tim").sees("tim | only for you")

        wei.enter("/quit good night")
        tom.sees(" <- wei left (Quit: good night)")
        wei.enter("/exit")
        assert wei.leaves() == 0


def test_sic_is_a_client_of_one_screen(server: ServerProcess) -> None:
    """It asks for nothing, so it has the times in the text."""
    command = [require_program("sic", "sic"), "-h", "localhost", "-p", str(server.port)]
    with (
        Client(server.port, "tom") as tom,
        subprocess.Popen([*command, "-n", "sid"], stdin=PIPE, stdout=PIPE, text=True) as sic,
    ):
        assert sic.stdin
        assert sic.stdout
        try:
            sic.stdin.write(":j #lobby\n")
            sic.stdin.flush()
            tom.expect("-> sid has joined #lobby")
            day = datetime.fromtimestamp(BEFORE)
            expect(sic.stdout, f"<eve> [{day:%Y-%m-%d %H:%M}] it rains")
            sic.stdin.write("hello\n")
            sic.stdin.flush()
            assert tom.expect("hello")[-1].endswith(" <sid> hello")
            tom.send("hello sid")
            expect(sic.stdout, "<tom> hello sid")
            sic.stdin.write(":QUIT :good night\n")
            sic.stdin.flush()
            tom.expect("<- sid left (Quit: good night)")
            expect(sic.stdout, "Closing Link")
        finally:
            sic.kill()


def expect(lines: Iterator[str], text: str) -> None:
    """Read on to the first line with that text."""
    assert any(text in line for line in lines), text


def test_ii_is_a_client_made_of_files(server: ServerProcess, tmp_path: Path) -> None:
    command = [require_program("ii", "ii"), "-s", "localhost", "-p", str(server.port)]
    place = tmp_path / "ii" / "localhost"
    with (
        Client(server.port, "tom") as tom,
        subprocess.Popen([*command, "-n", "ian", "-i", str(tmp_path / "ii")]) as ii,
    ):
        try:
            wait_for(lambda: "MOTD" in said(place), "it is connected")
            write(place / "in", "/j #lobby")
            tom.expect("-> ian has joined #lobby")
            room = place / "#lobby"
            wait_for(lambda: "it rains" in said(room), "it shows what was said before")
            write(room / "in", "hello")
            assert tom.expect("hello")[-1].endswith(" <ian> hello")
            tom.send("hello ian")
            wait_for(lambda: "<tom> hello ian" in said(room), "it hears what is said")
            write(place / "in", "/q good night")
            tom.expect("<- ian left (Quit: good night)")
            assert ii.wait(PATIENCE) == 0
        finally:
            ii.kill()


def said(place: Path) -> str:
    file = place / "out"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def write(pipe: Path, line: str) -> None:
    """Put a line into one of its pipes."""
    wait_for(pipe.is_fifo, f"{pipe} is there")
    with pipe.open("w", encoding="utf-8") as file:
        file.write(f"{line}\n")
