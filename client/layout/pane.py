"""Panes: the parts of the screen that are drawn row by row, and what the mouse does in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding.key_bindings import KeyBindingsBase
from prompt_toolkit.layout.controls import UIContent, UIControl
from prompt_toolkit.mouse_events import MouseButton, MouseEvent, MouseEventType

from client.layout.markup import Piece

if TYPE_CHECKING:
    from prompt_toolkit.key_binding.key_bindings import NotImplementedOrNone

WHEEL_ROWS: Final = 3


class RowsControl(UIControl):
    """Shows rows that a function makes for a size, and no others."""

    def __init__(
        self,
        make: Callable[[int, int], Sequence[Sequence[Piece]]],
        *,
        on_mouse: Callable[[MouseEvent], bool] | None = None,
        bindings: KeyBindingsBase | None = None,
        columns: Callable[[], int] | None = None,
        rows: Callable[[int], int] | None = None,
    ) -> None:
        """`make` takes columns and rows; `columns` and `rows` say how much is wished for.

        `on_mouse` says whether the event has changed anything.
        """
        self._make = make
        self._on_mouse = on_mouse
        self._bindings = bindings
        self._columns = columns
        self._rows = rows

    def create_content(self, width: int, height: int) -> UIContent:
        """Make the rows."""
        rows = self._make(width, height)

        def line(number: int) -> StyleAndTextTuples:
            # The space holds the last cell: a mark of no width must not end a row.
            return [*rows[number], ("", " ")] if number < len(rows) else []

        return UIContent(line, line_count=height, show_cursor=False)

    def preferred_width(self, max_available_width: int) -> int | None:
        """Return the wish."""
        return self._columns() if self._columns else None

    def preferred_height(
        self, width: int, max_available_height: int, wrap_lines: bool, get_line_prefix: object
    ) -> int | None:
        """Return the wish."""
        return self._rows(width) if self._rows else None

    def is_focusable(self) -> bool:
        """Whether keys may go here."""
        return self._bindings is not None

    def get_key_bindings(self) -> KeyBindingsBase | None:
        """Return the keys that hold while this has the focus."""
        return self._bindings

    def mouse_handler(self, mouse_event: MouseEvent) -> NotImplementedOrNone:
        """Hand the event on."""
        if self._on_mouse and self._on_mouse(mouse_event):
            return None
        return NotImplemented


def wheel(event: MouseEvent) -> int:
    """Return by how many rows the wheel was turned: up is negative."""
    match event.event_type:
        case MouseEventType.SCROLL_UP:
            return -WHEEL_ROWS
        case MouseEventType.SCROLL_DOWN:
            return WHEEL_ROWS
        case _:
            return 0


def is_click(event: MouseEvent) -> bool:
    """Whether that is the end of a click with the usual button."""
    return event.event_type is MouseEventType.MOUSE_UP


def is_press(event: MouseEvent) -> bool:
    """Whether the usual button was pressed."""
    return event.event_type is MouseEventType.MOUSE_DOWN and event.button is MouseButton.LEFT


def is_drag(event: MouseEvent) -> bool:
    """Whether the mouse was moved with the usual button held."""
    return event.event_type is MouseEventType.MOUSE_MOVE and event.button is MouseButton.LEFT
