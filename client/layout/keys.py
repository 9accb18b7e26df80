"""Keys: one table, from which the bindings and the help are made."""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class Key(Struct, frozen=True):
    """What a key does.

    Attributes:
        shown: as people write it.
        keys: prompt_toolkit's names, one after the other; `also` are other ways to type it.
        action: the method of Actions.
        help: what it does, in a few words.
        argument: handed to the action, where there is one.
        on_page: whether it also works while a list is open.
    """

    shown: str
    keys: tuple[str, ...]
    action: str
    help: str
    argument: int | None = None
    also: tuple[tuple[str, ...], ...] = ()
    on_page: bool = False


def _numbers() -> tuple[Key, ...]:
    return tuple(
        Key(f"Alt-{number}", ("escape", str(number)), "go_to", "go to that room", number)
        for number in range(1, 10)
    )


SECTIONS: Final[dict[str, tuple[Key, ...]]] = {
    "Typing": (
        Key("Enter", ("enter",), "send", "send"),
        Key("Alt-Enter", ("escape", "enter"), "break_line", "a new line", also=(("c-j",),)),
        Key("Tab", ("tab",), "complete", "complete a name, a room, a command, :emoji:", 1),
        Key("Shift-Tab", ("s-tab",), "complete", "the one before in the menu", -1),
        Key("Right", ("right",), "accept", "take the grey text, or go right", also=(("c-e",),)),
        Key("Up", ("up",), "recall", "what you have sent before", -1),
        Key("Down", ("down",), "recall", "back to what you were typing", 1),
        Key("Ctrl-C", ("c-c",), "drop", "drop the line; twice: leave", on_page=True),
        Key("Ctrl-X Ctrl-E", ("c-x", "c-e"), "edit", "write in your editor"),
    ),
    "Rooms and people": (
        *_numbers(),
        Key("Alt-Up", ("escape", "up"), "step", "the one above", -1, also=(("c-p",),)),
        Key("Alt-Down", ("escape", "down"), "step", "the one below", 1, also=(("c-n",),)),
        Key("Alt-A", ("escape", "a"), "next_news", "the next one with news"),
        Key("Ctrl-K", ("c-k",), "jump", "go to one by a part of its name"),
        Key("Alt-L", ("escape", "l"), "toggle_sidebar", "show or hide the list on the left"),
        Key("Alt-M", ("escape", "m"), "toggle_members", "show or hide the members"),
    ),
    "Messages": (
        Key("PageUp", ("pageup",), "page", "older", -1),
        Key("PageDown", ("pagedown",), "page", "newer", 1),
        Key("Alt-Home", ("escape", "home"), "to_top", "the oldest that is loaded"),
        Key("End", ("end",), "to_end", "the newest", also=(("escape", "end"),)),
        Key("Alt-R", ("escape", "r"), "reply", "reply; again: to the one before"),
        Key("Alt-E", ("escape", "e"), "react", "react with an emoji"),
        Key("Alt-S", ("escape", "s"), "resend", "send a refused line again"),
        Key("Alt-X", ("escape", "x"), "discard", "take a refused line out"),
        Key("Ctrl-F", ("c-f",), "find", "find in what is loaded (/search asks the server)"),
    ),
    "All else": (
        Key("F1", ("f1",), "help", "this page", on_page=True),
        Key("Esc", ("escape",), "cancel", "close, or take back what was begun", on_page=True),
        Key("Ctrl-L", ("c-l",), "redraw", "draw the screen anew", on_page=True),
        Key("Ctrl-Z", ("c-z",), "suspend", "go to the shell; fg comes back", on_page=True),
    ),
}

KEYS: Final = tuple(key for keys in SECTIONS.values() for key in keys)


def help_rows() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the sections of the help: a title, and pairs of a key and what it does."""
    return [(title, list(_pairs(keys))) for title, keys in SECTIONS.items()]


def _pairs(keys: tuple[Key, ...]) -> list[tuple[str, str]]:
    pairs: dict[str, str] = {}
    for key in keys:
        if key.action == "go_to":
            pairs["Alt-1 … Alt-9"] = key.help
        else:
            shown = ", ".join((key.shown, *(_shown(other) for other in key.also)))
            pairs[shown] = key.help
    return list(pairs.items())


def _shown(keys: tuple[str, ...]) -> str:
    """Write prompt_toolkit's names as people do."""
    words = [name.replace("c-", "Ctrl-").title() for name in keys]
    return " ".join(words).replace("Escape ", "Alt-")
