"""The commands that change a setting, under their own names and under those of telnet."""

from collections.abc import Mapping
from typing import Final

from client.buffers import Buffer
from client.command import Command, Run, Takes
from client.model import Model
from client.orders import Choose, Order
from client.settings import THEMES, Settings


def _chooser(name: str, usage: str, help_: str, choices: tuple[str, ...] = ()) -> Command:
    """Return the command that changes one setting; its choices stand in its usage, or apart."""

    def run(model: Model, buffer: Buffer, text: str) -> Order:
        return Choose(name, text.lower())

    return Command(name, usage, help_, run, Takes.CHOICE, choices or tuple(usage.split("|")), 1)


def _switch(setting: str, values: Mapping[str, str]) -> Run:
    """Return what sets a setting to what a word means."""

    def run(model: Model, buffer: Buffer, text: str) -> Order:
        return Choose(setting, values[text.split(maxsplit=1)[0].lower()])

    return run


def _switched(name: str, help_: str, setting: str, on: str, off: str) -> Command:
    run = _switch(setting, {"on": on, "off": off})
    return Command(name, "on|off", help_, run, Takes.CHOICE, ("on", "off"), 1)


def _set(model: Model, buffer: Buffer, text: str) -> Order:
    name, _, value = text.partition(" ")
    return Choose(name, value.strip())


_USUAL: Final = Settings()

COMMANDS: Final = (
    _chooser("theme", "NAME", "Change the colours.", THEMES),
    _switched("color", "Show colours or not; /theme has more.", "theme", _USUAL.theme, "mono"),
    _chooser("sort", "opened|name|news", "Set the order of the list on the left."),
    _chooser("notify", "off|mentions|all", "Set what rings the bell."),
    _switched("bell", "Ring or not; /notify has more.", "notify", _USUAL.notify, "off"),
    _switched("time", "Show times or not; /set clock has more.", "clock", _USUAL.clock, ""),
    Command("set", "[NAME] [VALUE]", "Show the settings, or change one.", _set),
)
