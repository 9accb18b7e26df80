"""The slash table: what each command does, and what is said of those that do not fit."""

import pytest

from client.commands import TABLE, UsageError, help_lines, submit
from client.completion import complete
from client.emoji import EMOJI
from client.orders import Choose, GoTo, Open, Order, Page, Quit, Switch
from tests.client.script import Script


def run(script: Script, text: str) -> Order | None:
    return submit(script.model, script.model.current, text)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("hello", "PRIVMSG #ops hello"),
        ("//shrug", "PRIVMSG #ops /shrug"),
        ("/me waves", "PRIVMSG #ops :\x01ACTION waves\x01"),
        ("/join games", "JOIN #games"),
        ("/join #games key", "JOIN #games key"),
        ("/leave", "PART #ops"),
        ("/leave #ops bye all", "PART #ops :bye all"),
        ("/leave bye all", "PART #ops :bye all"),
        ("/leave ops bye", "PART #ops bye"),
        ("/bans ops", "MODE #ops b"),
        ("/close", "PART #ops"),
        ("/rooms", "LIST"),
        ("/who games", "NAMES #games"),
        ("/whois bob", "WHOIS bob"),
        ("/seen bob", "ISON bob"),
        ("/kick bob too loud", "KICK #ops bob :too loud"),
        ("/kick #ops bob", "KICK #ops bob"),
        ("/invite cy", "INVITE cy #ops"),
        ("/invite cy games", "INVITE cy #games"),
        ("/ban *!*@192.0.2.1", "MODE #ops +b *!*@192.0.2.1"),
        ("/unban bob", "MODE #ops -b bob"),
        ("/bans", "MODE #ops b"),
        ("/op bob cy", "MODE #ops +oo bob cy"),
        ("/deop bob", "MODE #ops -o bob"),
        ("/voice a b c d", "MODE #ops +vvv a b c"),
        ("/devoice bob", "MODE #ops -v bob"),
        ("/mode", "MODE #ops"),
        ("/mode +k key", "MODE #ops +k key"),
        ("/nick eve", "NICK eve"),
        ("/msg bob hi there", "PRIVMSG bob :hi there"),
        ("/query bob hi", "PRIVMSG bob hi"),
        ("/topic new one", "TOPIC #ops :new one"),
        ("/topic -", "TOPIC #ops :"),
        ("/away lunch", "AWAY lunch"),
        ("/away", "AWAY away"),
        ("/back", "AWAY"),
        ("/raw VERSION x :y z", "VERSION x :y z"),
        ("/quit bye", "QUIT bye"),
        ("/RAW time", "time"),
    ],
)
def test_what_is_sent(text: str, sent: str) -> None:
    script = Script().welcome()
    run(script, text)
    assert script.said()[0] == sent


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("/quit", Quit()),
        ("/server bob@[::1]:6667", GoTo("bob@[::1]:6667")),
        ("/theme Light", Choose("theme", "light")),
        ("/sort news", Choose("sort", "news")),
        ("/notify off", Choose("notify", "off")),
        ("/bell off", Switch("notify", on=False)),
        ("/bell ON", Switch("notify", on=True)),
        ("/color off", Switch("theme", on=False)),
        ("/time off", Switch("clock", on=False)),
        ("/set clock %H", Choose("clock", "%H")),
        ("/set", Choose("", "")),
        ("/help", Open(Page.HELP)),
    ],
)
def test_what_is_asked_of_the_program(text: str, order: Order) -> None:
    assert run(Script().welcome(), text) == order


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/whos", "Did you mean /whois?"),
        ("/qeury bob", "Did you mean /query?"),
        ("/xyzzy", "/help shows"),
        ("/nick Ada Lovelace", "such as Ada_Lovelace"),
        ("/part", "Did you mean /leave?"),
        ("/bell maybe", "not one of the choices"),
        ("/reply @bob", "/reply @NICK TEXT"),
        ("/reply @bob yes", "no line"),
        ("/join", "/join ROOM"),
        ("/msg bob", "/msg NICK TEXT"),
        ("/theme pink", "not one of the choices"),
        ("/reply hi", "Nobody has written"),
        ("/ignore ada", "That is you"),
        ("/unignore cy", "do not ignore"),
        ("/msg #nowhere hi", "/join #nowhere"),
        ("/undo", "no line"),
        ("/join #a,b", "cannot hold “,”"),
        ("/leave #nix", "^You are not in #nix; /join #nix takes you there.$"),
        ("/bans #nix", "You are not in #nix"),
        ("/bans nix", "You are not in #nix"),
        ("/topic #nix new", "You are not in #nix"),
        ("/kick #nix bob", "You are not in #nix"),
        ("/op #nix bob", "You are not in #nix"),
        ("/mode &nix +m", "You are not in &nix"),
        ("/help xyzzy", "There is no /xyzzy"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_sent(text: str, words: str) -> None:
    script = Script().welcome()
    with pytest.raises(UsageError, match=words):
        run(script, text)
    assert script.said() == []


def test_a_room_that_one_is_not_in_is_not_left() -> None:
    script = Script().welcome()
    script.hear(":ada!u@h PART #ops")
    with pytest.raises(UsageError, match="You are not in #ops"):
        run(script, "/leave")
    assert script.said() == []


def test_modes_are_no_rooms_where_rooms_may_begin_as_they_do() -> None:
    script = Script().welcome("", "CHANTYPES=#&!+")
    run(script, "/mode +m")
    run(script, "/ban !x*")
    assert script.said() == ["MODE #ops +m", "MODE #ops +b !x*"]


@pytest.mark.parametrize(
    ("names", "words"), [((":@eve bob!u@h",), "In #games: bob, @eve"), ((), "Nobody is in #games.")]
)
def test_who_is_in_a_room_where_one_is_not(names: tuple[str, ...], words: str) -> None:
    script = Script().welcome()
    run(script, "/who games")
    told = (f":s 353 ada = #games {those}" for those in names)
    script.hear(*told, ":s 366 ada #games :End", ":s 366 ada #games :End")
    assert script.notes()[-1] == words
    assert script.notes().count(words) == 1


def test_nothing_is_said_to_a_server() -> None:
    script = Script().welcome()
    script.model.show(script.model.server)
    with pytest.raises(UsageError, match="/join #lobby"):
        run(script, "hello")


def test_what_needs_a_connection_says_so_without_one() -> None:
    script = Script().welcome()
    script.model.lost("cut")
    with pytest.raises(UsageError, match="no connection"):
        run(script, "/whois bob")


@pytest.mark.parametrize("text", ["/kick :x y", "/invite :bob", "/ban :x y", "/mode :x y"])
def test_what_no_line_can_hold_is_said_in_words(text: str) -> None:
    script = Script().welcome()
    with pytest.raises(UsageError, match="cannot be sent"):
        run(script, text)
    assert script.said() == []


def test_help_is_made_of_the_table() -> None:
    lines = help_lines()
    assert all(any(line.startswith(command.usage) for line in lines) for command in TABLE.values())
    assert help_lines("/me")[0] == "/me TEXT"


def completions(script: Script, before: str) -> list[str]:
    return [found.text for found in complete(script.model, script.model.current, before)]


def test_who_spoke_last_comes_first() -> None:
    script = Script().welcome()
    script.hear(":bea!u@h JOIN #ops", ":bea!u@h PRIVMSG #ops :1", ":bob!u@h PRIVMSG #ops :2")
    assert completions(script, "b") == ["bob: ", "bea: "]
    assert completions(script, "hi B") == ["bob ", "bea "]
    assert completions(script, "hi @be") == ["@bea "]
    assert completions(script, "/whois b") == ["bob ", "bea "]
    script.hear(":bea!u@h PRIVMSG #ops :3", ":bob!u@h PART #ops")
    assert completions(script, "b") == ["bea: "]


def test_commands_rooms_choices_and_emoji_are_completed() -> None:
    script = Script().welcome()
    assert completions(script, "/whoi") == ["/whois "]
    assert completions(script, "/theme sol") == ["solarized"]
    assert completions(script, "/join op") == ["#ops "]
    assert completions(script, "see #o") == ["#ops "]
    assert completions(script, "well :shrug") == [EMOJI["shrug"]]
    assert completions(script, "at 12:30") == []
    assert completions(script, "") == []
    start = complete(script.model, script.room, "well :shrug")[0].start
    assert start == -len(":shrug")
