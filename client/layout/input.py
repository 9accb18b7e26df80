"""Input: the line one types as a part of the screen, and the menu above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from prompt_toolkit.buffer import Buffer as Input
from prompt_toolkit.layout import BufferControl, ScrollbarMargin, UIContent, Window
from prompt_toolkit.layout.menus import CompletionsMenu
from prompt_toolkit.layout.processors import AfterInput, AppendAutoSuggestion
from prompt_toolkit.mouse_events import MouseEvent

from client.layout.pane import is_click

if TYPE_CHECKING:
    from prompt_toolkit.key_binding.key_bindings import NotImplementedOrNone


MENU_ROWS: Final = 8


class Scrollbar(ScrollbarMargin):
    """The bar at the side of a list, where not all of it is seen."""

    def __init__(self, rows: int) -> None:
        """`rows` is how many are seen."""
        super().__init__()
        self._rows = rows

    def get_width(self, get_ui_content: Callable[[], UIContent]) -> int:
        """Return the columns it takes."""
        return int(get_ui_content().line_count > self._rows)


def completions_menu() -> CompletionsMenu:
    """Return the menu of how the word in hand may go on."""
    menu = CompletionsMenu(max_height=MENU_ROWS, scroll_offset=1)
    assert isinstance(menu.content, Window)
    menu.content.right_margins = [Scrollbar(MENU_ROWS)]
    return menu


class InputControl(BufferControl):
    """Shows what is typed, and takes keys."""

    def __init__(
        self,
        buffer: Input,
        *,
        hint: Callable[[], str],
        ends: Callable[[MouseEvent], bool],
        copy: Callable[[str], None],
    ) -> None:
        """`hint` stands there as long as it is no empty text.

        `ends` takes what the mouse does that began elsewhere, and says whether it was that.
        """
        shown = AfterInput(lambda: [("class:ghost", hint())])
        super().__init__(
            buffer, input_processors=[AppendAutoSuggestion(), shown], focus_on_click=True
        )
        self._ends = ends
        self._copy = copy

    def mouse_handler(self, mouse_event: MouseEvent) -> NotImplementedOrNone:
        """Put the cursor where it was clicked, or copy what was marked."""
        if self._ends(mouse_event):
            return None
        done = super().mouse_handler(mouse_event)
        if is_click(mouse_event) and self.buffer.selection_state:
            # Nothing stays marked: prompt_toolkit would take no letters until that is ended.
            self._copy(self.buffer.copy_selection().text)
        return done
