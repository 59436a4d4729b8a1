"""The command line. `main` is the console script; commands live in one module each."""

from __future__ import annotations


def main() -> None:
    """Run `senescope` and leave with the exit code of the contract."""
    import sys

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a Greek letter gets its code, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        from assistant.cli.border import CHATS, open_bare_chat

        arguments = tuple(sys.argv[1:])
        if arguments in CHATS:  # what people type most need not wait for a parser
            code = open_bare_chat(CHATS[arguments])
        else:
            from assistant.cli.app import run

            code = run(arguments)
    except KeyboardInterrupt:  # while modules are still being imported
        code = 130
    sys.exit(code)
