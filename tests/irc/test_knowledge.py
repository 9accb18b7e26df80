"""What a client has been told is what is so: a small client of our own against the registry."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.chat.modes import Rank
from chatserver.chat.names import fold
from chatserver.irc.message import Message
from chatserver.limits import Limits
from tests.irc.house import Client, IrcHouse

SIGNS = {"@": Rank.OPERATOR, "+": Rank.VOICE}
LETTERS = {"o": Rank.OPERATOR, "v": Rank.VOICE}
LISTS = "beI"  # their letters have a value, and are not flags


class Seen:
    """A room as a client knows it."""

    def __init__(self) -> None:
        self.members: dict[str, Rank] = {}
        self.topic = ""
        self.flags: set[str] = set()
        self.key: str | None = None
        self.limit: int | None = None
        self.listed = False  # whether the members were all named


class Mind:
    """What a client knows, by nothing but the lines that it gets."""

    def __init__(self, nick: str) -> None:
        self.nick = nick
        self.rooms: dict[str, Seen] = {}

    def learn(self, message: Message) -> None:
        self._learn_who_is_where(message)
        self._learn_what_rooms_are(message)

    def _learn_who_is_where(self, message: Message) -> None:
        nick = message.source.partition("!")[0]
        match message.command, *message.params:
            case "JOIN", room, *_:
                if fold(nick) == fold(self.nick):
                    assert fold(room) not in self.rooms
                    self.rooms[fold(room)] = Seen()
                assert fold(nick) not in self._room(room).members
                self._room(room).members[fold(nick)] = Rank.NONE
            case "PART" | "KICK" as how, room, *rest:
                self._lose(room, rest[0] if how == "KICK" else nick)
            case "QUIT", *_:
                for seen in self.rooms.values():
                    seen.members.pop(fold(nick), None)
            case "NICK", new:
                for seen in self.rooms.values():
                    if fold(nick) in seen.members:
                        seen.members[fold(new)] = seen.members.pop(fold(nick))
                if fold(nick) == fold(self.nick):
                    self.nick = new
            case "353", _, _, room, names if fold(room) in self.rooms:
                for name in names.split():
                    self._list(self._room(room), name)
            case "366", _, room, _ if fold(room) in self.rooms:
                self._room(room).listed = True

    def _learn_what_rooms_are(self, message: Message) -> None:
        match message.command, *message.params:
            case "RENAME", old, new, _:
                self.rooms[fold(new)] = self.rooms.pop(fold(old))
            case ("TOPIC", room, text) | ("332", _, room, text):
                self._room(room).topic = text
            case "MODE", room, letters, *values if room.startswith("#"):
                self._set(self._room(room), letters, values)
            case "324", _, room, letters, *values:
                self._room(room).flags.clear()
                self._set(self._room(room), letters, values)

    def _room(self, room: str) -> Seen:
        return self.rooms[fold(room)]

    def _lose(self, room: str, nick: str) -> None:
        del self._room(room).members[fold(nick)]
        if fold(nick) == fold(self.nick):
            del self.rooms[fold(room)]

    def _list(self, seen: Seen, name: str) -> None:
        """Learn who is there; once that is known, it is no other than one knew."""
        bare = name.lstrip("".join(SIGNS))
        rank = Rank.NONE
        for sign in name[: -len(bare)]:
            rank |= SIGNS[sign]
        if seen.listed:
            assert seen.members[fold(bare)] == rank
        seen.members[fold(bare)] = rank

    def _set(self, seen: Seen, letters: str, values: list[str]) -> None:
        on = True
        rest = iter(values)
        for letter in letters:
            if letter in "+-":
                on = letter == "+"
            elif rank := LETTERS.get(letter):
                nick = fold(next(rest))
                held = seen.members[nick]
                assert bool(held & rank) != on, "told of no change"
                seen.members[nick] = held | rank if on else held & ~rank
            elif letter == "k":
                key = next(rest)
                seen.key = key if on else None
            elif letter == "l":
                seen.limit = int(next(rest)) if on else None
            elif letter in LISTS:
                next(rest)
            else:
                (seen.flags.add if on else seen.flags.discard)(letter)
        assert next(rest, None) is None


ROOMS = ("#a", "#B", "#é", "#new")
NICKS = ("c0", "C1", "c2", "c3", "other", "[x]")


def commands() -> st.SearchStrategy[str]:
    room, nick = st.sampled_from(ROOMS), st.sampled_from(NICKS)
    sign, letter = st.sampled_from("+-"), st.sampled_from("ov")
    flag = st.sampled_from("imnstC")
    return st.one_of(
        st.builds("JOIN {}".format, room),
        st.builds("JOIN {} key".format, room),
        st.builds("JOIN {},{}".format, room, room),
        st.just("JOIN 0"),
        st.builds("PART {} :so".format, room),
        st.builds("KICK {} {}".format, room, nick),
        st.builds("KICK {} {},{} :go".format, room, nick, nick),
        st.builds("NICK {}".format, nick),
        st.builds("TOPIC {} :{}".format, room, st.sampled_from(["", "x", "y z"])),
        st.builds("MODE {} {}{} {}".format, room, sign, letter, nick),
        st.builds("MODE {} {}{}{}".format, room, sign, flag, flag),
        st.builds("MODE {} +ov-v {} {} {}".format, room, nick, nick, nick),
        st.builds("MODE {} {}k key".format, room, sign),
        st.builds("MODE {} {}l 3".format, room, sign),
        st.builds("MODE {} {}b {}!*@*".format, room, sign, nick),
        st.builds("RENAME {} {} :why".format, room, room),
        st.builds("INVITE {} {}".format, nick, room),
        st.builds("PRIVMSG {} :hi".format, room),
        st.builds("KILL {} :bye".format, nick),
        st.sampled_from(
            ["OPER root swordfish", "AWAY", "AWAY :gone", "SETNAME x", "QUIT", "NAMES"]
        ),
        st.builds("NAMES {}".format, room),
    )


def newcomers(house: IrcHouse) -> list[Client]:
    return [
        house.client("c0", "multi-prefix"),
        house.client("c1", "multi-prefix", "draft/channel-rename", "extended-join"),
        house.client("c2", "multi-prefix", "batch", "labeled-response", "message-tags"),
        house.client(
            "c3", "multi-prefix", "away-notify", "echo-message", "setname", "invite-notify"
        ),
    ]


def heard(client: Client) -> Iterator[Message]:
    for line in client.lines():
        yield Message.parse(line)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 3), commands(), st.booleans()), max_size=60))
def test_what_a_client_has_been_told_is_so(talk: list[tuple[int, str, bool]]) -> None:
    house = IrcHouse(Limits(rate=None, history_on_join=0))
    clients = newcomers(house)
    minds = [Mind(f"c{number}") for number in range(len(clients))]
    for number, command, labelled in talk:
        if not clients[number].gone:
            clients[number].send(f"{'@label=x ' * labelled}{command}\r\n")
        for client, mind in zip(clients, minds, strict=True):
            for message in heard(client):
                mind.learn(message)
    for client, mind in zip(clients, minds, strict=True):
        if not client.gone:
            check(house, client, mind)


def check(house: IrcHouse, client: Client, mind: Mind) -> None:
    user = house.registry.roster.people[client]
    assert user.nick == mind.nick
    assert user.rooms.keys() == mind.rooms.keys()
    for name, room in user.rooms.items():
        for message in client.messages(f"MODE {name}"):
            mind.learn(message)
        seen = mind.rooms[name]
        ranks = {fold(member.nick): room.rank(member) for member in room.members.values()}
        assert seen.members == ranks
        assert seen.topic == (room.topic.text if room.topic else "")
        assert seen.flags == room.flags
        assert (seen.key, seen.limit) == (room.key, room.limit)
