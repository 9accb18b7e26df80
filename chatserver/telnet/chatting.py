"""Chatting: the part of a conversation in which a person has a name and is in rooms."""

from collections.abc import Sequence
from typing import Protocol

from chatserver.chat import events, requests
from chatserver.chat.errors import CtcpOff
from chatserver.chat.names import LOBBY, fold
from chatserver.chat.requests import Request
from chatserver.telnet import commands
from chatserver.telnet.answers import sentences
from chatserver.telnet.clock import Zone
from chatserver.telnet.naming import Flow
from chatserver.telnet.suggestions import Found, Sought, suggest
from chatserver.telnet.view import View
from chatserver.text import clean

_CTCP = "\x01"
_HINT = "Type to talk; /help shows what else there is."


class TalkFlow(Flow, Protocol):
    """What someone with a name may do besides."""

    def send(self, request: Request) -> None:
        """Send a request that has no answer but a refusal."""


class Chatting:
    """One person's rooms and manners. Fulfils commands.Person."""

    __slots__ = ("_flow", "_ignored", "_sought", "_view", "nick", "partner", "room", "rooms")

    def __init__(self, flow: TalkFlow, view: View, nick: str) -> None:
        self._flow = flow
        self._view = view
        self._ignored: dict[str, str] = {}
        self._sought: Sought | None = None  # a completion that waits for the hub
        self.nick = nick
        self.partner = ""
        self.room = ""
        self.rooms: list[str] = []
        view.room = ""
        flow.ask(requests.Join(LOBBY))

    @property
    def picky(self) -> bool:
        """Whether this person does not want to read what everybody reads."""
        return bool(self._ignored)

    @property
    def name_limit(self) -> int:
        """The longest name of a person, in characters."""
        return self._flow.limits.nick

    # Input.

    def take_line(self, text: str) -> None:
        """Say a line to the room, or carry out a command.

        Raises:
            ChatError: it makes no sense as it is.
        """
        if text[:1] == _CTCP:
            raise CtcpOff
        text = clean(text)
        if text[:1] != "/":
            self._say(text)
        elif text[1:2] == "/":
            self._say(text[1:])
        else:
            commands.run(self, text)

    def _say(self, text: str) -> None:
        if not text or text.isspace():
            return
        if not self.room:
            raise commands.UsageError(f"You are in no room; /join {LOBBY} takes you to one.")
        self._flow.send(requests.Say(self.room, text))

    def complete(self, before: str) -> None:
        """Answer a Tab behind this text, now or when the hub has."""
        match suggest(before, self):
            case Found() as found:
                self._offer(found)
            case Sought() as sought:
                self._sought = sought
                self.ask(sought.request)

    def _offer(self, found: Found) -> None:
        if editor := self._view.terminal.editor:
            editor.complete(found.candidates, found.start)

    # Answers and events.

    def answer(self, answer: events.Answer) -> None:
        """Act on an answer of the hub, and show it."""
        if self._sought and answer.to_request is self._sought.request:
            sought, self._sought = self._sought, None
            self._offer(sought.found(answer))
            return
        match answer:
            case events.YouRenamed(new=nick):
                self.nick = nick
            case events.YouJoined(room=room):
                self._show_arrival(answer, first=not self._view.room and not self.rooms)
                self.rooms.append(room)
                self.go_to(room)
                return
            case events.YouLeft(room=room):
                self._forget(room)
            case events.TellDone(told=told):
                self._view.show(told)
        self._view.tell_pages(sentences(answer, self._view.zone))

    def see(self, news: Sequence[events.Event]) -> None:
        """Show events of rooms and of people, but for what is ignored."""
        for event in news:
            if isinstance(event, events.Renamed):
                self._follow_name(event)
            if isinstance(event, events.Told) and not self._is_ignored(event):
                self.partner = event.nick
        wanted = [event for event in news if not self._is_ignored(event)]
        self._view.show(wanted, fold(self.nick))

    def _show_arrival(self, answer: events.YouJoined, first: bool) -> None:
        start, *rest = sentences(answer, self._view.zone)
        self._view.tell(f"{start} {_HINT}" if first else start, *rest)

    def _forget(self, room: str) -> None:
        self.rooms.remove(room)
        if room == self.room:
            self.go_to(self.rooms[-1] if self.rooms else "")

    def _is_ignored(self, event: events.Event) -> bool:
        match event:
            case events.Said(nick=nick) | events.Told(nick=nick):
                return fold(nick) in self._ignored
            case _:
                return False

    def _follow_name(self, event: events.Renamed) -> None:
        if self._ignored.pop(fold(event.old), None):
            self._ignored[fold(event.new)] = event.new
        if fold(self.partner) == fold(event.old):
            self.partner = event.new

    # commands.Person

    def ask(self, request: Request) -> None:
        """Send a request and wait for its answer before reading on."""
        self._flow.ask(request)

    def send(self, request: Request) -> None:
        """Send a request that has no answer but a refusal."""
        self._flow.send(request)

    def tell(self, *sentences: str) -> None:
        """Show what the server has to say."""
        self._view.tell(*sentences)

    def go_to(self, room: str) -> None:
        """Make a room the current one."""
        self.room = self._view.room = room
        self._view.restyle()

    def toggle_ignored(self, nick: str, ignored: bool) -> None:
        """Hide or show what that person says."""
        if ignored:
            self._ignored[fold(nick)] = nick
        else:
            self._ignored.pop(fold(nick), None)

    def list_ignored(self) -> Sequence[str]:
        """Return whom the person does not want to read."""
        return tuple(self._ignored.values())

    def set_color(self, on: bool) -> None:
        """Show colours or not."""
        self._view.color = on
        self._view.restyle()

    def set_bell(self, on: bool) -> None:
        """Ring when spoken of or not."""
        self._view.bell = on

    def set_zone(self, zone: Zone) -> None:
        """Show times in that zone."""
        self._view.zone = zone
        self._view.restyle()

    def set_charset(self, charset: str) -> None:
        """Send and read text in that charset."""
        self._view.terminal.set_charset(charset)
        self._view.restyle()

    def leave(self, words: str) -> None:
        """Say good-bye and go."""
        self._view.tell("Good-bye.")
        self._flow.depart("quit", words)


def is_speech(line: str) -> bool:
    """Whether a line is for the room: the hub answers it, and nothing is said here."""
    first = line[:1]
    if first != "/" and first.isprintable():
        return True  # what begins so still does when it is cleaned
    text = clean(line)
    return first != _CTCP and (text[:1] != "/" or text[1:2] == "/")
