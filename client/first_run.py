"""First run: the few questions, asked in plain lines."""

import click

from client.settings import (
    THEMES,
    Address,
    Settings,
    SettingsError,
    change,
    check_nick,
    default_nick,
    parse_address,
)


def ask(settings: Settings) -> Settings:
    """Ask for server, name, rooms and colours; return the settings with the answers."""
    click.echo("Welcome. A few questions; Enter takes what stands in brackets.")
    address = click.prompt("Server", f"{settings.host}:{settings.port}", value_proc=_address)
    usual = address.nick or settings.nick or default_nick()
    nick = click.prompt("Your name", usual, value_proc=_nick)
    rooms = click.prompt("Rooms", " ".join(settings.rooms))
    theme = click.prompt("Colours", settings.theme, type=click.Choice(THEMES))
    answers = {"host": address.host, "nick": nick, "rooms": with_signs(rooms), "theme": theme}
    if address.port:
        answers["port"] = str(address.port)
    for name, value in answers.items():
        settings = change(settings, name, value)
    return settings


def with_signs(rooms: str) -> str:
    """Return the names of rooms with the sign that they begin with."""
    names = rooms.replace(",", " ").split()
    return " ".join(name if name[:1] in "#&+!" else f"#{name}" for name in names)


def _address(text: str) -> Address:
    try:
        return parse_address(text)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


def _nick(text: str) -> str:
    try:
        return check_nick(text)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
