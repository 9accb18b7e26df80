"""A person at a real terminal."""

from collections.abc import Mapping, Sequence
from typing import Self

from scripts.processes.screen import Screen


class Person(Screen):
    """Types into a program and reads its screen."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        kind: str = "xterm-256color",
        columns: int = 80,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(command, kind=kind, columns=columns, environment=environment)

    def look(self) -> list[str]:
        """Return the rows of the screen down to the last one with something on it."""
        rows = self.rows()
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.look())

    @property
    def row(self) -> str:
        """The row of the cursor, as it is without trailing spaces."""
        return self.rows()[self.screen.cursor.y]

    @property
    def column(self) -> int:
        """Where the cursor is in its row."""
        self.rows()
        return int(self.screen.cursor.x)

    def sees_row(self, text: str) -> Self:
        """Wait until the cursor's row reads so."""
        return self.until(lambda: self.row == text, text)

    def leaves(self) -> int:
        """Wait for the end of the program and return its exit code."""
        self.until(lambda: (self.rows(), self.process.poll() is not None)[1], "the program ends")
        self.rows()
        code = self.process.returncode
        assert code is not None
        return int(code)
