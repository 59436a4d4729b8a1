"""`senescope serve`: the chat in a browser, on this machine unless a token guards it."""

from __future__ import annotations

import sys

import typer

from assistant.cli.options import HomeDir, Offline, Quiet, desk
from assistant.errors import InputError


def serve(
    host: str = typer.Option(
        "127.0.0.1", "--host", help="Address to listen on; one of other machines' needs --token."
    ),
    port: int = typer.Option(8000, "--port", min=0, max=65535, help="TCP port; 0 takes a free one."),
    token: str = typer.Option(
        "",
        "--token",
        envvar="SENESCOPE_SERVE_TOKEN",
        help="What a browser has to know; auto makes one up.",
    ),
    offline: Offline = False,
    quiet: Quiet = False,
    home: HomeDir = None,
) -> None:
    """Serve the chat to a browser until Ctrl+C; each tab is a session of its own."""
    place = desk(offline=offline, quiet=quiet, home=home)
    if token and token != "auto" and (len(token) < 8 or not token.isascii() or not token.isalnum()):
        raise InputError("The token is too weak.", hint="Use eight or more letters and digits, or auto.")
    if token == "auto":
        import secrets

        token = secrets.token_hex(16)
    from assistant.tui.web import serve as open_door

    chat = [sys.executable, "-m", "assistant", "--home", str(place.settings.home)]
    if place.settings.switch("offline"):
        chat.append("--offline")

    def say(words: str) -> None:  # also when --quiet: without the address nobody can go on
        sys.stderr.write(f"senescope: {words}\n")
        sys.stderr.flush()

    open_door([*chat, "chat"], host, port, token, say)
