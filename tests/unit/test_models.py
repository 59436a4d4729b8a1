"""Opening chat models: names, keys, libraries, time limits and fakes."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import pytest

from assistant.errors import ConfigError, InputError, ModelUnavailable
from assistant.models import keys, opening
from assistant.models.chat import BrokenOff, Message, OutOfTime, Stopped
from assistant.models.fake import BreakingModel, FailingModel, ScriptedModel, StuckModel, scripted
from assistant.models.langchain_chat import LangChainModel
from assistant.models.names import PROVIDERS, parse
from assistant.models.patience import listen
from assistant.settings import load

ASKED = (Message("system", "be brief"), Message("user", "hello"))
KEY = "sk-this-is-a-secret"


def test_a_name_is_a_provider_and_whatever_follows() -> None:
    name = parse("Ollama:qwen3:8b")
    assert (name.provider.name, name.name, str(name)) == ("ollama", "qwen3:8b", "ollama:qwen3:8b")


@pytest.mark.parametrize("text", ["", "ollama", "ollama:", ":x", "olama:x"])
def test_a_name_that_is_none_is_an_error_with_advice(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert "PROVIDER:NAME" in caught.value.hint or "ollama" in str(caught.value)


def test_no_model_is_opened_unless_one_is_named() -> None:
    assert opening.open_model(load({}, environment={})) is None


@pytest.mark.parametrize("provider", ["openai", "anthropic", "google"])
def test_a_missing_library_is_named_with_its_pip_command(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable) as caught:
        opening.need_library(parse(f"{provider}:x"))
    assert "pip install 'senescope[" in caught.value.hint
    assert PROVIDERS[provider].extra in caught.value.hint


def test_a_key_comes_from_the_environment_else_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring

    provider = PROVIDERS["openai"]
    stored = {(keys.SERVICE, "OPENAI_API_KEY"): "from-the-keyring"}
    monkeypatch.setattr(keyring, "get_password", lambda service, name: stored.get((service, name)))
    assert keys.find_key(provider, {"OPENAI_API_KEY": KEY}) == KEY
    assert keys.find_key(provider, {}) == "from-the-keyring"
    stored.clear()
    with pytest.raises(ConfigError, match="OPENAI_API_KEY is not set"):
        keys.need_key(provider, {})


def test_a_keyring_that_fails_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring

    def locked(service: str, name: str) -> str:
        raise RuntimeError("locked")

    monkeypatch.setattr(keyring, "get_password", locked)
    assert keys.find_key(PROVIDERS["anthropic"], {}) is None


@pytest.mark.parametrize("named", ["server:local", "ollama:llama3.2", "openai:gpt-x", "anthropic:claude-x"])
def test_the_library_takes_the_options_that_we_pass_and_shows_no_key(
    named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for provider in PROVIDERS.values():
        if provider.key:
            monkeypatch.setenv(provider.key, KEY)
    model = opening.open_model(load({"model": named}, environment={}))
    assert isinstance(model, LangChainModel)
    assert model.name == named
    assert KEY not in repr(model)


def test_an_error_of_the_library_never_carries_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    settings = load({"model": "openai:gpt-x", "models.url": "http://127.0.0.1:9/v1"}, environment={})
    model = opening.open_model(settings)
    assert model is not None
    with pytest.raises(ModelUnavailable) as caught:
        list(model.stream(ASKED))
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_address_that_is_none_is_a_setting_to_mend() -> None:
    with pytest.raises(ConfigError, match="is no address"):
        opening.open_model(load({"model": "server:x", "models.url": "localhost:8080"}, environment={}))


def test_a_reply_arrives_in_pieces() -> None:
    model = ScriptedModel("one two three four", piece=3)
    assert list(listen(model, ASKED, seconds=5))[:2] == ["one", " tw"]
    assert model.heard == [ASKED]


def test_a_failure_that_may_pass_is_tried_again_and_one_that_stays_is_raised() -> None:
    model = FailingModel(times=2, reply="at last")
    assert list(listen(model, ASKED, seconds=5, pauses=(0.01, 0.01))) == ["at last"]
    assert model.tries == 3
    with pytest.raises(ModelUnavailable):
        list(listen(FailingModel(), ASKED, seconds=5, pauses=(0.01, 0.01)))


def test_a_reply_that_breaks_off_keeps_what_came_and_says_so() -> None:
    pieces = listen(BreakingModel("words and more words", after=9), ASKED, seconds=5)
    heard = []
    with pytest.raises(BrokenOff, match="ConnectionResetError"):
        for piece in pieces:
            heard.append(piece)
    assert "".join(heard) == "words and"


def test_a_model_that_hangs_is_left_at_the_time_limit() -> None:
    model = StuckModel("a beginning")
    with pytest.raises(OutOfTime, match="within 0.2 s"):
        list(listen(model, ASKED, seconds=0.2))
    model.release.set()


def test_a_reader_who_loses_interest_is_not_kept_waiting() -> None:
    model = StuckModel()
    begun = time.monotonic()
    with pytest.raises(Stopped):
        list(listen(model, ASKED, seconds=60, cancelled=lambda: time.monotonic() > begun + 0.1))
    assert time.monotonic() - begun < 30
    model.release.set()


def test_a_script_is_a_table_of_questions(tmp_path: Path) -> None:
    file = tmp_path / "talk.yaml"
    file.write_text("Why?: Because [1].\n'*': No idea.\n")
    model = scripted(file)
    assert "".join(model.stream((Message("user", "Question: Why?\n"),))) == "Because [1]."
    assert "".join(model.stream((Message("user", "Question: Who?\n"),))) == "No idea."
    file.write_text("- a list\n")
    with pytest.raises(InputError, match="no table"):
        scripted(file)
