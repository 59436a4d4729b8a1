"""The command line. `main` is the console script; commands live in one module each."""

from __future__ import annotations


def main() -> None:
    """Run `senescope` and leave with the exit code of the contract."""
    import sys

    from assistant.cli.app import run

    sys.exit(run(sys.argv[1:]))
