"""The chat: one screen with three rooms, conversation, evidence and what-if.

The only package that imports Textual, and only once `run_chat` is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings


def run_chat(settings: Settings, *, continue_session: str | None = None) -> None:
    """Open the chat and return when the reader leaves it.

    Arguments:
        settings: where the home folder is, which theme, which lengths.
        continue_session: a session id, the beginning of one, or `latest`; None begins a new one.

    Raises:
        UsageError: this is no terminal.
        InputError: there is no such session.
        EnvironmentFault: the history of a session to continue cannot be read.
    """
    import gc
    import os

    _need_terminal()
    # Importing Textual makes many objects that all stay: collecting in between takes a sixth of the time to
    # the first frame. The app switches it on again once that is painted.
    gc.disable()
    from assistant.tui.app import ChatApp

    # The compiled model is cached in the home folder, which may have been named by a flag.
    os.environ["SENESCOPE_HOME"] = str(settings.home)
    app = ChatApp(settings, continue_session=_known(settings, continue_session))
    app.run()
    if app.return_code:
        raise SystemExit(app.return_code)


def _need_terminal() -> None:
    """Refuse to paint a screen into a file or a pipe; a driver that is named, as `serve` does, may."""
    import os
    import sys

    from assistant.errors import UsageError

    # Textual reads the keys from stdin and writes the screen to stderr.
    if os.environ.get("TEXTUAL_DRIVER") or (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    raise UsageError(
        "The chat needs a terminal, and this is none.",
        hint="In scripts use `senescope ask QUESTION`; `senescope --help` lists the commands.",
    )


def _known(settings: Settings, name: str | None) -> str | None:
    """The session to continue; an unknown one is an error before the screen opens.

    `latest` without any session begins a new one.
    """
    if name is None:
        return None
    from assistant.sessions.store import SessionStore

    store = SessionStore.open(settings.home)
    try:
        if name == "latest" and not store.recent(1):
            return None
        return store.get(name).id
    finally:
        store.close()


__all__ = ["run_chat"]
