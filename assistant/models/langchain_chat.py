"""Real chat models through LangChain's `init_chat_model`; imported only when one is opened."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import ConfigError, ModelUnavailable
from assistant.models.chat import Busy, Message
from assistant.models.names import ModelName

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_MOST_TOKENS: Final = 1500
"""An answer of twelve sentences takes about 600; a model that runs on is cut here."""
_PASSING: Final = (408, 409, 425, 429, 500, 502, 503, 504, 529)
"""HTTP states that may be gone at the next try."""


@dataclass(frozen=True)
class LangChainModel:
    """One model of one provider."""

    name: str
    chat: BaseChatModel = field(repr=False)
    """Not in the repr: it holds the key."""
    where: str = ""

    @classmethod
    def open(cls, name: ModelName, *, key: str | None, url: str, seconds: float) -> LangChainModel:
        """Open `name` without connecting.

        Arguments:
            name: a provider with a LangChain name.
            key: its key, where it wants one.
            url: base address; "" leaves it to the library.
            seconds: limit for one request.

        Raises:
            ModelUnavailable: the library does not take the model.
        """
        chat_models = importlib.import_module("langchain.chat_models")
        try:
            chat = chat_models.init_chat_model(
                name.name, model_provider=name.provider.langchain, **_options(name, key, url, seconds)
            )
        except Exception as error:  # each library validates in its own way
            raise ModelUnavailable(
                f"{name} cannot be opened ({type(error).__name__}: {_short(error)}).",
                hint=f"Is {name.name!r} a model of {name.provider.about}?",
            ) from None
        return cls(str(name), chat, url or name.provider.about)

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """See `ChatModel.stream`; no tools are bound, and only text is read from the reply."""
        asked: list[Any] = [(message.role, message.text) for message in messages]
        try:
            for piece in self.chat.stream(asked):
                yield str(piece.text)
        except Exception as error:  # each library has errors of its own; they become three of ours
            raise self._translated(error) from None

    def _translated(self, error: Exception) -> Exception:
        """What the user can do about it. The cause is not chained: its request holds the key."""
        state = getattr(error, "status_code", None) or getattr(error, "code", None)
        what = f"{type(error).__name__}: {_short(error)}"
        if state in (401, 403):
            return ConfigError(f"{self.name}: the key was refused ({self.where}).", hint="Check the key.")
        if state == 404:
            return ModelUnavailable(
                f"{self.where} knows no model {self.name.partition(':')[2]!r} ({what}).",
                hint="Check the name; Ollama loads one with `ollama pull NAME`.",
            )
        if state in _PASSING or state is None:
            return Busy(
                f"{self.name} cannot be reached at {self.where} ({what}).",
                hint="Is the server running? models.url sets its address; --model none answers with quotes.",
            )
        return ModelUnavailable(f"{self.name} answered with an error ({what}).", hint="See its log.")


def _options(name: ModelName, key: str | None, url: str, seconds: float) -> dict[str, Any]:
    """What the library of the provider calls the same few things."""
    if name.provider.langchain == "ollama":
        # Ollama's client takes the time limit through its httpx options.
        return {
            "base_url": url,
            "temperature": 0.0,
            "num_predict": _MOST_TOKENS,
            "client_kwargs": {"timeout": seconds},
        }
    options: dict[str, Any] = {
        "temperature": 0.0,
        "max_tokens": _MOST_TOKENS,
        "timeout": seconds,
        # Retries are ours (`patience`), so that they are within the limit and can be cancelled.
        "max_retries": 0,
    }
    if url:
        options["base_url"] = url
    # A local server asks for no key, but the library insists on one.
    options["api_key"] = key or "none"
    return options


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
