"""Terminal: prompt_toolkit's output, with links (OSC 8), and with every character in its place."""

from __future__ import annotations

import re
import sys
from base64 import b64encode
from typing import Any, Final, TextIO, cast

from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Attrs, BaseStyle
from wcwidth import wcwidth

from client.layout.runs import is_plain

_LINK: Final = re.compile(r"\[link:([!-~]*)\]")
_LINK_ENDS: Final = "\x1b]8;;\x1b\\"
_MOST_COPIED: Final = 74_994  # bytes; what terminals are known to take at once


class _LinkedAttrs(Attrs):
    """Attributes of a cell that belongs to a link; two links differ although they look alike."""

    link: str

    def __eq__(self, other: object) -> bool:
        return tuple.__eq__(self, cast(Any, other)) and self.link == getattr(other, "link", "")

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((tuple(self), self.link))


class LinkingStyle(BaseStyle):
    """A style that knows links: `[link:URL]` in a style string (see markup.link_style)."""

    def __init__(self, style: BaseStyle) -> None:
        self._style = style

    def get_attrs_for_style_str(self, style_str: str, default: Attrs | None = None) -> Attrs:
        """Return the attributes for a style string, with its link if it has one."""
        given = () if default is None else (default,)
        attrs = self._style.get_attrs_for_style_str(style_str, *given)
        found = _LINK.search(style_str)
        if found is None:
            return attrs
        linked = _LinkedAttrs(*attrs)
        linked.link = found[1]
        return linked

    @property
    def style_rules(self) -> list[tuple[str, str]]:
        """The rules of the style within."""
        return self._style.style_rules

    def invalidation_hash(self) -> Any:
        """Change when the style within changes."""
        return self._style.invalidation_hash()


class Terminal(Vt100_Output):
    """A terminal that a text cannot lead astray.

    Terminals differ in how wide they draw emoji and marks. So the cursor is put where it belongs
    behind each such character, instead of trusting that the terminal has counted as we do: nothing
    that somebody writes can shift what stands beside it.
    """

    tells_focus = False
    """Whether to ask the terminal to tell when its window gets and loses the keyboard."""

    _link = ""

    def write(self, data: str) -> None:
        """Write text; characters in it never move what follows."""
        if is_plain(data):
            super().write(data)
            return
        # Spaces, of which a character that is drawn narrower leaves some; the character; and as far
        # forward as it is wide in our count: each between DECSC and DECRC.
        cells = max(sum(max(wcwidth(char), 0) for char in data), 1)
        self.write_raw(f"\x1b7{' ' * cells}\x1b8\x1b7")
        super().write(data)
        self.write_raw(f"\x1b8\x1b[{cells}C")

    def set_attributes(self, attrs: Attrs, color_depth: ColorDepth) -> None:
        """Set colours and the like, and begin or end a link."""
        link = getattr(attrs, "link", "")
        if link != self._link:
            self._change_link(link)
        super().set_attributes(Attrs(*attrs), color_depth)

    def reset_attributes(self) -> None:
        """Take all off, a link too."""
        if self._link:
            self._change_link("")
        super().reset_attributes()

    def _change_link(self, link: str) -> None:
        # The id keeps a link that is broken over two rows one link (OSC 8, "the id parameter").
        number = f"{hash(link) & 0xFFFFFF:x}"
        self.write_raw(f"\x1b]8;id={number};{link}\x1b\\" if link else _LINK_ENDS)
        self._link = link

    def enable_mouse_support(self) -> None:
        """Ask for clicks, the wheel, and movements only while a button is held."""
        self.write_raw("\x1b[?1000h\x1b[?1002h\x1b[?1006h")

    def disable_mouse_support(self) -> None:
        """Give the mouse back to the terminal."""
        self.write_raw("\x1b[?1006l\x1b[?1002l\x1b[?1000l")

    def enable_bracketed_paste(self) -> None:
        """Ask for pastes to be marked, and to be told who has the keyboard (xterm, DECSET 1004).

        Both are asked for and given back at the same moments: an editor must not be told either.
        """
        super().enable_bracketed_paste()
        if self.tells_focus:
            self.write_raw("\x1b[?1004h")

    def disable_bracketed_paste(self) -> None:
        """Ask for both no more."""
        if self.tells_focus:
            self.write_raw("\x1b[?1004l")
        super().disable_bracketed_paste()

    def copy(self, text: str) -> bool:
        """Put a text into the clipboard (OSC 52); say whether it is not too long for that."""
        data = b64encode(text.encode()).decode()
        if len(data) > _MOST_COPIED:
            return False
        self.write_raw(f"\x1b]52;c;{data}\x07")
        self.flush()
        return True


def open_terminal(stdout: TextIO | None = None) -> Terminal:
    """Return the terminal that the program runs in."""
    return cast(Terminal, Terminal.from_pty(stdout or sys.stdout))
