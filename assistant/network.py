"""The switch that makes offline mean offline: no connection leaves the machine.

`--offline` installs the same block that the tests use. Loopback stays open, because a local model server
or the browser version of the chat is not the network.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any


class NetworkBlocked(OSError):
    """A connection was attempted while the network is switched off."""


_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


def block_network() -> None:
    """Refuse every connection that is not loopback or a local socket, for the rest of the process."""
    socket.socket.connect = _guarded(_connect)  # type: ignore[method-assign]  # the one place where it is meant
    socket.socket.connect_ex = _guarded(_connect_ex)  # type: ignore[method-assign]  # same


def unblock_network() -> None:
    """Undo `block_network`; for tests."""
    socket.socket.connect = _connect  # type: ignore[method-assign]  # restores the original
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign]  # restores the original


def _guarded(original: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(str(address[0])):
            raise NetworkBlocked(f"connection to {address[0]!r} refused: Senescope is offline")
        return original(self, address)

    return connect


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False
