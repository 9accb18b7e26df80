"""Kill the server with SIGKILL, again and again, while twelve people talk in three rooms.

After each kill it is started again on the same data directory, and every line that anybody saw is
looked for in the history: it must be there, once, unaltered, and in the order in which it was
seen; and nobody's screen may have a gap between its first and its last line.

exit status: 0, or 1 when anything was wrong
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path
from statistics import median

from scripts.crashing.run import Outcome, Plan, run
from scripts.processes.process import StartError


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/crash",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--kills", type=int, default=200, help="default: 200")
    parser.add_argument(
        "--seconds", type=float, default=1.5, help="the longest life of the server (default: 1.5)"
    )
    parser.add_argument("--seed", type=int, help="of the moments (default: another one each time)")
    parser.add_argument("--durability", choices=["full", "process"], default="full")
    parser.add_argument(
        "--directory", type=Path, help="an empty one to work in, kept (default: below TMPDIR)"
    )
    return parser.parse_args(argv)


def report(plan: Plan, outcome: Outcome) -> str:
    """The figures, and the verdict."""
    book, starts = outcome.book, sorted(outcome.ready[1:])
    faults = [f"- {count} {kind}: {book.examples[kind]}" for kind, count in book.faults.items()]
    return "\n".join(
        [
            f"{plan.kills} kills (seed {plan.seed}, --durability {plan.durability}),"
            f" {outcome.silent} of them before anybody saw a line",
            f"{len(book):,} lines stored, {book.seen:,} sights of them compared",
            f"ready again after {median(starts):.2f} s, {starts[-1]:.2f} s at worst",
            *(["FAILED", *faults] if faults else ["ok: all that was seen is stored"]),
        ]
    )


def main(argv: list[str] | None = None) -> int:
    """Run, print, and say by the exit status whether all was right."""
    options = parse_arguments(argv)
    if options.kills < 1 or options.seconds <= 0:
        print("scripts/crash: --kills and --seconds must be more than 0", file=sys.stderr)
        return 2
    seed = random.randrange(10**6) if options.seed is None else options.seed
    plan = Plan(options.kills, options.seconds, seed, options.durability)
    print(f"seed {seed}", file=sys.stderr)

    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    try:
        if options.directory:
            options.directory.mkdir(parents=True, exist_ok=True)
            outcome = run(plan, options.directory, tell)
        else:
            with tempfile.TemporaryDirectory(prefix="crash-") as name:
                outcome = run(plan, Path(name), tell)
    except StartError as error:
        print(f"scripts/crash: {error}", file=sys.stderr)
        return 1
    print(report(plan, outcome))
    return int(bool(outcome.faults))


if __name__ == "__main__":
    sys.exit(main())
