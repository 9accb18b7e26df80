"""Pages: the lists that open over the messages."""

from __future__ import annotations

from collections.abc import Callable

from chatserver.formatting import strip
from client.buffers import Buffer
from client.commands import TABLE
from client.emoji import EMOJI, USUAL
from client.layout.chooser import Choice, Chooser
from client.layout.keys import help_rows
from client.layout.sidebar import count_of, title_of
from client.messages import Entry
from client.model import Search
from client.sentences import MORE, found_words

Found = tuple[Buffer, Entry]


def jump_page(buffers: list[Buffer], server: str, take: Callable[[Buffer], None]) -> Chooser:
    """Return the list of where one can go; those with news first."""
    by_news = sorted(buffers, key=lambda b: (-min(b.mentions, 1), -min(b.unread, 1)))
    choices = [Choice(title_of(b, server), count_of(b), b) for b in by_news]
    return Chooser("Go to", choices, take, hint="type a part · Enter goes · Esc closes")


def emoji_page(entry: Entry, take: Callable[[str], None]) -> Chooser:
    """Return the list of what one can react with."""
    names = {emoji: name for name, emoji in reversed(EMOJI.items())}
    usual = [
        Choice(f"{emoji} {names.get(emoji, '')}", f"{number}", emoji, str(number))
        for number, emoji in enumerate(USUAL, 1)
    ]
    rest = [
        Choice(f"{emoji} {name}", "", emoji) for name, emoji in EMOJI.items() if emoji not in USUAL
    ]
    title = f"React to {entry.nick}: {_line(entry)}"
    return Chooser(title, [*usual, *rest], take, hint="1-8, or type a name · Enter · Esc")


def search_page(
    search: Search, server: str, clock: Callable[[float], str], take: Callable[[Found], None]
) -> Chooser:
    """Return the list of what the server has found."""
    page = Chooser(*search_words(search, server, clock), take, wide=True)
    page.hint = "Enter shows it where it was said · Esc"
    return page


def search_words(
    search: Search, server: str, clock: Callable[[float], str]
) -> tuple[str, list[Choice]]:
    """Return the title and the lines of what was found."""
    if search.fault:
        return f"Search for “{search.text}”", [Choice(search.fault)]
    if not search.done and not search.hits:
        return f"Search for “{search.text}”", [Choice("asking the server …")]
    title = f"“{search.text}”: {found_words(search)}"
    hits = [
        Choice(
            f"{clock(entry.at)} {title_of(buffer, server)} {entry.nick}: {_line(entry)}",
            value=(buffer, entry),
        )
        for buffer, entry in search.hits
    ]
    if not hits:
        return f"Search for “{search.text}”", [Choice(f"{found_words(search)}.")]
    if search.more:
        return f"{title}, and there is more", [*hits, Choice(MORE)]
    return title, hits


def help_page(take: Callable[[str], None]) -> Chooser:
    """Return all keys and commands; a command that is taken stands in the line then."""
    choices: list[Choice] = []
    for title, pairs in help_rows():
        choices.append(Choice(title))
        choices += (Choice(f"  {key:<22} {does}", value="") for key, does in pairs)
    choices.append(Choice("Commands"))
    choices += (
        Choice(f"  {command.usage:<22} {command.summary}", value=f"/{command.name} ")
        for command in TABLE.values()
    )
    choices.append(Choice("Mouse"))
    choices += (
        Choice(f"  {what:<22} {does}", value="")
        for what, does in (
            ("click on a name", "go to that room, talk to that person"),
            ("click on a line", "choose it, for Alt-R and Alt-E"),
            ("wheel", "scroll"),
            ("drag", "mark text; it is copied when the button is let go"),
        )
    )
    return Chooser(
        "Help", choices, take, hint="type to find · Esc closes · Enter takes a command", wide=True
    )


def paste_page(text: str, take: Callable[[str], None]) -> Chooser:
    """Return the question what to do with a long paste."""
    lines = text.split("\n")
    joined = " ".join(line.strip() for line in lines if line.strip())
    choices = [
        Choice("put all lines into the message", "Enter", text, "y"),
        Choice("make one line of them", "j", joined, "j"),
        Choice("throw them away", "n", "", "n"),
    ]
    return Chooser(f"Paste {len(lines)} lines?", choices, take, hint="Esc: no", preview=joined)


def _line(entry: Entry) -> str:
    return strip(entry.text).replace("\n", " ")
