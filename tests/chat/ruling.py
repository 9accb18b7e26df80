"""Changes of modes, and who has which rank."""

from chatserver.chat import answers, requests
from chatserver.chat.errors import (
    ChatError,
)
from chatserver.chat.modes import Change, Rank
from chatserver.chat.requests import (
    ListMembers,
    SetModes,
)
from tests.chat.crowd import Chat, Origin


def on(letter: str, value: str = "") -> Change:
    return Change(True, letter, value)


def off(letter: str, value: str = "") -> Change:
    return Change(False, letter, value)


def set_modes(chat: Chat, origin: Origin, *changes: Change) -> answers.ModesDone:
    done = chat.answer(origin, SetModes("#a", changes))
    assert isinstance(done, answers.ModesDone)
    return done


def refused(chat: Chat, origin: Origin, request: requests.Request) -> ChatError:
    answer = chat.answer(origin, request)
    assert isinstance(answer, answers.Refused), answer
    return answer.error


def ranks(chat: Chat, origin: Origin, room: str = "#a") -> dict[str, Rank]:
    answer = chat.answer(origin, ListMembers(room))
    assert isinstance(answer, answers.MembersAre)
    return {member.nick: member.rank for member in answer.members}
