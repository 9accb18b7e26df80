"""Themes: what each part of the screen looks like, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from msgspec import Struct

from client.layout.colors import palette


class Theme(Struct, frozen=True):
    """A set of colours.

    Attributes:
        background: what it is made for, `#rrggbb`; empty where there are no colours at all.
        styles: prompt_toolkit's words by the name of a part (a class).
        nicks: colours of nicks.
        least: how far a text's own colours must stand off the background to be shown.
    """

    background: str
    styles: Mapping[str, str]
    nicks: tuple[str, ...]
    least: float = 3.0


class _Shades(Struct, frozen=True):
    """The few colours that a theme is made from."""

    background: str
    text: str
    dim: str
    faint: str
    accent: str
    good: str
    warn: str
    bad: str
    raised: str  # a ground for what stands out: the current room, menus
    alarm: str  # a ground for lines that name one


_DARK = _Shades(
    background="#1c1c1c",
    text="",
    dim="#9a9a9a",
    faint="#6c6c6c",
    accent="#6cb6ff",
    good="#7ecb6b",
    warn="#e5b454",
    bad="#ff7b72",
    raised="#3a3a3a",
    alarm="#3d3112",
)
_LIGHT = _Shades(
    background="#ffffff",
    text="",
    dim="#5f5f5f",
    faint="#8a8a8a",
    accent="#0550ae",
    good="#116329",
    warn="#7d4e00",
    bad="#b3151f",
    raised="#dfe4ea",
    alarm="#fff0c2",
)
_SOLARIZED = _Shades(
    background="#002b36",
    text="#93a1a1",
    dim="#7d9096",
    faint="#586e75",
    accent="#268bd2",
    good="#859900",
    warn="#b58900",
    bad="#dc322f",
    raised="#0d4250",
    alarm="#2f3a16",
)
_HIGH_CONTRAST = _Shades(
    background="#000000",
    text="#ffffff",
    dim="#e0e0e0",
    faint="#c0c0c0",
    accent="#00ffff",
    good="#00ff00",
    warn="#ffff00",
    bad="#ff6060",
    raised="#0000c0",
    alarm="#5f3f00",
)


def _styles(shades: _Shades, *, paints_background: bool = False) -> dict[str, str]:
    dim, faint, accent = shades.dim, shades.faint, shades.accent
    screen = f"{shades.text} bg:{shades.background}" if paints_background else shades.text
    menu = f"bg:{shades.raised} {shades.text}"
    return {
        "screen": screen,
        "time": faint,
        "own": "bold",
        "day": dim,
        "new": f"{shades.bad} bold",
        "presence": dim,
        "server": dim,
        "note": shades.good,
        "fault": shades.bad,
        "notice": accent,
        "action": "italic",
        "gap": shades.warn,
        "mention": f"bg:{shades.alarm}",
        "target": f"bg:{shades.raised}",
        "me": f"{shades.warn} bold",
        "link": f"{accent} underline",
        "code": f"bg:{shades.raised}",
        "quote": dim,
        "reaction": shades.good,
        "pending": faint,
        "refused": shades.bad,
        "found": f"bg:{shades.warn} {shades.background} noreverse",
        "selected": "reverse",
        "topic": dim,
        "topic.name": "bold",
        "border": faint,
        "room": dim,
        "room.current": f"bg:{shades.raised} bold {shades.text or 'noinherit'}",
        "room.unread": f"{shades.text} bold",
        "room.mention": f"{shades.warn} bold",
        "room.gone": faint,
        "rank": shades.good,
        "away": faint,
        "status": dim,
        "status.news": shades.warn,
        "status.bad": shades.bad,
        "below": f"{accent} bold",
        "prompt": f"{accent} bold",
        "ghost": faint,
        "hint": dim,
        "over": f"{shades.bad} bold",
        "page": menu,
        "page.title": f"{menu} bold",
        "page.key": f"{menu} {accent} bold",
        "page.dim": f"{menu} {dim}",
        "page.chosen": f"{menu} reverse",
        "completion-menu": menu,
        "completion-menu.completion": menu,
        "completion-menu.completion.current": f"{menu} reverse",
        "completion-menu.meta.completion": f"{menu} {dim}",
        "completion-menu.meta.completion.current": f"{menu} reverse",
        "auto-suggestion": faint,
        "scrollbar.background": f"bg:{shades.raised}",
        "scrollbar.button": f"bg:{dim}",
    }


_MONO: Final[dict[str, str]] = {
    "time": "dim",
    "own": "bold",
    "nick": "bold",
    "day": "dim",
    "new": "bold",
    "presence": "dim",
    "server": "dim",
    "note": "dim",
    "fault": "bold",
    "action": "italic",
    "gap": "bold",
    "mention": "bold",
    "target": "reverse",
    "me": "bold underline",
    "link": "underline",
    "code": "bold",
    "quote": "dim",
    "reaction": "dim",
    "pending": "dim",
    "refused": "bold",
    "found": "reverse",
    "selected": "reverse",
    "topic": "dim",
    "topic.name": "bold",
    "border": "dim",
    "room.current": "reverse",
    "room.unread": "bold",
    "room.mention": "bold underline",
    "room.gone": "dim",
    "rank": "bold",
    "away": "dim",
    "status": "",
    "status.news": "bold",
    "status.bad": "bold",
    "below": "bold",
    "prompt": "bold",
    "ghost": "dim",
    "hint": "dim",
    "over": "bold",
    "page": "",
    "page.title": "bold",
    "page.key": "bold",
    "page.dim": "dim",
    "page.chosen": "reverse",
    "completion-menu": "noinherit",
    "completion-menu.completion": "noinherit",
    "completion-menu.completion.current": "noinherit reverse",
    "completion-menu.meta.completion": "noinherit dim",
    "completion-menu.meta.completion.current": "noinherit reverse",
    "auto-suggestion": "dim",
    "scrollbar.background": "noinherit",
    "scrollbar.button": "noinherit reverse",
}


@cache
def theme_of(name: str) -> Theme:
    """Return a theme by its name in the settings."""
    match name:
        case "light":
            return Theme(_LIGHT.background, _styles(_LIGHT), palette(_LIGHT.background, 5.0))
        case "solarized":
            styles = _styles(_SOLARIZED, paints_background=True)
            return Theme(_SOLARIZED.background, styles, palette(_SOLARIZED.background, 4.5))
        case "high-contrast":
            styles = _styles(_HIGH_CONTRAST, paints_background=True)
            return Theme(_HIGH_CONTRAST.background, styles, palette("#000000", 9.0), least=7.0)
        case "mono":
            return Theme("", _MONO, ())
        case _:
            return Theme(_DARK.background, _styles(_DARK), palette(_DARK.background, 6.0))
