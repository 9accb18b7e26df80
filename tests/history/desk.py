"""A hub with a history, done by hand, and people who note what they hear."""

from collections.abc import Sequence
from typing import Any

from chatserver.chat import answers, events, requests
from chatserver.chat.errors import ChatError
from chatserver.chat.hub import Hub, Parcel
from chatserver.chat.lookups import ReadPast, Selection
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import Join, Request
from chatserver.config import Limits
from chatserver.history.recorder import HistoryRecorder
from chatserver.history.store import Reader, Writer
from tests.histories import PatientLibrarian

AT = 1_800_000_000.0


class Guest:
    def __init__(self, desk: "Desk") -> None:
        self.home = desk
        self.heard: list[events.Event] = []


class Desk:
    """A hub with a history, done by hand. A tenth of a second and a bit passes with each wish."""

    def __init__(self, journal: Writer, library: Reader) -> None:
        self.at = AT
        self.journal = journal
        self.librarian = PatientLibrarian(library)
        recorder = HistoryRecorder(journal, self.librarian.departures)
        registry = RoomRegistry(Limits(), recorder.topics(), keeps_messages=True)
        self.hub = Hub(registry, recorder, self.librarian, clock=lambda: self.at)

    def post(self, parcels: list[Parcel]) -> None:
        for audience, event in parcels:
            for peer in audience if isinstance(audience, tuple) else (audience,):
                assert isinstance(peer, Guest)
                peer.heard.append(event)

    def come(self, nick: str, *rooms: str, host: str = "h") -> Guest:
        guest = Guest(self)
        self.do(guest, requests.Enter(nick, "192.0.2.1", user="u", host=host), *map(Join, rooms))
        guest.heard.clear()
        return guest

    def go(self, guest: Guest) -> None:
        """Let somebody leave."""
        self.do(guest, requests.Quit("quit"))

    def do(self, guest: Guest, *wishes: Request) -> list[Any]:
        """Fulfil wishes in one batch, to the end; return what the guest hears of it."""
        self.at += 0.1001234
        before = len(guest.heard)
        self.hub.submit([(guest, wish) for wish in wishes])
        self.hub._serve()
        while self.librarian.answer():
            self.hub.submit([])
            self.hub._serve()
        return guest.heard[before:]

    def ask(self, guest: Guest, wish: Request) -> Any:
        """Return the answer."""
        return next(
            event
            for event in self.do(guest, wish)
            if isinstance(event, answers.Answer) and event.to_request is wish
        )

    def refusal(self, guest: Guest, wish: Request) -> ChatError:
        answer = self.ask(guest, wish)
        assert isinstance(answer, answers.Refused), answer
        return answer.error

    def past(self, guest: Guest, target: str, **more: Any) -> Sequence[Any]:
        answer = self.ask(guest, ReadPast(target, Selection.LATEST, 100, **more))
        assert isinstance(answer, answers.PastIs)
        return answer.lines
