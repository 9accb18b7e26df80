"""The commands that change a setting, under their own names and under those of telnet."""

from typing import Final

from client.buffers import Buffer
from client.command import Command, Takes
from client.model import Model
from client.orders import Choose, Order, Switch
from client.settings import THEMES


def _chooser(name: str, usage: str, help_: str, choices: tuple[str, ...] = ()) -> Command:
    """Return the command that changes one setting; its choices stand in its usage, or apart."""

    def run(model: Model, buffer: Buffer, text: str) -> Order:
        return Choose(name, text.lower())

    return Command(name, usage, help_, run, Takes.CHOICE, choices or tuple(usage.split("|")), 1)


def _switch(name: str, help_: str, setting: str) -> Command:
    """Return the command that switches one setting off, and on as it was."""

    def run(model: Model, buffer: Buffer, text: str) -> Order:
        return Switch(setting, on=text.split(maxsplit=1)[0].lower() == "on")

    return Command(name, "on|off", help_, run, Takes.CHOICE, ("on", "off"), 1)


def _set(model: Model, buffer: Buffer, text: str) -> Order:
    name, _, value = text.partition(" ")
    return Choose(name, value.strip())


COMMANDS: Final = (
    _chooser("theme", "NAME", "Change the colours.", THEMES),
    _switch("color", "Show colours or not; /theme has more.", "theme"),
    _chooser("sort", "opened|name|news", "Set the order of the list on the left."),
    _chooser("notify", "off|mentions|all", "Set what rings the bell."),
    _switch("bell", "Ring or not; /notify has more.", "notify"),
    _switch("time", "Show times or not; /set clock has more.", "clock"),
    Command("set", "[NAME] [VALUE]", "Show the settings, or change one.", _set),
)
