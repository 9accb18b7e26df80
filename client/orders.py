"""Orders: what a command asks of the program around the model."""

from enum import Enum, auto

from msgspec import Struct

from client.buffers import Buffer
from client.messages import Entry


class Quit(Struct, frozen=True):
    """End the program once the farewell is sent."""


class GoTo(Struct, frozen=True):
    """Talk to another server from now on: `[nick@]host[:port]`."""

    address: str


class Choose(Struct, frozen=True):
    """Change a setting (settings.py) from now on, and remember it."""

    name: str
    value: str


class Switch(Struct, frozen=True):
    """Switch a setting off, or on as it was before (settings.py), and remember it."""

    name: str
    on: bool


class Show(Struct, frozen=True):
    """Show another room or person, where one at a time is shown."""

    buffer: Buffer


class Page(Enum):
    """A page over the messages that a view shows by itself."""

    HELP = auto()
    EMOJI = auto()


class Open(Struct, frozen=True):
    """Show a page. `about` is what it is about, or empty; `entry` what it is for."""

    page: Page
    about: str = ""
    entry: Entry | None = None


Order = Quit | GoTo | Choose | Switch | Show | Open
