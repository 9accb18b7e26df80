"""Chatting: the part of a conversation in which a person has a name and is in rooms."""

from collections.abc import Sequence
from datetime import tzinfo
from itertools import chain
from typing import Protocol

from chatserver.chat import answers, events, lookups, requests
from chatserver.chat.names import LOBBY, fold
from chatserver.chat.requests import Request
from chatserver.telnet import commands
from chatserver.telnet.answers import sentences, told_alone
from chatserver.telnet.clock import Clock, Zone
from chatserver.telnet.command import UsageError, current_room
from chatserver.telnet.naming import Flow
from chatserver.telnet.past import kept_heading, newest
from chatserver.telnet.suggestions import Found, Sought, suggest
from chatserver.telnet.view import View
from chatserver.text import clean

_CTCP = "\x01"
_ACTION = "ACTION "
_MORE = "There is more: /search shows what is older."
_MOST_WITHHELD = 1000  # events; who reads so slowly is told all at once, as far as they can take it
_HINT = "Type to talk; /help shows what else there is."


class TalkFlow(Flow, Protocol):
    """What someone with a name may do besides."""

    def send(self, request: Request, /) -> None:
        """Send a request that has no answer but a refusal."""

    def confirm(self, request: Request, /) -> None:
        """Send a request once all is sent to the person that they have been shown so far."""


class Chatting:
    """One person's rooms and manners. Fulfils person.Person."""

    __slots__ = (
        "_arrival",
        "_before",
        "_enters",
        "_flow",
        "_ignored",
        "_is_given",
        "_oldest",
        "_reads_past",
        "_searched",
        "_sought",
        "_view",
        "_withheld",
        "key",
        "nick",
        "partner",
        "room",
        "rooms",
        "send",
    )

    def __init__(self, flow: TalkFlow, view: View, nick: str, *, reads_past: bool) -> None:
        """`reads_past`: show what was said last when a room is joined; a pipe that only speaks
        does not want to know.
        """
        self._flow = flow
        self.send = flow.send  # a request that has no answer but a refusal
        self._reads_past = reads_past
        self._enters = True  # the first room is still to come
        self._arrival: answers.YouJoined | None = None  # waits for the past of its room
        self._withheld: list[events.Event] = []  # what has come meanwhile
        self._is_given = False  # whether what has waited was begun to be shown
        self._oldest: tuple[str, int] | None = None  # how far back this line has read a room
        self._before: tuple[str, int] | None = None  # and the line before it
        self._searched: tuple[str, int] | None = None  # what was searched for, and how far back
        self._view = view
        self._ignored: dict[str, str] = {}
        self._sought: Sought | None = None  # a completion that waits for the hub
        self.nick, self.key = nick, fold(nick)
        self.partner = ""
        self.room = ""
        self.rooms: list[str] = []
        view.room = ""
        flow.ask(requests.Join(LOBBY))

    @property
    def picky(self) -> bool:
        """Whether this person does not want to read what everybody reads, or not yet."""
        return bool(self._ignored) or self._comes_in

    @property
    def _comes_in(self) -> bool:
        """Whether the past of a room is still to be shown, or a first room to be found."""
        return self._enters or self._arrival is not None

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
            self._say_to_programs(text[1:].removesuffix(_CTCP))
            return
        text = clean(text)
        self._before, self._oldest = self._oldest, None
        if text[:1] == "/" != text[1:2]:
            commands.run(self, text)
        elif text and not text.isspace():
            self.send(requests.Say(current_room(self), text.removeprefix("/")))

    def _say_to_programs(self, text: str) -> None:
        """Say what stood between CTCP's quotes, if the room allows it; ACTION is what /me is."""
        action = text.startswith(_ACTION)
        said = clean(text.removeprefix(_ACTION) if action else text)
        if said and not said.isspace():
            said = said if action else f"{_CTCP}{said}{_CTCP}"
            self.send(requests.Say(current_room(self), said, action))

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

    def answer(self, answer: answers.Answer) -> None:
        """Act on an answer of the hub, and show it."""
        if self._sought and answer.to_request is self._sought.request:
            sought, self._sought = self._sought, None
            self._offer(sought.found(answer))
            return
        match answer:
            case answers.YouRenamed(new=nick):
                self.nick, self.key = nick, fold(nick)
            case answers.YouJoined(room=room):
                self._arrive(answer)
                return
            case answers.HistoryPage() if self._arrival:
                self._show_arrival(answer.lines, answer.left_at, answer.missed)
                return
            case answers.Refused(to_request=lookups.ReadHistory()) if self._arrival:
                self._view.tell(str(answer.error))
                self._show_arrival(())
                return
            case answers.HistoryPage():
                self._show_history(answer)
                return
            case answers.SearchFound():
                self._show_found(answer)
                return
            case answers.Refused() if self._enters:
                self._enters = False
                self.go_on()
            case answers.YouLeft(room=room):
                self._forget(room)
            case answers.TellDone(told=told):
                self._view.show(told)
        self._view.tell_pages(sentences(answer, self._view.zone))

    def see(self, news: Sequence[events.Event]) -> None:
        """Show events of rooms and of people, but for what is ignored.

        What has waited for somebody comes behind the first room's past, which would push it out of
        sight. While somebody comes in they wait, and while what has waited comes in pages: it is
        older.
        """
        if self._comes_in or (self._is_given and self._view.has_pages):
            self._withheld += news
            if len(self._withheld) > _MOST_WITHHELD and not self._comes_in:
                self._view.turn_all()
                self.go_on()
            return
        me = self.key
        wanted: list[events.Event] = []
        for place, event in enumerate(news):
            if self._is_ignored(event):
                continue
            if isinstance(event, events.Kept):
                self._view.show(wanted, me)
                self._show_kept(event)
                self.see(news[place + 1 :])
                return
            if told := told_alone(event, me):
                self._view.show(wanted, me)
                wanted = []
            match event:
                case events.Renamed():
                    self._follow_name(event)
                case events.RoomRenamed(old=old, new=new):
                    self._follow_room(old, new)
                case events.Told(nick=nick):
                    self.partner = nick
                case events.Kicked(victim=victim, room=room) if fold(victim) == me:
                    self._lose(room)
            if told:
                self._view.tell(told)
            else:
                wanted.append(event)
        self._view.show(wanted, me)

    # The past.

    def _arrive(self, answer: answers.YouJoined) -> None:
        """Ask for what was said before, up to this very place in the order; show it first."""
        self._arrival = answer
        count = self._flow.limits.history_on_join
        if self._reads_past and count:
            self.ask(lookups.ReadHistory(answer.room, count, before=answer.id, returning=True))
        else:
            self._show_arrival(())

    def _show_arrival(
        self, past: Sequence[events.Line], left_at: int | None = None, missed: int = 0
    ) -> None:
        """Show the room's past, where one is now, and what has been said since one came."""
        arrival, self._arrival = self._arrival, None
        if arrival is None:
            return
        first = not self.rooms
        self.rooms.append(arrival.room)
        self.go_to(arrival.room)
        shown = [line for line in newest(past) if not self._is_ignored(line)]
        start, *rest = sentences(arrival, self._view.zone)
        told = self._view.told(f"{start} {_HINT}" if first else start, *rest)
        self._view.print([*self._view.past(shown, left_at, missed), *told])
        self._enters = False
        self.go_on()

    def go_on(self) -> None:
        """Show what was withheld; it waits on where there is still a reason."""
        self._is_given = self._is_given and self._view.has_pages
        news, self._withheld = self._withheld, []
        self.see(news)

    def _show_kept(self, event: events.Kept) -> None:
        lines = [line for line in event.lines if not self._is_ignored(line)]
        self._is_given = True
        if lines:
            self.partner = lines[-1].nick
            self._view.print_pages(chain([kept_heading(len(lines))], self._view.past(lines)))
        last = event.lines[-1]
        self._flow.confirm(requests.Acknowledge(last.to, last.id))

    def _show_history(self, page: answers.HistoryPage) -> None:
        request = page.to_request
        if not page.lines and isinstance(request, lookups.ReadHistory):
            when = "since then" if request.since else "older"
            self._view.tell(f"Nothing {when} is kept of {page.room}.")
            self._oldest = self._before if request.before else None
            return
        self._oldest = (page.room, page.lines[0].id)
        lines = [line for line in page.lines if not self._is_ignored(line)]
        self._view.print_pages(iter(self._view.past(lines)))

    def _show_found(self, found: answers.SearchFound) -> None:
        request = found.to_request
        assert isinstance(request, lookups.Search)
        if not found.lines:
            self._view.tell("Nothing older was found." if request.before else "Nothing was found.")
            return
        self._searched = (request.text, found.lines[-1].id)
        end = self._view.told(_MORE) if found.more else []
        lines = [line for line in found.lines if not self._is_ignored(line)]
        self._view.print_pages(chain(self._view.found(lines, found.words), end))

    def read_history(self, room: str, count: int, until: str, since: str) -> None:
        """Ask for lines of a room; asked once more in a row, for those before."""
        before = None
        if self._before and fold(self._before[0]) == fold(room) and not until and not since:
            before = self._before[1]
        zone = self._tzinfo()
        self.ask(lookups.ReadHistory(room, count, before, until, since, zone))

    def search(self, text: str, count: int) -> None:
        """Search what was said; without a text, go on with the last search."""
        before = None
        if not text:
            if self._searched is None:
                raise UsageError("There is nothing to search for; type words.")
            text, before = self._searched
        else:
            self._searched = None
        self.ask(lookups.Search(text, count, before, self._tzinfo()))

    def _tzinfo(self) -> tzinfo | None:
        zone = self._view.zone
        return None if isinstance(zone, Clock) else zone

    def _forget(self, room: str) -> None:
        self._take_out(room)
        if fold(room) == fold(self.room):
            self.go_to(self.rooms[-1] if self.rooms else "")

    def _lose(self, room: str) -> None:
        """Be in a room no more, without having wished so: what is half typed was meant for it, and
        is said in no other.
        """
        self._take_out(room)
        if fold(room) == fold(self.room):
            self.go_to("")

    def _take_out(self, room: str) -> None:
        self.rooms = [name for name in self.rooms if fold(name) != fold(room)]

    def _is_ignored(self, event: events.Event) -> bool:
        match event:
            case events.Said() | events.Told() | events.Tagged() | events.Invited():
                return fold(event.nick) in self._ignored
            case _:
                return False

    def _follow_name(self, event: events.Renamed) -> None:
        if self._ignored.pop(fold(event.old), None):
            self._ignored[fold(event.new)] = event.new
        if fold(self.partner) == fold(event.old):
            self.partner = event.new

    def _follow_room(self, old: str, new: str) -> None:
        self.rooms = [new if fold(name) == fold(old) else name for name in self.rooms]
        if fold(self.room) == fold(old):
            self.go_to(new)

    # person.Person

    def ask(self, request: Request) -> None:
        """Send a request and wait for its answer before reading on."""
        self._flow.ask(request)

    def tell(self, *sentences: str) -> None:
        """Show what the server has to say."""
        self._view.tell(*sentences)

    def last_line(self, nick: str) -> events.Said | None:
        """Return the last line of that person, or of anybody else, in the current room."""
        return self._view.shown.last(self.room, by=nick, but=self.nick)

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
    return first == _CTCP or text[:1] != "/" or text[1:2] == "/"
