"""What `scripts/bench client --drawings` measures."""

import pytest

from scripts.benchmark import client


def test_each_kind_of_drawing_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert client.main(["--drawings", "--keys", "2", "--lines", "900"]) == 0
    rows = [line.split("|")[1:-1] for line in capsys.readouterr().out.splitlines()[2:]]
    assert [row[0].strip() for row in rows] == [
        "a letter",
        "PageUp in 50 lines",
        "200 new lines",
        "PageUp in 1050 lines",
    ]
    for row in rows:
        least, median, late = (float(cell.removesuffix(" ms ")) for cell in row[1:])
        assert 0 < least <= median <= late
