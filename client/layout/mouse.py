"""Mouse: what clicks, the wheel and dragging do in each part of the screen."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.mouse_events import MouseEvent

from client.layout.actions import Actions
from client.layout.desk import Desk
from client.layout.markup import Piece
from client.layout.overlay import choice_at
from client.layout.pane import is_click, is_drag, is_press, wheel
from client.layout.selection import Point, copied

Draw = Callable[[int, int], list[list[Piece]]]
Act = Callable[[MouseEvent], bool]


class Mouse:
    """Each method takes an event, and says whether that has changed anything."""

    def __init__(
        self,
        desk: Desk,
        actions: Actions,
        *,
        copy: Callable[[str], None],
        done: Callable[[], None],
    ) -> None:
        """`copy` takes marked text; `done` is called after what has changed anything."""
        self._done = done
        self._desk = desk
        self._actions = actions
        self._copy = copy
        self._height = 0  # of the messages, as they were drawn last
        self._list_height = 0  # the same of an open list
        self._pressed: Point | None = None

    def remembering(self, draw: Draw) -> Draw:
        """Return what draws the messages and lets the mouse know how high they are."""

        def drawn(columns: int, height: int) -> list[list[Piece]]:
            self._height = height
            return draw(columns, height)

        return drawn

    def remembering_list(self, draw: Draw) -> Draw:
        """Return the same for an open list."""

        def drawn(columns: int, height: int) -> list[list[Piece]]:
            self._list_height = height
            return draw(columns, height)

        return drawn

    def following(self, act: Act) -> Act:
        """Return what does the same, and lets the view follow."""

        def acted(event: MouseEvent) -> bool:
            changed = act(event)
            if changed:
                self._done()
            return changed

        return acted

    def beside(self, act: Act) -> Act:
        """Return the same for what stands beside the messages: what began there ends there."""
        return self.following(lambda event: self.ends(event) or act(event))

    def ends(self, event: MouseEvent) -> bool:
        """Whether a button that was pressed on the messages is moved or let go somewhere else."""
        if self._pressed is None or not (is_drag(event) or is_click(event)):
            return False
        if is_click(event):
            self._let_go()
        return True

    def _let_go(self) -> None:
        """Copy what is marked."""
        self._pressed = None
        if self._desk.selection:
            self._copy(copied(self._desk.selection, self._desk.viewport))

    def on_sidebar(self, event: MouseEvent) -> bool:
        """A click goes to a room; the wheel through them."""
        if turned := wheel(event):
            self._actions.step(1 if turned > 0 else -1)
            return True
        rows = self._desk.sidebar_rows
        if is_click(event) and event.position.y < len(rows):
            self._actions.show(rows[event.position.y])
            return True
        return False

    def on_members(self, event: MouseEvent) -> bool:
        """A click talks to somebody."""
        if turned := wheel(event):
            self._desk.scroll_members(turned)
            return True
        rows = self._desk.member_rows
        if is_click(event) and event.position.y < len(rows):
            nick = rows[event.position.y]
            if not self._desk.model.is_me(nick):
                self._actions.show(self._desk.model.talk_to(nick))
            return True
        return False

    def on_messages(self, event: MouseEvent) -> bool:
        """The wheel scrolls, a click chooses a line, dragging marks text and copies it."""
        desk, y = self._desk, event.position.y
        if turned := wheel(event):
            desk.viewport.scroll(turned)
            return True
        point = self._point(event)
        if is_press(event):
            desk.selection, self._pressed = None, point
            return True
        if is_drag(event) and self._pressed and point:
            if desk.selection is None:
                desk.select(self._pressed)
            desk.select(point)
            return True
        if is_click(event):
            if desk.selection:
                self._let_go()
            elif desk.is_below_line(y, self._height):
                desk.viewport.to_end()
            elif point and point == self._pressed:
                key = point.place[0]
                desk.target = None if desk.target == key else key
            self._pressed = None
            return True
        return False

    def on_chooser(self, event: MouseEvent) -> bool:
        """A click takes a line of an open list."""
        chooser = self._desk.chooser
        if chooser is None:
            return False
        if turned := wheel(event):
            chooser.move(turned)
            return True
        if is_click(event):
            index = choice_at(chooser, event.position.y, self._list_height)
            return index is not None and chooser.point(index)
        return False

    def _point(self, event: MouseEvent) -> Point | None:
        row = self._desk.row_at(event.position.y, self._height)
        return Point((row.key, row.number), event.position.x) if row else None
