"""Bindings: the table of keys, and what lists and searches want of them, for prompt_toolkit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from client.layout.actions import Actions
from client.layout.chooser import PAGE, Chooser
from client.layout.finder import Finder
from client.layout.keys import KEYS, Key

Done = Callable[[], None]

_FOCUS: Final = {"I": True, "O": False}  # what terminals send behind CSI (DECSET 1004)


def bind_keys(actions: Actions, done: Done) -> KeyBindings:
    """Return the bindings of the table; `done` is called after each action."""
    bindings = KeyBindings()
    desk = actions.desk
    is_free = Condition(lambda: desk.chooser is None and desk.finder is None)
    for key in KEYS:
        handler = _handler(actions, key, done)
        for sequence in (key.keys, *key.also):
            filter_ = Condition(lambda: True) if key.on_page else is_free
            bindings.add(*sequence, filter=filter_)(handler)

    for letter, there in _FOCUS.items():
        bindings.add("escape", "[", letter)(_on_focus(actions, done, there=there))

    @bindings.add("c-@")
    def _no_mark(_event: KeyPressEvent) -> None:
        """Ctrl-Space: with a mark set (Emacs) prompt_toolkit would take no letters any more."""

    @bindings.add(Keys.BracketedPaste)
    def _paste(event: KeyPressEvent) -> None:
        actions.paste(event.data)
        done()

    return bindings


def _on_focus(actions: Actions, done: Done, *, there: bool) -> Callable[[KeyPressEvent], None]:
    def handle(_event: KeyPressEvent) -> None:
        actions.desk.focus(there=there)
        done()

    return handle


def _handler(actions: Actions, key: Key, done: Done) -> Callable[[KeyPressEvent], None]:
    action = getattr(actions, key.action)

    def handle(_event: KeyPressEvent) -> None:
        action() if key.argument is None else action(key.argument)
        done()

    return handle


def bind_chooser(actions: Actions, done: Done) -> KeyBindings:
    """Return the keys of an open list."""
    bindings = KeyBindings()

    def bind(does: Callable[[Chooser, str], object], *names: str) -> None:
        def handle(event: KeyPressEvent) -> None:
            if chooser := actions.desk.chooser:
                does(chooser, event.data)
            done()

        for name in names:
            bindings.add(name)(handle)

    bind(lambda chooser, data: chooser.type(data) if data.isprintable() else None, Keys.Any)
    bind(lambda chooser, _: chooser.erase(), "backspace")
    bind(lambda chooser, _: chooser.move(-1), "up", "c-p", "s-tab")
    bind(lambda chooser, _: chooser.move(1), "down", "c-n", "tab")
    bind(lambda chooser, _: chooser.move(-PAGE), "pageup")
    bind(lambda chooser, _: chooser.move(PAGE), "pagedown")
    bind(lambda chooser, _: chooser.move(-len(chooser.shown)), "home")
    bind(lambda chooser, _: chooser.move(len(chooser.shown)), "end")
    bind(lambda chooser, _: chooser.take(), "enter")
    return bindings


def bind_finder(actions: Actions, done: Done) -> KeyBindings:
    """Return the keys of an open search."""
    bindings = KeyBindings()

    def bind(does: Callable[[Finder, str], object], *names: str) -> None:
        def handle(event: KeyPressEvent) -> None:
            if finder := actions.desk.finder:
                does(finder, event.data)
                actions.show_found()
            done()

        for name in names:
            bindings.add(name)(handle)

    bind(lambda finder, data: finder.type(data) if data.isprintable() else None, Keys.Any)
    bind(lambda finder, _: finder.erase(), "backspace")
    bind(lambda finder, _: finder.older(), "up", "c-p", "c-f", "enter")
    bind(lambda finder, _: finder.newer(), "down", "c-n")
    bind(lambda _finder, _: actions.page(-1), "pageup")
    bind(lambda _finder, _: actions.page(1), "pagedown")
    return bindings
