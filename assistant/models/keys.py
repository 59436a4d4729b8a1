"""Keys of model providers: from the environment, else from the system's keyring; kept nowhere else.

A key is handed to the library that sends it and is never part of a setting, a log line, an answer or an
export. The keyring is optional: without the package, or without a keyring on the machine, the environment
is all there is.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
from collections.abc import Mapping
from typing import Final

from assistant.errors import ConfigError
from assistant.models.names import Provider

SERVICE: Final = "senescope"
"""The name under which the keyring holds our keys; the user name is that of the environment variable."""
LOG = logging.getLogger("senescope.models")


def find_key(provider: Provider, environment: Mapping[str, str] | None = None) -> str | None:
    """The provider's key, or None where there is none.

    Arguments:
        provider: its `key` names the environment variable, and the entry of the keyring.
        environment: defaults to that of the process.
    """
    if not provider.key:
        return None
    found = (os.environ if environment is None else environment).get(provider.key, "").strip()
    return found or _from_keyring(provider.key)


def need_key(provider: Provider, environment: Mapping[str, str] | None = None) -> str | None:
    """The key of a provider that wants one; raises ConfigError with both ways to give it."""
    key = find_key(provider, environment)
    if provider.key and key is None:
        raise ConfigError(
            f"{provider.about} needs a key, and {provider.key} is not set.",
            hint=f"export {provider.key}=..., or `keyring set {SERVICE} {provider.key}`"
            " (pip install keyring). It is never written to a file of Senescope.",
        )
    return key


def _from_keyring(name: str) -> str | None:
    if importlib.util.find_spec("keyring") is None:
        return None
    keyring = importlib.import_module("keyring")
    try:
        found = keyring.get_password(SERVICE, name)
    except Exception as error:  # each back end has errors of its own; a locked one is no reason to stop
        LOG.info("the keyring cannot be read: %s", type(error).__name__)
        return None
    return str(found).strip() or None if found is not None else None
