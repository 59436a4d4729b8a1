"""`senescope chat`: the terminal chat. The screen paints before any index or model is touched."""

from __future__ import annotations

import typer

from assistant.cli.options import Desk, HomeDir, Offline, Quiet, desk


def chat(
    offline: Offline = False,
    quiet: Quiet = False,
    home: HomeDir = None,
    resume: bool = typer.Option(False, "--continue", "-c", help="Open the last session where it was left."),
    session: str = typer.Option(
        "", "--session", metavar="ID", help="Open this session (see `sessions list`)."
    ),
) -> None:
    """Open the chat; the first run indexes the shipped corpus and shows its progress."""
    open_chat(desk(offline=offline, quiet=quiet, home=home), session or ("latest" if resume else None))


def open_chat(place: Desk, session: str | None) -> None:
    """Open the chat in a session of the history, or in a new one."""
    from assistant.tui import run_chat

    run_chat(place.settings, continue_session=session)
