"""Who is there: people as the server tells of them, and the members of a room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace


class Person(Struct, frozen=True):
    """What is known of somebody, wherever one meets them.

    Attributes:
        nick: as they write it; cleaned.
        away: whether they are marked away; `away_text` is why, cleaned, may be empty.
        online: False once they are known to be gone (of whom one talks to in private).
        bot: whether they are marked as a program (IRCv3 bot-mode).
        away_told: with which words this person was told that they are away when writing to them;
            None where that was not, since they have gone.
    """

    nick: str
    user: str = ""
    host: str = ""
    realname: str = ""
    account: str = ""
    away: bool = False
    away_text: str = ""
    online: bool = True
    bot: bool = False
    away_told: str | None = None


class Member(Struct, frozen=True):
    """Somebody in a room.

    Attributes:
        sign: the sign of the highest rank (`@` is an operator, `+` has voice), or empty.
    """

    person: Person
    sign: str = ""

    @property
    def nick(self) -> str:
        """How they are called."""
        return self.person.nick

    @property
    def away(self) -> bool:
        """Whether they are marked away."""
        return self.person.away


class People:
    """Everybody one knows of, by folded nick."""

    __slots__ = ("_fold", "_people", "changes")

    def __init__(self, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._people: dict[str, Person] = {}
        self.changes = 0
        """Grows with every change."""

    def get(self, nick: str) -> Person:
        """Return what is known of somebody; of a stranger that is the nick alone."""
        return self._people.get(self._fold(nick)) or Person(nick)

    def knows(self, nick: str) -> bool:
        """Whether somebody has been met."""
        return self._fold(nick) in self._people

    def learn(self, nick: str, **facts: str | bool) -> None:
        """Remember facts about somebody: fields of `Person`."""
        before = self.get(nick)
        after = replace(before, nick=nick, **facts)
        if not after.away:
            after = replace(after, away_told=None)
        key = self._fold(nick)
        if after != before or key not in self._people:
            self._people[key] = after
            self.changes += 1

    def rename(self, old: str, new: str) -> None:
        """Remember that somebody calls themselves something else now."""
        person = self._people.pop(self._fold(old), Person(old))
        self._people[self._fold(new)] = replace(person, nick=new)
        self.changes += 1

    def forget(self, nick: str) -> None:
        """Somebody has left and is met nowhere any more."""
        if self._people.pop(self._fold(nick), None):
            self.changes += 1

    def clear(self) -> None:
        """Forget all, as after the connection was lost."""
        self._people.clear()
        self.changes += 1


class Members:
    """Who is in a room; iterating yields them in the order of their ranks and nicks."""

    __slots__ = ("_fold", "_people", "_ranks", "_seen", "_signs", "_sorted", "changes")

    def __init__(self, people: People, fold: Callable[[str], str]) -> None:
        self._people = people
        self._fold = fold
        self._signs = "~&@%+"  # of ISUPPORT PREFIX, the highest first
        self._ranks: dict[str, tuple[str, str]] = {}  # folded nick: nick, signs
        self._sorted: tuple[Member, ...] | None = None
        self._seen = -1
        self.changes = 0
        """Grows when somebody comes, goes or changes rank; not with their presence."""

    def __len__(self) -> int:
        return len(self._ranks)

    def __contains__(self, nick: object) -> bool:
        return isinstance(nick, str) and self._fold(nick) in self._ranks

    def __iter__(self) -> Iterator[Member]:
        return iter(self.listed)

    @property
    def listed(self) -> tuple[Member, ...]:
        """All of them, those of the highest rank first; the same object until it changes."""
        if self._sorted is None or self._seen != self._people.changes:
            found = (Member(self._people.get(n), signs[:1]) for n, signs in self._ranks.values())
            self._sorted = tuple(sorted(found, key=self._order))
            self._seen = self._people.changes
        return self._sorted

    def sign_of(self, nick: str) -> str:
        """Return the sign of somebody's highest rank, or nothing."""
        return self._ranks.get(self._fold(nick), ("", ""))[1][:1]

    def rank_by(self, signs: str) -> None:
        """Take over the order of ranks that the server has told (PREFIX)."""
        self._signs = signs

    def add(self, nick: str, signs: str = "") -> None:
        """Somebody is in the room."""
        self._ranks[self._fold(nick)] = (nick, "".join(sorted(signs, key=self._height)))
        self._changed()

    def remove(self, nick: str) -> bool:
        """Somebody is no longer there; say whether they had been."""
        found = self._ranks.pop(self._fold(nick), None) is not None
        if found:
            self._changed()
        return found

    def rename(self, old: str, new: str) -> bool:
        """Somebody calls themselves something else now; say whether they are here."""
        rank = self._ranks.pop(self._fold(old), None)
        if rank is None:
            return False
        self._ranks[self._fold(new)] = (new, rank[1])
        self._changed()
        return True

    def set_rank(self, nick: str, sign: str, *, held: bool) -> None:
        """Give a rank to a member, or take it away."""
        rank = self._ranks.get(self._fold(nick))
        if rank is not None:
            signs = rank[1].replace(sign, "")
            self.add(rank[0], signs + sign if held else signs)

    def reset(self, ranks: dict[str, str]) -> None:
        """Take over a whole list: signs by nick."""
        self._ranks.clear()
        for nick, signs in ranks.items():
            self.add(nick, signs)
        self._changed()

    def _changed(self) -> None:
        self._sorted = None
        self.changes += 1

    def _height(self, sign: str) -> int:
        index = self._signs.find(sign) if sign else -1
        return len(self._signs) if index < 0 else index

    def _order(self, member: Member) -> tuple[int, str]:
        return self._height(member.sign), self._fold(member.nick)
