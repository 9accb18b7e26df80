"""Here: a command may name the server that it is for, and there is but this one."""

from collections.abc import Generator

from chatserver.chat import answers, requests
from chatserver.chat.requests import Request
from chatserver.irc.client import Client
from chatserver.irc.numerics import Numeric
from chatserver.masks import matches


def is_here(client: Client, server: str) -> Generator[Request, answers.Answer, bool]:
    """Tell whether a name is this server's, as a mask or as that of somebody on it.

    If not, the client is told (modern IRC, "VERSION message" and others: ERR_NOSUCHSERVER).
    """
    if matches(server, client.house.name):
        return True
    present = yield requests.FindPresent((server,))
    if isinstance(present, answers.PeopleAre) and present.people:
        return True
    client.numeric(Numeric.ERR_NOSUCHSERVER, server or "*")
    return False
