"""A chat model without a model that calls tools: plays a fixed list of calls, then says its last words.

A module of its own, because LangChain's base class costs a second of import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from assistant.models.fake import ScriptedModel


class ScriptedToolModel(BaseChatModel):
    """Calls the tools of `plan` one a turn, then says `last`."""

    plan: list[tuple[str, str]]
    """Name of a tool and its words, a pair a turn."""
    last: str = "I am done."
    heard: list[str] = Field(default_factory=list)
    """Everything that was said to it, for tests that look at what a model gets to see."""

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> ScriptedToolModel:
        """The tools are known by name only."""
        return self

    @property
    def _llm_type(self) -> str:
        return "scripted-tools"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.heard += [str(message.text) for message in messages]
        turn = sum(isinstance(message, AIMessage) for message in messages)
        if turn < len(self.plan):
            name, words = self.plan[turn]
            call = {"name": name, "args": {"words": words}, "id": f"call-{turn}"}
            said = AIMessage(content="", tool_calls=[call])
        else:
            said = AIMessage(content=self.last)
        return ChatResult(generations=[ChatGeneration(message=said)])


PLAN = (("search", "senescence 4-1BB CD28"), ("what_if", "4-1BB vs CD28"), ("parameter_source", "kS"))


@dataclass
class FakeResearcher(ScriptedModel):
    """Gathers by a fixed plan and writes by parroting what it was given."""

    plan: Sequence[tuple[str, str]] = PLAN
    last: str = "I am done."

    def __post_init__(self) -> None:
        self.chat: BaseChatModel = ScriptedToolModel(plan=list(self.plan), last=self.last)
