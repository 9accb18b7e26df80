"""Panes: the parts of the screen that are drawn row by row, and what the mouse does in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from prompt_toolkit.data_structures import Point
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding.key_bindings import KeyBindingsBase
from prompt_toolkit.layout import Container, Dimension
from prompt_toolkit.layout.controls import UIContent, UIControl
from prompt_toolkit.layout.mouse_handlers import MouseHandler, MouseHandlers
from prompt_toolkit.layout.screen import Char, Screen, WritePosition
from prompt_toolkit.mouse_events import MouseButton, MouseEvent, MouseEventType

from client.layout.markup import Piece
from client.layout.runs import lay, runs_of

if TYPE_CHECKING:
    from prompt_toolkit.key_binding.key_bindings import NotImplementedOrNone

WHEEL_ROWS: Final = 3

_REMEMBERED: Final = 500  # rows of a pane

Rows = Sequence[Sequence[Piece]]


class Pane(Container):
    """Shows the rows that a function makes for a size; keys never go here.

    What a row has become on the screen is remembered: the next frame mostly has the same rows.
    """

    def __init__(
        self,
        make: Callable[[int, int], Rows],
        *,
        on_mouse: Callable[[MouseEvent], bool] | None = None,
    ) -> None:
        """`make` takes columns and rows; `on_mouse` says whether an event has changed anything."""
        self._make = make
        self._on_mouse = on_mouse
        self._place = (0, 0, 0, "")  # the left, the top, columns, and the ground
        self._known: dict[Sequence[Piece], dict[int, Char]] = {}
        self._handlers: dict[int, MouseHandler] = {}
        self._drawn: Rows = ()
        self._cells: list[dict[int, Char]] = []

    def reset(self) -> None:
        """Nothing is to be forgotten."""

    def preferred_width(self, max_available_width: int) -> Dimension:
        """Take what there is."""
        return Dimension()

    def preferred_height(self, width: int, max_available_height: int) -> Dimension:
        """Take what there is."""
        return Dimension()

    def get_children(self) -> list[Container]:
        """Return nothing: there is none within."""
        return []

    def write_to_screen(
        self,
        screen: Screen,
        mouse_handlers: MouseHandlers,
        write_position: WritePosition,
        parent_style: str,
        erase_bg: bool,
        z_index: int | None,
    ) -> None:
        """Draw it."""
        x, top, height = write_position.xpos, write_position.ypos, write_position.height
        rows = self._make(write_position.width, height)
        self._settle(x, top, write_position.width, parent_style)
        if rows is not self._drawn or len(self._cells) != height:
            blank = range(height - len(rows))
            self._cells = [self._cells_of(row) for row in rows[:height]]
            self._cells += [self._cells_of(()) for _ in blank]
            self._drawn = rows
        buffer, handlers = screen.data_buffer, mouse_handlers.mouse_handlers
        for y, cells in enumerate(self._cells, top):
            lay(buffer[y], x, cells)
            if self._handlers:
                handlers[y].update(self._handlers)
        screen.height = max(screen.height, top + height)

    def _settle(self, x: int, top: int, columns: int, ground: str) -> None:
        """Forget what was made for another place."""
        place = (x, top, columns, ground)
        if place == self._place:
            return
        self._place, self._drawn = place, ()
        self._known, self._cells = {}, []
        if self._on_mouse:
            self._handlers = dict.fromkeys(range(x, x + columns), self._handle)

    def _cells_of(self, row: Sequence[Piece]) -> dict[int, Char]:
        key = tuple(row)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            x, _, columns, ground = self._place
            known = self._known[key] = runs_of(row, x, columns, ground)
        return known

    def _handle(self, event: MouseEvent) -> NotImplementedOrNone:
        x, top, _, _ = self._place
        place = Point(event.position.x - x, event.position.y - top)
        inside = MouseEvent(place, event.event_type, event.button, event.modifiers)
        return None if self._on_mouse and self._on_mouse(inside) else NotImplemented


class RowsControl(UIControl):
    """Shows rows that a function makes for a size; keys may go here (to a list that is open)."""

    def __init__(
        self,
        make: Callable[[int, int], Rows],
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
