"""Which files of the layout know of the terminal; all others only know rows and styles."""

import ast

from tests.helpers import ROOT

WITH_TERMINAL = frozenset(
    {
        *("bindings", "composer", "first_run", "input", "mouse", "pane", "runs", "split"),
        *("sweeping", "terminal", "view"),
    }
)
OF_THE_WORLD = frozenset({"prompt_toolkit", "asyncio", "os", "sys", "socket", "time", "threading"})


def test_rows_and_lists_know_no_terminal() -> None:
    for path in sorted((ROOT / "client" / "layout").glob("*.py")):
        if path.stem in WITH_TERMINAL:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            touched = {name.partition(".")[0] for name in names} & OF_THE_WORLD
            assert not touched, (path.name, touched)
