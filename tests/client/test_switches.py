"""/color, /bell and /time: what is switched on again is as it was; and what of it is remembered."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from client.app import App
from client.commands import submit
from client.messages import Kind
from client.settings import Settings, load, save, switched
from tests.client.script import Script

WORDS = {"color": "theme", "bell": "notify", "time": "clock"}
CHOSEN = {"theme": "solarized", "notify": "all", "clock": "%H:%M:%S"}


def type_(app: App, *lines: str) -> Settings:
    """Type commands; return the settings after them."""
    model = Script().welcome().model
    for line in lines:
        app.obey(submit(model, model.current, line))
    return app.settings


def app_of(settings: Settings, folder: Path, path: Path | None = None) -> App:
    return App(settings, data=folder, settings_path=path)


@pytest.mark.parametrize("command", WORDS)
def test_on_is_as_it_was_before_off(tmp_path: Path, command: str) -> None:
    async def main() -> None:
        setting = WORDS[command]
        path = tmp_path / "chat.toml"
        chosen = replace(Settings(nick="ada"), **{setting: CHOSEN[setting]})
        settings = type_(app_of(chosen, tmp_path, path), f"/{command} off", f"/{command} off")
        assert getattr(settings, setting) not in {CHOSEN[setting], getattr(Settings(), setting)}
        stored = load(path)  # also after the program was ended
        assert stored
        settings = type_(app_of(stored, tmp_path, path), f"/{command} on", f"/{command} on")
        assert getattr(settings, setting) == CHOSEN[setting]

    asyncio.run(main())


def test_on_is_the_usual_where_it_was_never_on() -> None:
    off = Settings(theme="mono", notify="off", clock="")
    assert {name: switched(off, name, on=True) for name in CHOSEN} == {
        name: getattr(Settings(), name) for name in CHOSEN
    }


def test_the_theme_without_colours_is_one_to_be_switched_on_from(tmp_path: Path) -> None:
    async def main() -> None:
        app = app_of(Settings(), tmp_path)
        assert type_(app, "/theme light", "/theme mono", "/color on").theme == "light"
        assert type_(app, "/set theme mono", "/color on").theme == "light"

    asyncio.run(main())


def test_what_only_this_start_has_said_is_not_remembered(tmp_path: Path) -> None:
    async def main() -> None:
        path = tmp_path / "chat.toml"
        save(Settings(host="home.test", nick="ada", rooms=("#home",)), path)
        elsewhere = Settings(host="other.test", nick="guest", rooms=("#other",))
        app = app_of(elsewhere, tmp_path, path)
        assert type_(app, "/theme light").host == "other.test"
        assert load(path) == Settings(host="home.test", nick="ada", rooms=("#home",), theme="light")

    asyncio.run(main())


def test_without_a_file_the_first_change_makes_one(tmp_path: Path) -> None:
    async def main() -> None:
        path = tmp_path / "chat.toml"
        here = Settings(host="home.test", nick="ada")
        type_(app_of(here, tmp_path, path), "/theme light")
        assert load(path) == replace(here, theme="light")

    asyncio.run(main())


def test_a_file_that_is_broken_meanwhile_is_left_alone(tmp_path: Path) -> None:
    async def main() -> None:
        path = tmp_path / "chat.toml"
        path.write_text("theme = [")
        app = app_of(Settings(), tmp_path, path)
        assert type_(app, "/theme light").theme == "light"  # from now on, if not for the next time
        assert "chat.toml" in app.model.current.entries[-1].text
        assert path.read_text() == "theme = ["

    asyncio.run(main())


def test_a_log_is_begun_and_ended_by_its_setting(tmp_path: Path) -> None:
    async def main() -> None:
        app = app_of(Settings(), tmp_path)
        app.model = Script().welcome().model
        type_(app, f"/set log {tmp_path / 'log'}")
        app.model.tell(Kind.SERVER, "heard")
        app._write_log()
        assert [path.read_text().endswith("heard\n") for path in (tmp_path / "log").iterdir()]
        type_(app, "/set log")
        assert app._logbook is None

    asyncio.run(main())
