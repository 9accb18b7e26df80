"""Split: parts of the screen beside and below each other.

prompt_toolkit's own ones ask each part several times how large it wants to be, and give away cells
one by one; here all but one part say it, and that one gets what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from prompt_toolkit.layout import Container, Dimension
from prompt_toolkit.layout.mouse_handlers import MouseHandlers
from prompt_toolkit.layout.screen import Screen, WritePosition

from client.layout.runs import cut


class Part(Struct, frozen=True):
    """A part of the screen.

    Attributes:
        size: how many rows or columns it wants, given those in the other direction; none where it
            is not to be seen. Without it the part gets what is left.
    """

    container: Container
    size: Callable[[int], int] | None = None


class _Split(Container):
    """Parts of which one gets what the others leave."""

    def __init__(self, *parts: Part, style: Callable[[], str] = str) -> None:
        """`style` is that of the ground on which all of it stands."""
        self._parts = parts
        self._style = style

    def reset(self) -> None:
        """Hand it on."""
        for part in self._parts:
            part.container.reset()

    def preferred_width(self, max_available_width: int) -> Dimension:
        """Take what there is."""
        return Dimension()

    def preferred_height(self, width: int, max_available_height: int) -> Dimension:
        """Take what there is."""
        return Dimension()

    def get_children(self) -> list[Container]:
        """Return the parts."""
        return [part.container for part in self._parts]

    def write_to_screen(
        self,
        screen: Screen,
        mouse_handlers: MouseHandlers,
        write_position: WritePosition,
        parent_style: str,
        erase_bg: bool,
        z_index: int | None,
    ) -> None:
        """Draw the parts, each in its place."""
        style = f"{parent_style} {self._style()}".strip()
        for part, place in self._placed(write_position):
            if place.width > 0 and place.height > 0:
                part.container.write_to_screen(
                    screen, mouse_handlers, place, style, erase_bg, z_index
                )

    def _placed(self, whole: WritePosition) -> Iterator[tuple[Part, WritePosition]]:
        raise NotImplementedError

    def _sizes(self, whole: int, across: int) -> list[int]:
        """Return how large each part is; where it is tight the last ones come first."""
        sizes, left = [0] * len(self._parts), whole
        for number, part in reversed(list(enumerate(self._parts))):
            if part.size:
                sizes[number] = max(min(part.size(across), left), 0)
                left -= sizes[number]
        return [size if part.size else left for part, size in zip(self._parts, sizes, strict=True)]


class Beside(_Split):
    """Parts beside each other, from left to right."""

    def _placed(self, whole: WritePosition) -> Iterator[tuple[Part, WritePosition]]:
        x = whole.xpos
        for part, size in zip(self._parts, self._sizes(whole.width, whole.height), strict=True):
            yield part, WritePosition(x, whole.ypos, size, whole.height)
            x += size


class Below(_Split):
    """Parts below each other, from the top."""

    def _placed(self, whole: WritePosition) -> Iterator[tuple[Part, WritePosition]]:
        y = whole.ypos
        for part, size in zip(self._parts, self._sizes(whole.height, whole.width), strict=True):
            yield part, WritePosition(whole.xpos, y, whole.width, size)
            y += size


class Over(Container):
    """Something that stands over rows of runs: these are cut where it is drawn, cell by cell."""

    def __init__(self, content: Container) -> None:
        self._content = content

    def reset(self) -> None:
        """Hand it on."""
        self._content.reset()

    def preferred_width(self, max_available_width: int) -> Dimension:
        """Return the wish of what it is."""
        return self._content.preferred_width(max_available_width)

    def preferred_height(self, width: int, max_available_height: int) -> Dimension:
        """Return the wish of what it is."""
        return self._content.preferred_height(width, max_available_height)

    def get_children(self) -> list[Container]:
        """Return what it is."""
        return [self._content]

    def write_to_screen(
        self,
        screen: Screen,
        mouse_handlers: MouseHandlers,
        write_position: WritePosition,
        parent_style: str,
        erase_bg: bool,
        z_index: int | None,
    ) -> None:
        """Cut what is below, and draw it."""
        place = write_position
        for y in range(max(place.ypos, 0), place.ypos + place.height):
            cut(screen.data_buffer[y], place.xpos, place.xpos + place.width)
        self._content.write_to_screen(
            screen, mouse_handlers, place, parent_style, erase_bg, z_index
        )
