"""Which chat models could be used on this machine: servers that answer, libraries and keys that are there.

Only addresses on loopback are tried. A provider elsewhere is not contacted for a look: its key and its
library are what can be missing.
"""

from __future__ import annotations

import importlib.util
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from assistant.errors import SenescopeError
from assistant.models.keys import find_key
from assistant.models.names import PROVIDERS, Provider
from assistant.models.opening import address, named, open_model
from assistant.network import NetworkBlocked
from assistant.settings import Settings

_WAIT: Final = 0.3
"""Seconds for a server on this machine to take a connection."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one provider can be used."""

    provider: str
    usable: bool
    found: str


def providers() -> tuple[Reach, ...]:
    """Every provider with what stands in its way."""
    return tuple(_look(p) for p in PROVIDERS.values() if p.langchain and p.name != "server")


def chosen(settings: Settings) -> Reach | None:
    """The model that the settings name, or None where answers are made of quotes."""
    try:
        name = named(settings)
        if name is None:
            return None
        open_model(settings)  # without a connection: name, library, key, offline
        where = address(name, settings)
    except SenescopeError as error:
        return Reach(settings.text("model"), False, error.message)
    if name.in_process or not where:
        return Reach(str(name), True, "needs no server on this machine")
    there = _answers(where)
    return Reach(str(name), there, f"{'answers' if there else 'no server'} at {where}")


def _look(provider: Provider) -> Reach:
    if importlib.util.find_spec(provider.module) is None:
        return Reach(provider.name, False, f"not installed: pip install 'senescope[{provider.extra}]'")
    if provider.local:
        there = _answers(provider.url)
        return Reach(provider.name, there, f"{'answers' if there else 'no server'} at {provider.url}")
    key = find_key(provider) is not None
    return Reach(provider.name, key, f"{provider.key} {'found' if key else 'not set'}, not contacted")


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=_WAIT):
            return True
    except (OSError, NetworkBlocked):
        return False
