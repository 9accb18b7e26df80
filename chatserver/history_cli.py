"""The command line of the history: export, search, stats, forget, backup.

What reads the history is imported by the command that needs it: `status` answers without.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from chatserver import settings
from chatserver.history.errors import BadQuery, HistoryError, JournalError
from chatserver.history.moments import day_begins
from chatserver.instance import ControlError, InstanceError, Refusal
from chatserver.options import Failure, WrongValue, load, options

if TYPE_CHECKING:
    from chatserver.history.library import Library

_BAR_AFTER = 0.5  # seconds that a backup takes without a bar


Convert = Callable[[click.Context, click.Parameter, str | None], Any]


def _day(later: int = 0) -> Convert:
    """What reads a day as the moment when it begins on this machine, or `later` days after."""

    def convert(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
        if value is None:
            return None
        try:
            return day_begins(value, None, later)
        except ValueError:
            raise WrongValue(
                f"{param.opts[0]}: {value} is not a day; write it as 2026-11-20."
            ) from None

    return convert


def _name(*, room: bool = False) -> Convert:
    """What reads the name of a person, or of a room, whose # may be left out.

    There is no limit: what is too long now may not always have been.
    """

    def convert(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        from chatserver.chat.errors import ChatError  # noqa: PLC0415
        from chatserver.chat.names import check_nick, check_room  # noqa: PLC0415

        if value is None:
            return None
        check: Callable[[str, int], str] = check_room if room else check_nick
        try:
            return check(value, len(value) + 1)
        except ChatError as error:
            raise WrongValue(f"{param.opts[0]}: {error}") from error

    return convert


_ROOM = click.option("--room", callback=_name(room=True), metavar="ROOM", help="Of this room alone")


@click.group()
def history() -> None:
    """Export, search and measure what was said, or have it forgotten."""


@history.command()
@_ROOM
@click.option("--since", callback=_day(), metavar="DAY", help="From this day on, as 2026-11-20")
@click.option("--until", callback=_day(1), metavar="DAY", help="Up to this day and with it")
@click.option(
    "--format",
    "as_what",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="For people, or an object a line for programs",
)
@click.option("--private", is_flag=True, help="With private messages too, which are left out else")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to this file  [default: standard output]",
)
@options("data")
def export(
    room: str | None,
    since: float | None,
    until: float | None,
    as_what: str,
    private: bool,
    output: Path | None,
    config_file: Path | None,
    **flags: Any,
) -> None:
    """Write out what was said, oldest first, a line each. Days and times are this machine's."""
    from chatserver.exporting import as_json, as_text  # noqa: PLC0415

    if room and private:
        raise WrongValue("--private goes without --room: private messages are in no room.")
    render = as_text if as_what == "text" else as_json
    with _library(flags, config_file) as library:
        if room:
            _check_room(library.path, room)
        messages = library.export(room, since, until, private=private)
        count = _write(map(render, messages), output, library.path)
    if not count:
        click.echo("Nothing was said then.", err=True)
    elif output:
        click.echo(f"{_lines(count)} written to {output}.", err=True)


@history.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    metavar="N",
    help="Most lines to show",
)
@options("data")
def search(words: tuple[str, ...], limit: int, config_file: Path | None, **flags: Any) -> None:
    """Show lines of all rooms that match, newest first.

    WORDS are as in /search: words, "phrases", from:bob, in:#games, since:2026-11-01,
    until:2026-11-30. Put them in single quotes, for the shell.
    """
    from chatserver.exporting import as_text  # noqa: PLC0415
    from chatserver.history.query import parse  # noqa: PLC0415
    from chatserver.history.survey import Survey  # noqa: PLC0415
    from chatserver.history.words import Term, spans  # noqa: PLC0415
    from chatserver.text import clean  # noqa: PLC0415

    def marked(text: str, terms: tuple[Term, ...]) -> str:
        text = clean(text)
        for start, end in reversed(spans(text, terms)):
            text = f"{text[:start]}{click.style(text[start:end], bold=True)}{text[end:]}"
        return text

    with _library(flags, config_file) as library:
        query = parse(" ".join(words), None)
        with closing(Survey(library.path)) as survey:
            rooms = survey.rooms()
        shown, before = 0, None
        while found := library.search(query, rooms, limit - shown + 1, before):
            for message in found[: limit - shown]:
                click.echo(as_text(message, lambda text: marked(text, query.terms)))
            shown += len(found)
            before = found[-1].id
            if shown > limit:
                click.echo(f"There are more; --limit {limit * 10} shows more of them.", err=True)
                break
    if not shown:
        click.echo("Nothing was found.", err=True)


@history.command()
@options("data")
def stats(config_file: Path | None, **flags: Any) -> None:
    """Say how much there is: rooms, lines, size, the oldest and the newest line."""
    from chatserver.exporting import show_moment, show_size  # noqa: PLC0415

    with _library(flags, config_file) as library:
        figures = library.stats()
    never = "nothing was said yet"
    rows = (
        ("rooms", figures.rooms),
        ("lines", f"{figures.lines}, {figures.private} of them private"),
        ("size", f"{show_size(figures.size)}, and {show_size(figures.log)} of log"),
        ("oldest", never if figures.oldest is None else show_moment(figures.oldest)),
        ("newest", never if figures.newest is None else show_moment(figures.newest)),
        ("file", library.path),
    )
    for name, value in rows:
        click.echo(f"{name:<6}  {value}")


@history.command()
@click.option(
    "--nick",
    callback=_name(),
    metavar="NICK",
    help="What they said, and what was said to them alone",
)
@_ROOM
@click.option("--before", callback=_day(), metavar="DAY", help="Up to this day and without it")
@click.option("--yes", is_flag=True, help="Do not ask")
@options("data")
def forget(
    nick: str | None,
    room: str | None,
    before: float | None,
    yes: bool,
    config_file: Path | None,
    **flags: Any,
) -> None:
    """Erase what matches all that is given, for good; it says how much, and asks first."""
    from chatserver.forgetting import Order  # noqa: PLC0415
    from chatserver.history.entries import Forget  # noqa: PLC0415

    if nick is None and room is None and before is None:
        raise WrongValue("Say what is to be forgotten, with --nick, --room or --before.")
    what = Forget(nick, room, None if before is None else max(0.0, before))
    with _sentences():
        order = Order(Path(load(flags, config_file, check_files=False).data), what)
        reach = order.reach()
        amount = "What there is" if reach is None else _lines(reach.lines)
        if not yes:
            click.confirm(f"{amount} will be erased for good. Go on?", abort=True)
        done = order.carry_out(reach)
    if not done:
        click.echo("It has begun; the server goes on with it, now or when it is started.")
    else:
        click.echo(f"{amount} erased. Backups and exports made before still hold this.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE, once the new one is whole")
@options("data")
def backup(file: Path, force: bool, config_file: Path | None, **flags: Any) -> None:
    """Copy the whole history to FILE and check the copy; safe while the server runs."""
    from chatserver.exporting import show_size  # noqa: PLC0415
    from chatserver.history.entries import Forget  # noqa: PLC0415
    from chatserver.history.survey import Survey  # noqa: PLC0415

    with _library(flags, config_file) as library:
        _refuse_own(file, library.path)
        if file.exists() and not (force and file.is_file()):
            why = "--force replaces it" if file.is_file() else "choose another name"
            raise Failure(f"{file} exists already; {why}.")
        if not file.parent.is_dir():
            raise Failure(f"There is no directory {file.parent}.")
        new = file.with_name(file.name + ".new") if force else file
        if force:
            new.unlink(missing_ok=True)
        with _Bar() as bar:
            library.backup(new, bar.show)
        if force:
            new.replace(file)
        with closing(Survey(file)) as survey:
            lines = survey.reach(Forget()).lines
    click.echo(f"{_lines(lines)} ({show_size(file.stat().st_size)}) copied to {file} and checked.")


class _Bar:
    """A progress bar, where there is a terminal and time to read it."""

    def __init__(self) -> None:
        self._begin = time.monotonic() + _BAR_AFTER
        self._bar: Any = None

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar:
            self._bar.render_finish()

    def show(self, done: int, all: int) -> None:
        """So many pages are copied, of all."""
        if self._bar is None and time.monotonic() >= self._begin and sys.stderr.isatty():
            self._bar = click.progressbar(length=all, label="Copying", file=sys.stderr)
        if self._bar:
            self._bar.update(done - self._bar.pos)


# --- what they share ---


@contextmanager
def _library(flags: settings.Flags, config_file: Path | None) -> Iterator[Library]:
    """The history of the data directory, to be read."""
    from chatserver.history.library import Library  # noqa: PLC0415

    directory = Path(load(flags, config_file, check_files=False).data)
    with _sentences(), closing(Library(directory)) as library:
        yield library


@contextmanager
def _sentences() -> Iterator[None]:
    """Errors that are meant for a person end the command as one sentence."""
    try:
        yield
    except (HistoryError, BadQuery, InstanceError, Refusal) as error:
        raise Failure(error) from error
    except JournalError as error:
        raise Failure(f"Nothing was forgotten: {error}.") from error
    except ControlError as error:
        raise Failure(f"chatserver is running, but does not answer: {error}.") from error
    except BrokenPipeError:
        raise  # whoever reads our output has had enough; click ends quietly
    except OSError as error:
        raise Failure(f"{error.filename or 'The output'}: {settings.reason(error)}.") from error


def _check_room(path: Path, room: str) -> None:
    from chatserver.chat.names import fold  # noqa: PLC0415
    from chatserver.history.survey import Survey  # noqa: PLC0415

    with closing(Survey(path)) as survey:
        if fold(room) not in map(fold, survey.rooms()):
            raise Failure(f"There is nothing of {room} in the history.")


def _write(lines: Iterable[str], output: Path | None, own: Path) -> int:
    """Write lines as UTF-8 whatever the locale is, and return how many."""
    if output is None:
        return _write_all(lines, sys.stdout.buffer)
    _refuse_own(output, own)
    # What people said is not for everyone on this machine.
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 (a descriptor has no Path)
        return _write_all(lines, file)


def _write_all(lines: Iterable[str], file: IO[bytes]) -> int:
    count = 0
    for line in lines:
        file.write(f"{line}\n".encode())
        count += 1
    file.flush()
    return count


def _refuse_own(file: Path, own: Path) -> None:
    """Nothing is written over the history itself, or what is beside it for the server."""
    names = ("lock", "control", *(own.name + suffix for suffix in ("", "-wal", "-shm", "-journal")))
    if file.resolve() in {own.with_name(name).resolve() for name in names}:
        raise Failure(f"{file} belongs to the server; choose another name.")


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
