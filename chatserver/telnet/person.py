"""Person: somebody with a name, as the commands and the completion see them."""

from collections.abc import Sequence
from typing import Protocol

from chatserver.chat.events import Said
from chatserver.chat.requests import Request
from chatserver.telnet.clock import Zone


class Person(Protocol):
    """What a command may ask of a person and do for them."""

    @property
    def nick(self) -> str:
        """The person's own name."""

    @property
    def room(self) -> str:
        """The current room, empty if the person is in none."""

    @property
    def rooms(self) -> Sequence[str]:
        """All rooms the person is in."""

    @property
    def partner(self) -> str:
        """Who wrote to the person last, empty if nobody did."""

    @property
    def name_limit(self) -> int:
        """The longest name of a person, in characters."""

    def ask(self, request: Request) -> None:
        """Send a request and wait for its answer before reading on."""

    def send(self, request: Request, /) -> None:
        """Send a request that has no answer but a refusal."""

    def tell(self, *sentences: str) -> None:
        """Show what the server has to say."""

    def last_line(self, nick: str) -> Said | None:
        """Return the last line of that person, or of anybody else, in the current room."""

    def go_to(self, room: str) -> None:
        """Make a room the current one."""

    def toggle_ignored(self, nick: str, ignored: bool) -> None:
        """Hide or show what that person says."""

    def list_ignored(self) -> Sequence[str]:
        """Return whom the person does not want to read."""

    def set_color(self, on: bool) -> None:
        """Show colours or not."""

    def set_bell(self, on: bool) -> None:
        """Ring when spoken of or not."""

    def set_zone(self, zone: Zone) -> None:
        """Show times in that zone."""

    def set_charset(self, charset: str) -> None:
        """Send and read text in that charset."""

    def read_history(self, room: str, count: int, until: str, since: str) -> None:
        """Show what was said in a room; asked once more in a row, what was said before."""

    def search(self, text: str, count: int) -> None:
        """Show what was said about something; without a text, what is older."""

    def leave(self, words: str) -> None:
        """Say good-bye and go."""
