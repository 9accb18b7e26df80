"""The rules for those who keep order: what a room is set to, who is put out, who is let in."""

from collections.abc import Callable

from chatserver.chat import requests
from chatserver.chat.deliveries import Deliveries

NAMED: dict[type[requests.Request], Callable[..., Deliveries]] = {}
