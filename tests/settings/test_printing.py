"""The whole configuration as a file: what is printed loads to the same."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chatserver import passwords
from chatserver.checks import cautions
from chatserver.config import Config, Limits, Operator, Server
from chatserver.schema import SETTINGS, Setting
from chatserver.settings import load
from chatserver.toml import render_toml
from tests.settings.files import HASH


def values(setting: Setting) -> st.SearchStrategy[Any]:
    """Any value that the setting allows."""
    low: Any = setting.meta.ge
    high: Any = setting.meta.le
    if setting.choices:
        return st.sampled_from(setting.choices)
    if setting.is_path:
        name = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1)
        return name.map(lambda text: str(Path("/", text)))
    if setting.type is int:
        return st.integers(low, high)
    if setting.type is float:
        return st.floats(low, high)
    if setting.type is bool:
        return st.booleans()
    return _TEXTS[setting.key]


_PLAIN = st.text(st.characters(exclude_categories=("Cc", "Cs")))
_TEXTS: dict[str, st.SearchStrategy[Any]] = {
    "host": st.sampled_from(["", "::1", "a.b", "ünï"]),
    "listen": st.lists(st.sampled_from([":1", "irc://[::1]:0", "telnet://a:65535"]), min_size=1),
    "server.name": st.sampled_from(["a.b", "chat.example.org"]),
    "server.network": st.text(st.characters(exclude_categories=("C", "Z")), min_size=1).filter(
        lambda text: len(text) < 64 and not set(text) & set("=\\")
    ),
    "server.description": st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=200),
    "server.password": st.sampled_from(["", HASH]),
    "server.admin": st.lists(_PLAIN, max_size=3),
    "operators": st.lists(
        st.builds(dict, name=st.sampled_from(["ada", 'b"\\', "ünï"]), password=st.just(HASH)),
        unique_by=lambda row: row["name"],
    ),
}


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Any configuration that passes, whatever its fields are."""
    tree: dict[str, Any] = {"server": {}, "limits": {"rate": {}}}
    limits = tree["limits"]
    tables = {(): tree, ("server",): tree["server"], ("limits",): limits}
    tables["limits", "rate"] = limits["rate"]
    for setting in SETTINGS:
        if not setting.is_switch:
            tables[setting.path[:-1]][setting.path[-1]] = draw(values(setting))
    limits["unfinished"] = max(limits["unfinished"], limits["line"])
    limits["dead"] = max(limits["dead"], 0.2)
    limits["ping"] = limits["dead"] / 2
    if draw(st.booleans()):
        limits["rate"] = None
    tree["motd"] = ""  # would have to exist
    return msgspec.convert(tree, Config)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("saved") / "chat.toml"


@examples(max_examples=50, deadline=None)
@given(config=configs())
def test_what_is_printed_loads_to_the_same(saved: Path, config: Config) -> None:
    saved.write_text(render_toml(config), encoding="utf-8")
    assert load({}, {}, saved) == config


def test_what_is_printed_explains_itself() -> None:
    text = render_toml(Config())
    assert (
        "# Longest line that one may send, in bytes.\n"
        "# A whole number from 256 to 65536; default 4096.\n"
        "line = 4096\n"
    ) in text
    for setting in SETTINGS:
        if not setting.is_switch:
            assert f"# {setting.description}.\n" in text
    order = re.findall(r"^(?:# )?(\[.*\])$", text, re.MULTILINE)
    assert order == ["[server]", "[limits]", "[limits.rate]", "[[operators]]"]
    assert "\nrate = false\n" in render_toml(Config(limits=Limits(rate=None)))


def test_a_password_is_printed_as_a_hash_of_it(saved: Path) -> None:
    config = Config(
        server=Server(password="open sesame"),
        operators=(
            Operator(name="ada", password="the engine"),
            Operator(name="bob", password=HASH),
        ),
    )
    text = render_toml(config)
    assert "open sesame" not in text
    assert "the engine" not in text
    saved.write_text(text, encoding="utf-8")
    again = load({}, {}, saved)
    assert passwords.matches(again.server.password, "open sesame")
    ada, bob = again.operators
    assert passwords.matches(ada.password, "the engine")
    assert bob == config.operators[1]
    assert cautions(again) == []
