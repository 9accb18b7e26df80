"""Three people talk through a restart and a kill of the server: ada on scripts/chat, bob on telnet,
cy on irssi, each in a window of tmux, with the pauses and the half-typed lines of people.

At the end all that was said is looked for: once, in order and unaltered in the history; on ada's
screen, page by page, and in her client's log; and in what telnet and irssi have shown. While the
server is away ada types, too: that is sent once, or shown as not sent. The screens at the moments
that matter are kept as text.

exit status: 0, or 1 when anything was lost, doubled, out of order or marked wrongly
"""

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from scripts.processes.process import ROOT, StartError
from scripts.talking.story import Outcome, Plan, run

PROGRAMS: Final = {"tmux": "tmux", "telnet": "telnet", "irssi": "irssi", "bash": "bash"}
"""What is needed, with Debian's packages."""


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/talk",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="of talk (default: 10)")
    parser.add_argument("--seed", type=int, help="of words and pauses (default: another each time)")
    parser.add_argument(
        "--directory", type=Path, help="an empty one for screens and logs (default: below TMPDIR)"
    )
    return parser.parse_args(argv)


def report(plan: Plan, outcome: Outcome) -> str:
    """The figures, and the verdict."""
    stage = outcome.stage
    ledger, folder = stage.ledger, stage.folder
    stored = {message.marks[0] for message in outcome.stored}
    waited = [s for s in ledger.said if s.speaker == "ada" and stage.was_away("ada", s.at)]
    unsent = [s.mark for s in ledger.said if s.mark not in stored]
    away = " and ".join(f"{seconds:.0f} s" for seconds in outcome.seconds_away)
    return "\n".join(
        [
            f"{plan.minutes:g} minutes (seed {plan.seed}); the server was away for {away or '-'}",
            f"{len(ledger.said)} messages said, {len(outcome.stored)} stored,"
            f" {outcome.sights} sights of lines compared, {len(ledger.reactions)} reactions",
            f"typed by ada while the server was away: {_list(s.mark for s in waited)}",
            f"not stored: {_list(unsent)} (typed on telnet or irssi while the server was away)",
            f"{len(stage.album.taken)} screens in {stage.album.folder}; logs in {folder}",
            *(["FAILED", *(f"- {fault}" for fault in outcome.faults)] if outcome.faults else []),
            *([] if outcome.faults else ["ok: nothing is lost, doubled or out of order"]),
        ]
    )


def _list(marks: Iterable[str]) -> str:
    return ", ".join(marks) or "none"


def main(argv: list[str] | None = None) -> int:
    """Run, print, and say by the exit status whether all was right."""
    options = parse_arguments(argv)
    if options.minutes <= 0:
        print("scripts/talk: --minutes must be more than 0", file=sys.stderr)
        return 2
    for program, package in PROGRAMS.items():
        if not shutil.which(program):
            print(f"scripts/talk: {program} is missing (apt install {package})", file=sys.stderr)
            return 2
    seed = random.randrange(10**6) if options.seed is None else options.seed
    folder = (options.directory or Path(tempfile.mkdtemp(prefix="talk-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        print(f"scripts/talk: {folder} is not empty", file=sys.stderr)
        return 2
    plan = Plan(options.minutes, seed, (str(ROOT / "scripts" / "chat"),))
    print(f"seed {seed}, in {folder}", file=sys.stderr)
    try:
        outcome = run(plan, folder, lambda line: print(line, file=sys.stderr))
    except StartError as error:
        print(f"scripts/talk: {error}", file=sys.stderr)
        return 1
    words = report(plan, outcome)
    (folder / "report.txt").write_text(f"{words}\n", encoding="utf-8")
    print(words)
    return int(bool(outcome.faults))


if __name__ == "__main__":
    sys.exit(main())
