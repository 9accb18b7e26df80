"""Markdown tables of the results, a group of cells each, with the ratios to the peers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scripts.benchmark import results
from scripts.benchmark.cells import Cell, Flood, Idle, Paced, Past, Stalled, Trimmed, describe
from scripts.benchmark.results import Result, compare

OURS = "ours"
NOTHING = "–"

Outcomes = Mapping[tuple[str, str], Result]  # by the names of cell and server


@dataclass(frozen=True)
class Column:
    """A figure of the results; `ratio` adds ours divided by the peer's."""

    title: str
    figure: str
    form: str = "{:,.2f}"
    ratio: bool = False


@dataclass(frozen=True)
class Group:
    """Cells of one kind, which share a table."""

    title: str
    kind: type[Cell]
    columns: tuple[Column, ...]
    note: str = ""


_LOAD = Column("load generator's CPU", results.GENERATOR, "{:.0%}")
_CPU = Column("server CPU µs each", results.CPU, ratio=True)

GROUPS = (
    Group(
        "Flood",
        Flood,
        (Column("deliveries/s", results.DELIVERIES, "{:,.0f}", ratio=True), _CPU, _LOAD),
        "The servers took turns. A ratio is the median of the ratios of the rounds, with their "
        "quartiles.",
    ),
    Group(
        "Latency",
        Paced,
        (
            Column("p50 ms", results.P50),
            Column("p99 ms", results.P99, ratio=True),
            Column("worst ms", results.WORST),
            _CPU,
            _LOAD,
        ),
    ),
    Group(
        "Stalled readers",
        Stalled,
        (Column("others' p99 ms before", results.P99_BEFORE), Column("during", results.P99)),
    ),
    Group(
        "Idle people",
        Idle,
        (
            Column("server KiB each", results.MEMORY, ratio=True),
            Column("seconds to connect all", results.CONNECT, ratio=True),
            Column("threads before", results.THREADS_BEFORE, "{:.0f}"),
            Column("after", results.THREADS_AFTER, "{:.0f}"),
        ),
    ),
    Group(
        "History",
        Past,
        (
            Column("start s", results.START),
            Column("`/history` p50 ms", results.PAGE_MEDIAN),
            Column("p99 ms", results.PAGE_P99),
            Column("`/search` p50 ms", results.SEARCH_MEDIAN),
            Column("p99 ms", results.SEARCH_P99),
            Column("server MiB", results.RESIDENT),
        ),
    ),
    Group(
        "Trimming a history",
        Trimmed,
        (
            Column("lines trimmed/s", results.TRIMMED, "{:,.0f}"),
            Column("p50 ms", results.P50),
            Column("p99 ms", results.P99),
            Column("worst ms", results.WORST),
            _CPU,
        ),
    ),
)


def tables(cells: Sequence[Cell], servers: Sequence[str], outcomes: Outcomes) -> str:
    """All groups that have cells. The ratios are those of the first column of ours."""
    parts = []
    first = next(filter(is_ours, servers), OURS)
    for group in GROUPS:
        own = [cell for cell in cells if isinstance(cell, group.kind)]
        if own:
            pairs = [
                (cell, server)
                for cell in own
                for server in servers
                if (cell.name, server) in outcomes
            ]
            rows = [_row(group, cell, server, first, outcomes) for cell, server in pairs]
            parts.append(f"### {group.title}\n\n{markdown([_head(group, first), *rows])}")
            parts += [group.note] if group.note else []
            parts += remarks([outcomes[cell.name, server] for cell, server in pairs])
    return "\n\n".join(parts)


def is_ours(server: str) -> bool:
    """Whether a column is our server's, in whatever way it keeps the history."""
    return server == OURS or server.startswith(f"{OURS} (")


def _head(group: Group, first: str) -> list[str]:
    titles = ["", "server"]
    for column in group.columns:
        titles.append(column.title)
        if column.ratio:
            titles.append(f"{first} ÷ this")
    return [*titles, "checked"]


def _row(group: Group, cell: Cell, server: str, first: str, outcomes: Outcomes) -> list[str]:
    result = outcomes[cell.name, server]
    ours = outcomes.get((cell.name, first), result)
    row = [describe(cell), server]
    for column in group.columns:
        value = result.figures.get(column.figure)
        row.append(NOTHING if value is None else column.form.format(value))
        if column.ratio:
            row.append(ratio(ours, result, column.figure))
    return [*row, verdict(result)]


def verdict(result: Result) -> str:
    """Whether all lines were right, in a word."""
    if result.faults:
        return "FAILED"
    return "see below" if result.note else "ok"


def remark(result: Result) -> str:
    """What there is to say; empty when all went well."""
    return "; ".join(filter(None, [*dict.fromkeys(result.faults), result.note]))


def remarks(shown: Iterable[Result]) -> list[str]:
    """The remarks as a list, where there are any."""
    lines = [
        f"- {result.cell}, {result.server}: {remark(result)}" for result in shown if remark(result)
    ]
    return ["\n".join(lines)] if lines else []


def ratio(ours: Result, other: Result, figure: str) -> str:
    """Ours divided by another's, where there are both."""
    found = compare(ours, other, figure) if ours is not other else None
    return found.words() if found else NOTHING


def markdown(rows: Iterable[Sequence[str]]) -> str:
    """A table of the rows, the first of which is the head; columns padded to be read as text."""
    cells = [[cell.replace("|", r"\|") for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [_line(row, widths) for row in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return f"| {' | '.join(padded)} |"
