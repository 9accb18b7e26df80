"""The program: `chatserver`, or `python -m chatserver`."""

from chatserver.cli import cli


def main() -> None:
    """Run the command line; exits the process."""
    cli(prog_name="chatserver")


if __name__ == "__main__":
    main()
