"""`PROVIDER:NAME`: which providers there are, what each needs, and what to say when it is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assistant.errors import ConfigError
from assistant.settings import nearest

NONE: Final = "none"
"""The value of `model` that means: answer with quotes."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One way to reach a chat model."""

    name: str
    about: str
    langchain: str = ""
    """The provider's name in LangChain; "" for one that needs no library."""
    module: str = ""
    """The module that LangChain loads, and the one that must be installed."""
    extra: str = ""
    """What stands in the brackets of `pip install 'senescope[...]'`."""
    key: str = ""
    """Environment variable that holds the key; "" where none is needed."""
    url: str = ""
    """Address when `models.url` is not set; "" leaves it to the library."""

    @property
    def local(self) -> bool:
        """Whether the usual address is on this machine."""
        return "127.0.0.1" in self.url


def _openai_like(name: str, about: str, port: int) -> Provider:
    return Provider(name, about, "openai", "langchain_openai", "models", url=f"http://127.0.0.1:{port}/v1")


PROVIDERS: Final[dict[str, Provider]] = {
    p.name: p
    for p in (
        Provider(
            "ollama", "Ollama on this machine", "ollama", "langchain_ollama", "models",
            url="http://127.0.0.1:11434",
        ),
        _openai_like("server", "any OpenAI-compatible server; set models.url", 8080),
        _openai_like("llamacpp", "llama.cpp's server", 8080),
        _openai_like("vllm", "vLLM", 8000),
        _openai_like("lmstudio", "LM Studio", 1234),
        Provider("openai", "OpenAI", "openai", "langchain_openai", "models", "OPENAI_API_KEY"),
        Provider(
            "anthropic", "Anthropic", "anthropic", "langchain_anthropic", "anthropic",
            "ANTHROPIC_API_KEY",
        ),
        Provider(
            "google", "Google Gemini", "google_genai", "langchain_google_genai", "google",
            "GOOGLE_API_KEY",
        ),
        Provider("fake", "a built-in fake for tests, such as fake:strong"),
        Provider("scripted", "replies from a YAML file, for tests and talks"),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model as the user names it."""

    provider: Provider
    name: str

    def __str__(self) -> str:
        return f"{self.provider.name}:{self.name}"

    @property
    def in_process(self) -> bool:
        """Whether the model needs no connection at all."""
        return not self.provider.langchain


def parse(text: str) -> ModelName:
    """Read `PROVIDER:NAME`.

    Raises:
        ConfigError: not of that form, or a provider that is not known, with the nearest one.
    """
    provider, colon, name = text.strip().partition(":")
    if not colon or not provider or not name.strip():
        raise ConfigError(
            f"{text!r} names no chat model.",
            hint="Use PROVIDER:NAME, such as ollama:llama3.2 or server:local; none answers with quotes.",
        )
    known = PROVIDERS.get(provider.lower())
    if known is None:
        raise ConfigError(
            f"{provider!r} is no provider of chat models{nearest(provider.lower(), tuple(PROVIDERS))}",
            hint=f"Use one of {', '.join(PROVIDERS)}; any OpenAI-compatible server is server:NAME.",
        )
    return ModelName(known, name.strip())
