"""How a client is let in: capabilities, names, features, and signs of life."""

import pytest

from client.handlers.registration import REST_SECONDS, WANTED
from client.messages import Kind
from client.model import SILENCE_SECONDS, Status
from client.names import Casemap
from tests.client.script import Script


def test_the_first_words() -> None:
    assert Script("ada").said() == ["CAP LS 302", "NICK ada", "USER ada 0 * ada"]


def test_all_that_is_offered_of_the_list_is_asked_for() -> None:
    script = Script()
    script.said()
    assert script.hear(":s CAP * LS * :batch sasl=PLAIN") == []
    assert script.hear(":s CAP * LS :echo-message tls") == ["CAP REQ :batch echo-message"]
    assert script.hear(":s CAP * ACK :batch echo-message") == ["CAP END"]
    assert script.model.caps == {"batch", "echo-message"}


def test_a_long_list_is_asked_for_in_several_requests_and_ends_once() -> None:
    script = Script()
    script.said()
    requests = script.hear(f":s CAP * LS :{' '.join(WANTED)}")
    assert len(requests) > 1
    assert all(len(request) < 500 for request in requests)
    answers = [request.replace("CAP REQ", ":s CAP * ACK") for request in requests]
    assert script.hear(*answers) == ["CAP END"]


def test_nothing_offered_ends_the_negotiation() -> None:
    script = Script()
    script.said()
    assert script.hear(":s CAP * LS :") == ["CAP END"]


def test_what_is_refused_together_is_asked_for_one_by_one() -> None:
    script = Script()
    script.said()
    script.hear(":s CAP * LS :batch echo-message")
    said = script.hear(":s CAP * NAK :batch echo-message")
    assert said == ["CAP REQ batch", "CAP REQ echo-message"]
    assert script.hear(":s CAP * ACK :batch") == []
    assert script.hear(":s CAP * NAK :echo-message") == ["CAP END"]
    assert script.model.caps == {"batch"}


def test_capabilities_that_come_and_go() -> None:
    script = Script().welcome("batch cap-notify")
    assert script.hear(":s CAP ada NEW :echo-message") == ["CAP REQ echo-message"]
    script.hear(":s CAP ada ACK :echo-message", ":s CAP ada DEL :batch")
    assert script.model.caps == {"cap-notify", "echo-message"}


def test_a_server_that_knows_no_capabilities() -> None:
    script = Script("ada", "#ops")
    script.hear(":s 421 * CAP :Unknown command")
    assert script.hear(":s 001 ada :Welcome", ":s 376 ada :End") == ["JOIN #ops"]
    assert script.model.status is Status.ONLINE


def test_a_name_in_use_gets_a_line_under_it() -> None:
    script = Script("ada")
    script.said()
    assert script.hear(":s 433 * ada :Nickname is already in use") == ["NICK ada_"]
    assert script.hear(":s 433 * ada_ :Nickname is already in use") == ["NICK ada__"]
    script.hear(":s 001 ada__ :Welcome")
    assert script.model.nick == "ada__"


def test_a_name_in_use_that_is_as_long_as_can_be_is_cut_for_the_line() -> None:
    script = Script("elizabeth")
    script.said()
    assert script.hear(":s 433 * elizabeth :in use") == ["NICK elizabeth_"]
    assert script.hear(":s 432 * elizabeth_ :Nickname too long, max. 9") == ["NICK elizabet_"]
    assert script.hear(":s 433 * elizabet_ :in use") == ["NICK elizabet__"]
    assert script.hear(":s 432 * elizabet__ :Nickname too long, max. 9") == ["NICK elizabe__"]
    assert not script.notes()


def test_another_name_than_one_wants_is_told_of_where_one_comes_to() -> None:
    script = Script("ada", "#ops")
    script.hear(":s 433 * ada :in use", ":s 001 ada_ :Welcome", ":s 422 ada_ :no motd")
    assert script.model.server.entries[-1:] == []
    script.hear(":ada_!u@h JOIN #ops", ":s 366 ada_ #ops :End")
    (note,) = [entry.text for entry in script.room.entries if entry.kind is Kind.NOTE]
    assert note.startswith("ada is somebody else now; you are called ada_ ")


def test_without_a_room_it_is_told_at_once() -> None:
    script = Script("ada")
    script.hear(":s 433 * ada :in use", ":s 001 ada_ :Welcome", ":s 422 ada_ :no motd")
    assert "you are called ada_" in script.model.server.entries[-1].text


def test_ones_own_name_is_taken_back_when_it_is_free() -> None:
    script = Script("ada")
    script.hear(":s 433 * ada :in use")
    script.welcome()
    script.hear(":ada!u@h JOIN #ops")
    assert script.hear(":ada!u@h QUIT :gone") == ["NICK ada"]


def test_a_name_that_was_refused_is_wanted_no_more() -> None:
    script = Script("ada").welcome()
    script.model.rename("bob")
    script.hear(":s 433 ada bob :Nickname is already in use")
    assert script.hear(":bob!u@h QUIT :gone") == []
    script.model.lost("cut")
    script.model.connected()
    assert "NICK ada" in script.said()


def test_the_name_one_has_taken_is_wanted_from_then_on() -> None:
    script = Script("ada").welcome()
    script.model.rename("eve")
    script.hear(":ada!u@h NICK Eve")
    script.model.lost("cut")
    script.model.connected()
    assert "NICK Eve" in script.said()


def test_a_name_that_one_was_given_does_not_replace_ones_own() -> None:
    script = Script("ada").welcome()
    script.hear(":ada!u@h NICK Guest12")
    script.model.lost("cut")
    script.model.connected()
    assert "NICK ada" in script.said()


def test_a_name_that_is_not_accepted_is_said() -> None:
    script = Script("9a")
    script.hear(":s 432 * 9a :Erroneous nickname")
    assert [entry.kind for entry in script.model.current.entries] == [Kind.FAULT]
    assert "/nick" in script.notes()[0]
    script.model.rename("ada")
    assert "NICK ada" in script.said()
    assert script.hear(":s 433 * ada :Nickname is already in use") == ["NICK ada_"]


def test_features_are_told_and_taken_back() -> None:
    script = Script()
    tokens = "CASEMAPPING=rfc1459 CHANTYPES=#& PREFIX=(qo)~@ LINELEN=1024 NETWORK=A\\x20B X"
    script.hear(f":s 005 ada {tokens} CHATHISTORY=50 MONITOR :are supported")
    features = script.model.features
    assert (features.casemap, features.network) == (Casemap.RFC1459, "A B")
    assert (features.signs, features.line_bytes, features.page(100)) == ("~@", 1024, 50)
    script.hear(":s 005 ada -PREFIX -LINELEN -CHATHISTORY :are supported")
    assert (script.model.features.signs, script.model.features.line_bytes) == ("@+", 512)


@pytest.mark.parametrize("token", ["LINELEN=x", "LINELEN=9999999999999", "CHANMODES=", "="])
def test_features_that_make_no_sense_change_nothing_that_matters(token: str) -> None:
    script = Script()
    script.hear(f":s 005 ada {token} :are supported")
    assert script.model.features.line_bytes == 512
    assert script.model.features.signs == "@+"


def test_a_ping_is_answered_in_its_own_words() -> None:
    assert Script().hear("PING :a b")[-1] == "PONG :a b"


def test_the_lag_is_measured_and_grows_while_nobody_answers() -> None:
    script = Script().welcome()
    script.said()
    script.model.tick()
    assert script.said() == []  # it would wait behind what was just sent
    script.now += REST_SECONDS
    script.model.tick()
    (ping,) = script.said()
    script.now += 0.25
    script.hear(f":s PONG s :{ping.split()[1]}")
    assert script.model.lag_ms == 250
    script.now += 15
    script.model.tick()
    assert script.said()
    script.now += 5
    script.model.tick()
    assert script.model.lag_ms == 5000
    assert not script.model.silent
    script.now += SILENCE_SECONDS
    assert script.model.silent


def test_rooms_are_joined_again_with_their_keys() -> None:
    script = Script("ada", "#ops").welcome()
    script.model.join("#secret", "key")
    assert script.said() == ["JOIN #secret key"]
    script.hear(":ada!u@h JOIN #secret")
    script.model.lost("cut")
    script.model.connected()
    script.hear(":s CAP * LS :", ":s 001 ada :Welcome")
    assert script.hear(":s 376 ada :End") == ["JOIN #secret,#ops key"]


def test_many_rooms_are_joined_in_few_lines() -> None:
    script = Script("ada", *(f"#{'long' * 10}{number}" for number in range(12)))
    script.hear(":s CAP * LS :", ":s 001 ada :Welcome")
    lines = script.hear(":s 376 ada :End")
    assert [line.count(",") for line in lines] == [8, 2]
    assert all(len(line) < 500 for line in lines)


def test_a_room_one_was_sent_away_from_is_not_joined_again() -> None:
    script = Script("ada", "#ops").welcome()
    script.hear(":bob!u@h KICK #ops ada :go")
    script.model.lost("cut")
    script.model.connected()
    script.hear(":s CAP * LS :", ":s 001 ada :Welcome")
    assert script.hear(":s 376 ada :End") == []


NO_ENTRY = "#secret is open to invited people only."


@pytest.mark.parametrize(
    ("code", "words"),
    [("473", NO_ENTRY), ("477", "#secret: Cannot join channel")],  # some servers know the latter
)
def test_a_room_that_never_let_one_in_is_not_on_the_list(code: str, words: str) -> None:
    script = Script("ada", "#ops").welcome()
    script.model.join("#secret")
    script.hear(f":s {code} ada #secret :Cannot join channel")
    assert script.model.find("#secret") is None
    assert script.model.current is script.room
    assert script.notes()[-1] == words
    script.model.lost("cut")
    script.model.join("#secret")  # it is shown then
    script.model.connected()
    script.hear(":s CAP * LS :", ":s 001 ada :Welcome", ":s 376 ada :End")
    script.hear(":s 473 ada #secret :Cannot join channel")
    assert script.model.find("#secret") is None
    assert script.notes()[-1] == NO_ENTRY


def test_a_room_where_something_stands_stays_when_it_refuses() -> None:
    script = Script("ada", "#ops").welcome()
    script.model.join("#secret")
    script.model.send_text(script.buffer("#secret"), "hello?")
    script.hear(":s 473 ada #secret :Cannot join channel")
    texts = [entry.text for entry in script.buffer("#secret").entries]
    assert texts == ["hello?", NO_ENTRY]
    assert script.buffer("#secret").entries[0].reason == NO_ENTRY.removesuffix(".")
    script.hear(":ada!u@h PART #ops")
    script.model.join("#ops")
    script.hear(":s 473 ada #ops :Cannot join channel")
    assert script.notes()[-1] == NO_ENTRY.replace("#secret", "#ops")


def test_a_line_without_end_is_let_go() -> None:
    script = Script()
    for _ in range(3):
        script.model.receive_data(b"x" * 50_000)
    script.model.receive_data(b"\r\nPING :still\r\n")
    assert script.said()[-1] == "PONG still"


@pytest.mark.parametrize("cut", range(0, 60, 7))
def test_bytes_may_come_in_any_portions(cut: int) -> None:
    script = Script()
    script.said()
    data = ":s 433 * ada :caf\xe9\r\nPING :ü\r\n".encode()
    for start in range(0, len(data), max(cut, 1)):
        script.model.receive_data(data[start : start + max(cut, 1)])
    assert script.said() == ["NICK ada_", "PONG ü"]


def test_what_is_no_utf_8_is_read_as_the_old_western_charset() -> None:
    script = Script().welcome()
    script.model.receive_data(b":bob!u@h PRIVMSG #ops :caf\xe9\r\n")
    assert script.notes()[-1] == "café"
