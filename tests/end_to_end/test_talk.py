"""Three people at real programs talk through a kill: scripts/talk, shorter."""

import random
import sys
from pathlib import Path

import pytest

from scripts.talking import __main__ as talk
from scripts.talking.history import Stored
from scripts.talking.ledger import GAMES, LOBBY, Ledger, Saying
from scripts.talking.stage import Tempo
from scripts.talking.story import End, Plan, run
from scripts.talking.verdict import Outage, Verdict
from scripts.talking.views import View, irssi_views, joined, reacted_marks, telnet_views
from tests.helpers import require_program

QUICK = Tempo(keys=0.2, talk=5.0, away=1.0, waits=3, irssi=0.1)
CLIENT = (sys.executable, "-m", "client")


def test_three_people_talk_through_a_kill(tmp_path: Path) -> None:
    for program, package in talk.PROGRAMS.items():
        require_program(program, package)
    seed = random.randrange(10**6)
    plan = Plan(0.1, seed, CLIENT, ends=(End.KILL,), tempo=QUICK)
    outcome = run(plan, tmp_path)
    assert outcome.faults == [], f"seed {seed}"
    # That it was about something.
    assert {message.nick for message in outcome.stored} == {"ada", "bob", "cy"}
    assert outcome.sights > len(outcome.stored) > 8
    said = talk.report(plan, outcome)
    assert said.endswith("ok: nothing is lost, doubled or out of order")
    assert "while the server was away: a" in said
    moments = {name.partition("-")[2] for name in outcome.stage.album.taken}
    assert {"ada-the-server-is-away.txt", "ada-typed-meanwhile.txt", "ada-back.txt"} <= moments


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "PROGRAMS", {})
    (tmp_path / "letter").touch()
    assert talk.main(["--directory", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"scripts/talk: {tmp_path} is not empty\n"
    monkeypatch.setattr(talk, "PROGRAMS", {"no-such-program": "a-package"})
    assert talk.main([]) == 2
    assert "apt install a-package" in capsys.readouterr().err


class Talk:
    """A ledger of five sayings, and what is stored of them when all is right."""

    def __init__(self) -> None:
        self.ledger = Ledger(random.Random(7))
        for speaker, place in (("ada", LOBBY), ("bob", LOBBY), ("ada", GAMES), ("cy", LOBBY)):
            self.ledger.enter(self.ledger.compose(speaker, place))
        self.ledger.enter(self.ledger.compose("ada", LOBBY, lines=2), reply_to="b1")
        self.stored = [stored(n, said) for n, said in enumerate(self.ledger.said, 1)]

    def judge(self, *refused: str, away: float | None = None) -> list[str]:
        verdict = Verdict()
        outages = {} if away is None else {"bob": [Outage(away - 1, away + 1)]}
        verdict.judge_history(self.ledger, self.stored, outages, refused)
        return verdict.faults


def stored(number: int, saying: Saying) -> Stored:
    answered = {"": "", "b1": "2"}[saying.reply_to]
    told = (saying.place, saying.speaker, saying.text, saying.is_action)
    return Stored(number, "", *told, reply_to=answered)


class TestVerdict:
    @pytest.fixture
    def talk(self) -> Talk:
        return Talk()

    def test_the_same_is_right(self, talk: Talk) -> None:
        assert talk.judge() == []

    def test_what_is_missing_is_lost(self, talk: Talk) -> None:
        gone = talk.stored.pop(0)
        assert talk.judge() == [f"lost: ada in #lobby: {gone.text!r}"]
        assert talk.judge("a1") == []  # her client says so

    def test_telnet_may_lose_what_is_typed_without_a_server(self, talk: Talk) -> None:
        talk.stored.pop(1)
        talk.stored[-1] = stored(5, talk.ledger.said[-1])
        at = talk.ledger.said[1].at
        assert any(fault.startswith("lost: bob") for fault in talk.judge(away=at - 60))
        assert not any(fault.startswith("lost") for fault in talk.judge(away=at))

    def test_twice_is_too_often(self, talk: Talk) -> None:
        talk.stored.append(talk.stored[-1])
        assert talk.judge() == ["stored 2 times: a3", "stored 2 times: a3.2"]

    def test_the_order_of_a_speaker_counts(self, talk: Talk) -> None:
        talk.stored[0], talk.stored[4] = talk.stored[4], talk.stored[0]
        assert talk.judge() == ["stored too late: a1 in #lobby"]

    def test_what_was_taken_back_is_not_there(self, talk: Talk) -> None:
        talk.ledger.drop(talk.ledger.said.pop(3))
        assert [fault.partition(":")[0] for fault in talk.judge()] == [
            "stored, and nobody has said it",
            "stored, though it was never sent",
        ]

    def test_an_answer_belongs_to_a_line(self, talk: Talk) -> None:
        last = talk.ledger.said[-1]
        talk.stored[-1] = Stored(5, "", last.place, "ada", last.text, False, "1")
        assert talk.judge() == ["a3 answers 'a1' instead of 'b1'"]

    def test_marked_as_not_sent_and_stored_is_wrong(self, talk: Talk) -> None:
        assert talk.judge("a1") == ["shown as not sent, and stored: a1"]

    @pytest.mark.parametrize(
        ("seen", "fault"),
        [
            (["a1", "b1", "c1", "a3", "a3.2"], ""),
            (["a1", "c1", "a3", "a3.2"], "missing: b1"),
            (["a1", "b1", "b1", "c1", "a3", "a3.2"], "not stored or doubled: b1"),
            (["b1", "a1", "c1", "a3", "a3.2"], "out of order: b1 a1 c1 a3 a3.2"),
        ],
    )
    def test_a_screen_has_all_of_a_place(self, talk: Talk, seen: list[str], fault: str) -> None:
        verdict = Verdict()
        verdict.judge_whole("ada", {LOBBY: seen, GAMES: ["a2"]}, talk.stored)
        found = verdict.faults[0] if verdict.faults else ""
        assert found.startswith(f"ada, #lobby: {fault}" if fault else "")
        assert bool(found) is bool(fault)

    @pytest.mark.parametrize(
        ("seen", "is_right"),
        [(["b1", "c1"], True), (["b1", "a3"], False), (["c1", "x9"], False), ([], True)],
    )
    def test_a_connection_has_a_part_without_a_gap(
        self, talk: Talk, seen: list[str], is_right: bool
    ) -> None:
        verdict = Verdict()
        verdict.judge_view("bob", {LOBBY: seen}, talk.stored)
        assert (verdict.faults == []) is is_right


def test_telnet_is_read_by_connections() -> None:
    rows = [
        "  Your name? bob",
        "12:01 <ada> a1 hello b7",
        "            a1.2 and more",
        "12:01 #games * cy c1 nods",
        "12:02 <bob -> ada> b1 psst",
        "12:02 -- ada reacted to “b1 psst” with 👍",
        "[#lobby] b2 half a li",
        "$ b3 typed into the shell",
        "  Your name? bob",
        "12:03 <cy> c2 in the current room",
    ]
    first: View = {LOBBY: ["a1", "a1.2"], GAMES: ["c1"], "ada+bob": ["b1"]}
    assert telnet_views(rows, {"c2": GAMES}) == [{}, first, {GAMES: ["c2"]}]


def test_irssi_is_read_by_connections(tmp_path: Path) -> None:
    room = "--- Log opened x\n12:01 < ada> a1 hi\n12:01  * bob b1 nods\n12:02 -!- cy c9 joined\n"
    (tmp_path / "#lobby.log").write_text(f"{room}--- Log opened y\n12:03 <@cy> c1 yes\n")
    (tmp_path / "ada.log").write_text("--- Log opened x\n12:04 <ada> a2 psst\n")
    assert irssi_views(tmp_path, "cy") == [
        {LOBBY: ["a1", "b1"]},
        {LOBBY: ["c1"]},
        {"ada+cy": ["a2"]},
    ]


def test_pages_are_put_together() -> None:
    assert joined(["c", "d"], ["a", "b", "c"]) == ["a", "b", "c", "d"]
    assert joined(["c", "d"], ["a", "b"]) is None


def test_reactions_are_found_below_their_lines() -> None:
    rows = [" 12:01 bob  b1 hi", "            └ 👍 ada, cy", " 12:01 cy   c1 x", "       └ 🎉 bob"]
    assert reacted_marks(rows, "ada") == {"b1"}
