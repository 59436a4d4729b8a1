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
    """
    from assistant.tui.app import ChatApp

    ChatApp(settings, continue_session=continue_session).run()


__all__ = ["run_chat"]
