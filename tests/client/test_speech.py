"""What is said comes and goes: pending, confirmed, refused; and what happens to it afterwards."""

from __future__ import annotations

import pytest

from chatserver.irc.message import Message
from client.buffers import BufferKind
from client.messages import Delivery, Entry, Kind, Reaction
from client.sending import UNKNOWN_FATE, text_bytes
from tests.client.script import ALL, Script

LABELS = "batch echo-message labeled-response message-tags server-time"


def last(script: Script) -> Entry:
    return script.room.entries[-1]


# One's own lines.


def test_a_line_is_pending_until_its_echo_comes() -> None:
    script = Script().welcome(LABELS)
    script.model.send_text(script.room, "hello")
    (line,) = script.said()
    label = line.removeprefix("@label=").partition(" ")[0]
    assert line == f"@label={label} PRIVMSG #ops hello"
    assert last(script).delivery is Delivery.PENDING
    key = last(script).key
    script.hear(
        f"@label={label};msgid=m1;time=2026-01-01T00:00:00.000Z :ada!u@h PRIVMSG #ops hello"
    )
    assert (last(script).key, last(script).msgid, last(script).at) == (key, "m1", 1767225600.0)
    assert last(script).delivery is Delivery.CONFIRMED
    assert script.model.pending == 0


def test_what_others_say_meanwhile_stands_in_front_of_what_is_pending() -> None:
    script = Script().welcome(LABELS)
    script.model.send_text(script.room, "mine")
    script.hear(":bob!u@h PRIVMSG #ops :yours")
    assert script.notes()[-2:] == ["yours", "mine"]


def test_without_labels_the_echo_itself_is_the_proof() -> None:
    script = Script().welcome("echo-message")
    script.model.send_text(script.room, "same")
    script.model.send_text(script.room, "same")
    assert script.said() == ["PRIVMSG #ops same"] * 2
    script.hear(":ada!u@h PRIVMSG #ops same")
    assert [e.delivery for e in script.room.entries][-2:] == [Delivery.CONFIRMED, Delivery.PENDING]


def test_without_echo_the_answer_to_a_ping_is_the_proof() -> None:
    script = Script().welcome()
    script.model.send_text(script.room, "hello")
    line, ping = script.said()
    assert line == "PRIVMSG #ops hello"
    script.hear(f":s PONG s {ping.split()[1]}")
    assert last(script).delivery is Delivery.CONFIRMED


@pytest.mark.parametrize("caps", ["", "echo-message", LABELS])
def test_a_refused_line_says_why_and_can_be_sent_again(caps: str) -> None:
    script = Script().welcome(caps)
    script.model.send_text(script.room, "no")
    line = script.said()[0]
    tags = f"{line.partition(' ')[0]} " if line.startswith("@") else ""
    script.hear(f"{tags}:s 404 ada #ops :Cannot send to channel")
    assert (last(script).delivery, last(script).reason) == (
        Delivery.REFUSED,
        "Cannot send to channel",
    )
    script.model.retry(script.room, last(script))
    assert last(script).delivery is Delivery.PENDING
    assert any("PRIVMSG #ops no" in said for said in script.said())


def test_without_a_past_a_line_of_unknown_fate_is_left_to_the_person() -> None:
    script = Script("ada", "#ops").welcome("echo-message")
    script.model.send_text(script.room, "which")
    script.said()
    script.model.lost("cut")
    script.model.send_text(script.room, "later")
    script.model.connected()
    script.hear(":s CAP * LS :echo-message", ":s CAP * ACK :echo-message")
    script.hear(":s 001 ada :Welcome", ":s 376 ada :End")
    said = script.hear(":ada!u@h JOIN #ops")
    assert said == ["PRIVMSG #ops later"]
    refused = [e for e in script.room.entries if e.delivery is Delivery.REFUSED]
    assert [(e.text, e.reason) for e in refused] == [("which", UNKNOWN_FATE)]


def test_what_waits_for_a_room_that_lets_nobody_in_is_refused() -> None:
    script = Script("ada", "#ops")
    script.hear(":s CAP * LS :", ":s 001 ada :Welcome", ":s 376 ada :End")
    script.model.send_text(script.room, "let me in")
    assert script.said() == []
    script.hear(":s 474 ada #ops :Cannot join channel (+b)")
    refused = [e.reason for e in script.room.entries if e.delivery is Delivery.REFUSED]
    assert refused == ["You are banned from #ops"]


def test_several_lines_are_one_message_where_the_server_can() -> None:
    script = Script().welcome(ALL)
    script.model.send_text(script.room, "one\ntwo")
    opening, first, second, closing = script.said()
    assert opening.endswith("draft/multiline #ops")
    assert [first.split(" ", 1)[1], second.split(" ", 1)[1]] == [
        "PRIVMSG #ops one",
        "PRIVMSG #ops two",
    ]
    label = opening.removeprefix("@label=").partition(" ")[0]
    script.hear(
        f"@label={label};msgid=m :ada!u@h BATCH +x draft/multiline #ops",
        "@batch=x :ada!u@h PRIVMSG #ops one",
        "@batch=x :ada!u@h PRIVMSG #ops tw",
        "@batch=x;draft/multiline-concat :ada!u@h PRIVMSG #ops o",
        "BATCH -x",
    )
    assert (closing, last(script).text) == (f"BATCH -m{label}", "one\ntwo")
    assert last(script).delivery is Delivery.CONFIRMED


def test_more_lines_than_fit_become_several_messages() -> None:
    script = Script().welcome(ALL)  # it takes four lines at once
    script.model.send_text(script.room, "\n".join("abcdef"))
    openings = [line for line in script.said() if "draft/multiline #ops" in line]
    assert len(openings) == 2
    assert script.notes()[-2:] == ["a\nb\nc\nd", "e\nf"]


def test_several_lines_go_line_by_line_where_it_cannot() -> None:
    script = Script().welcome("echo-message")
    script.model.send_text(script.room, "one\n\ntwo")
    assert script.said() == ["PRIVMSG #ops one", "PRIVMSG #ops two"]
    assert script.notes()[-2:] == ["one", "two"]


@pytest.mark.parametrize("caps", ["echo-message", ALL])
def test_no_message_is_longer_than_others_can_get(caps: str) -> None:
    script = Script().welcome(caps)
    script.model.send_text(script.room, "ü" * 700)
    lines = [line for line in script.said() if "PRIVMSG" in line]
    words = [line[line.index("PRIVMSG") :] for line in lines]
    assert len(words) > 1
    assert all(len(f":ada!u@h {word}\r\n".encode()) <= 512 for word in words)
    assert "".join(word.partition("#ops ")[2].removeprefix(":") for word in words) == "ü" * 700


@pytest.mark.parametrize("host", ["h", "h" * 63])
def test_a_message_is_as_long_as_the_server_s_name_for_oneself_allows(host: str) -> None:
    script = Script().welcome("echo-message")
    script.hear(f":ada!~user@{host} JOIN #other")
    room = text_bytes(script.model, script.room)
    script.model.send_text(script.room, "x" * (room + 1))
    lines = [line for line in script.said() if line.startswith("PRIVMSG")]
    longest, rest = (line.removeprefix("PRIVMSG #ops ") for line in lines)
    assert len(f":ada!~user@{host} PRIVMSG #ops :{longest}\r\n") == 512
    assert rest == "x"


def test_a_control_character_cannot_end_a_line() -> None:
    script = Script().welcome()
    script.model.send_text(script.room, "a\rQUIT\0b")
    assert script.said()[0] == "PRIVMSG #ops aQUITb"


def test_a_waiting_line_can_be_taken_back() -> None:
    script = Script("ada", "#ops").welcome(LABELS)
    script.model.lost("cut")
    script.model.send_text(script.room, "no")
    script.model.discard(script.room, last(script))
    assert script.model.pending == 0
    assert "no" not in script.notes()


# The lines of others.


def test_who_is_named_is_told_once() -> None:
    script = Script().welcome()
    script.now += 1
    script.hear(":bob!u@h PRIVMSG #ops :ADA, hi", ":bob!u@h PRIVMSG #ops :adamant")
    (alert,) = script.model.take_alerts()
    assert alert.entry.text == "ADA, hi"
    assert (script.room.unread, script.room.mentions) == (2, 1)
    assert script.model.take_alerts() == []
    script.now += 1
    script.model.mark_read(script.room)
    assert (script.room.unread, script.room.mentions) == (0, 0)


def test_private_words_open_a_conversation() -> None:
    script = Script().welcome()
    script.hear(":bob!u@h PRIVMSG ada :psst")
    partner = script.buffer("bob")
    assert (partner.kind, partner.mentions) == (BufferKind.PERSON, 1)
    assert script.model.partner is partner


def test_actions_and_questions_of_programs() -> None:
    script = Script().welcome()
    script.hear(
        ":bob!u@h PRIVMSG #ops :\x01ACTION waves\x01", ":bob!u@h PRIVMSG ada :\x01VERSION\x01"
    )
    assert (last(script).kind, last(script).text) == (Kind.ACTION, "waves")
    assert script.model.find("bob") is None


def test_nothing_from_a_server_can_move_the_cursor() -> None:
    evil = "a\x1b[2J\x1b]0;title\x07b\u202e"
    script = Script().welcome("message-tags")
    script.hear(
        f":b{evil}b!u@h JOIN #ops",
        f":b{evil}b!u@h PRIVMSG #ops :{evil}",
        f":b{evil}b!u@h TOPIC #ops :{evil}",
        f":s 372 ada :{evil}",
        f":b{evil}b!u@h PRIVMSG ada :{evil}",
        f"@+draft/react={evil};+draft/reply=m :b{evil}!u@h TAGMSG #ops",
        f":b{evil}b!u@h AWAY :{evil}",
        f":b{evil}b!u@h QUIT :{evil}",
        f":s 471 ada #{evil} :{evil}",
        f":s 322 ada #{evil} 1 :{evil}",
        f"FAIL X Y :{evil}",
        f"ERROR :{evil}",
    )
    seen = [script.room.topic, *(m.nick for m in script.room.members)]
    for buffer in script.model.buffers:
        seen.append(buffer.name)
        for entry in buffer.entries:
            seen += [entry.nick, entry.text, entry.reason, entry.by]
    assert len(seen) > 10
    assert [text for text in seen if "\x1b" in text or "\x07" in text or "\u202e" in text] == []


def test_who_is_ignored_is_not_heard() -> None:
    script = Script().welcome()
    script.model.ignored["bob"] = "bob"
    script.hear(":bob!u@h PRIVMSG #ops :hi", ":bob!u@h PRIVMSG ada :hi")
    assert "hi" not in script.notes()
    assert script.model.find("bob") is None


def test_a_notice_of_the_server_stands_in_its_own_buffer() -> None:
    script = Script().welcome()
    script.hear(":s NOTICE ada :maintenance")
    assert script.model.server.entries[-1].text == "maintenance"


# What happens to a line afterwards.


def test_reactions_come_and_go() -> None:
    script = Script().welcome("message-tags")
    script.hear("@msgid=m1 :bob!u@h PRIVMSG #ops :hi")
    react = "@+draft/react=👍;+draft/reply=m1 :{}!u@h TAGMSG #ops"
    script.hear(react.format("cy"), react.format("dan"), react.format("cy"))
    assert last(script).reactions == (Reaction("👍", ("cy", "dan")),)
    script.hear("@+draft/unreact=👍;+draft/reply=m1 :cy!u@h TAGMSG #ops")
    assert last(script).reactions == (Reaction("👍", ("dan",)),)
    script.model.react(script.room, last(script), "👍")
    assert script.said() == ["@+draft/react=👍;+draft/reply=m1 TAGMSG #ops"]


def test_an_answer_says_what_it_answers() -> None:
    script = Script().welcome(LABELS)
    script.hear("@msgid=m1 :bob!u@h PRIVMSG #ops :hi", "@+draft/reply=m1 :cy!u@h PRIVMSG #ops :yes")
    answered = script.room.entries.find(last(script).reply_to)
    assert answered and answered.text == "hi"
    script.model.send_text(script.room, "no", reply_to=answered)
    assert "+draft/reply=m1" in script.said()[0]


def test_a_line_that_is_taken_back_is_gone_and_not_unread() -> None:
    script = Script().welcome(ALL)
    script.hear("@msgid=m1 :bob!u@h PRIVMSG #ops :ada: oops", ":bob!u@h REDACT #ops m1 :typo")
    redaction = last(script).redacted
    assert redaction and (redaction.by, redaction.reason) == ("bob", "typo")
    assert (last(script).text, script.room.unread) == ("", 0)


def test_who_types_is_known_until_they_have_spoken_or_stopped() -> None:
    script = Script().welcome("message-tags")
    script.hear("@+typing=active :bob!u@h TAGMSG #ops", "@+typing=active :cy!u@h TAGMSG #ops")
    assert script.room.typing(script.now) == ("bob", "cy")
    script.hear(":bob!u@h PRIVMSG #ops :there")
    assert script.room.typing(script.now) == ("cy",)
    before = script.model.changes
    script.now += 7
    script.model.tick()
    assert script.room.typing(script.now) == ()
    assert script.model.changes > before


def test_others_are_told_that_one_types_every_three_seconds_at_most() -> None:
    script = Script().welcome("message-tags")
    for _ in range(10):
        script.model.set_typing(script.room, typing=True)
    assert script.said() == ["@+typing=active TAGMSG #ops"]
    script.now += 3
    script.model.set_typing(script.room, typing=True)
    script.model.set_typing(script.room, typing=False)
    script.model.set_typing(script.room, typing=False)
    assert script.said() == ["@+typing=active TAGMSG #ops", "@+typing=done TAGMSG #ops"]


def test_where_one_may_not_speak_typing_is_refused_in_silence() -> None:
    script = Script().welcome("message-tags labeled-response batch")
    before = len(script.room.entries)
    script.model.set_typing(script.room, typing=True)
    [sent] = script.said()
    label = Message.parse(sent).tags["label"]
    script.hear(f"@label={label} :s 404 ada #ops :Cannot send to channel (+m)")
    assert len(script.room.entries) == before
    script.hear(":s 404 ada #ops :Cannot send to channel (+m)")
    assert len(script.room.entries) == before + 1


def test_how_far_one_has_read_is_told_and_heard() -> None:
    script = Script().welcome(ALL)
    time = "2023-11-14T22:13:30.123Z"
    script.hear(f"@time={time};msgid=m1 :bob!u@h PRIVMSG #ops :hi")
    assert script.room.unread == 1
    script.model.mark_read(script.room)
    script.model.mark_read(script.room)
    assert script.room.unread == 0
    assert script.said() == []  # a flood is not answered line by line
    script.model.ping_token = "x"
    script.model.tick()
    assert script.said() == [f"MARKREAD #ops timestamp={time}"]
    later = "2023-11-14T22:13:31.000Z"
    script.hear(f"@time={later};msgid=m2 :bob!u@h PRIVMSG #ops :hi")
    assert script.room.unread == 1
    script.hear(f":s MARKREAD #ops timestamp={later}")  # another device
    assert script.room.unread == 0


def test_a_search_is_asked_and_answered() -> None:
    script = Script().welcome(ALL)
    script.model.search("two words", script.room)
    assert script.said() == [r"SEARCH in=#ops;text=two\swords;limit=100"]
    script.hear(
        "BATCH +s soju.im/search",
        "@batch=s;msgid=a;time=2023-01-01T00:00:00.000Z :bob!u@h PRIVMSG #ops :old",
        "@batch=s;msgid=b;time=2023-01-02T00:00:00.000Z :bob!u@h PRIVMSG #ops :new",
        "BATCH -s",
    )
    found = script.model.search_results
    assert found and found.done
    assert [(buffer.name, entry.text) for buffer, entry in found.hits] == [
        ("#ops", "new"),
        ("#ops", "old"),
    ]
    assert script.room.unread == 0


def test_a_server_that_cannot_search_says_so() -> None:
    script = Script().welcome()
    script.model.search("x")
    assert script.model.search_results
    assert script.model.search_results.fault
