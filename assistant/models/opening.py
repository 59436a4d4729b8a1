"""From the setting `model` to an open model, or to a message that says what is missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from assistant.errors import ConfigError, ModelUnavailable
from assistant.models.chat import ChatModel
from assistant.models.keys import need_key
from assistant.models.names import NONE, ModelName, parse
from assistant.settings import Settings


def named(settings: Settings) -> ModelName | None:
    """The model that the settings name; None for quotes only. Raises ConfigError for a name that is none."""
    text = settings.text("model").strip()
    return None if text.lower() in (NONE, "") else parse(text)


def open_model(settings: Settings) -> ChatModel | None:
    """The chat model of the settings, ready to be asked; None when answers are made of quotes.

    Raises:
        ConfigError: the name, the address or the key is bad or missing.
        ModelUnavailable: its library is not installed, or the network is switched off.
    """
    name = named(settings)
    return None if name is None else opened(name, settings)


def opened(name: ModelName, settings: Settings) -> ChatModel:
    """Open one model; see `open_model`."""
    if name.in_process:
        from assistant.models import fake

        return fake.scripted(Path(name.name)) if name.provider.name == "scripted" else fake.fake(name.name)
    if settings.switch("offline"):
        raise ModelUnavailable(
            f"{name} cannot be used: Senescope is offline, and offline means no model server either.",
            hint="Leave out --offline, or leave out --model to answer with quotes.",
        )
    need_library(name)
    from assistant.models.langchain_chat import LangChainModel

    return LangChainModel.open(
        name,
        key=need_key(name.provider),
        url=address(name, settings),
        seconds=settings.integer("models.seconds"),
    )


def need_library(name: ModelName) -> None:
    """Check that the provider's library is there; raises ModelUnavailable with the pip command."""
    if importlib.util.find_spec(name.provider.module) is None:
        package = name.provider.module.replace("_", "-")
        raise ModelUnavailable(
            f"{name} needs the package {package}, which is not installed.",
            hint=f"pip install 'senescope[{name.provider.extra}]'",
        )


def address(name: ModelName, settings: Settings) -> str:
    """Where the model is reached: `models.url`, else the provider's usual address, else ""."""
    url = settings.text("models.url").strip().rstrip("/")
    if url and not url.startswith(("http://", "https://")):
        raise ConfigError(f"models.url {url!r} is no address.", hint="Use http://127.0.0.1:8080/v1 or alike.")
    return url or name.provider.url
