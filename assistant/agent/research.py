"""An answer for which a model looks further than one search: gather with tools, write, be checked.

The decision whether the literature answers at all stays with the engine: what it refuses never reaches the
agent. The model has a bounded number of turns; what it does is told as it happens. It then chooses which of
the passages it has seen to write about, and the writing goes through `generative.write`: the same prompt,
the same check of every sentence, the same fall-back to quotes. Results of the kinetic model are appended in
our words, so that no model rephrases a number.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

from assistant.answering.events import Done, Event, Grounded, Note
from assistant.errors import ModelUnavailable
from assistant.evidence import Answer, Citation, Filters
from assistant.models.chat import Cancelled, ChatModel, Stopped, never

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from assistant.agent.tools import Ledger
    from assistant.answering.engine import Engine
    from assistant.answering.selection import Length

STEPS: Final = 8
"""Turns of the model before it must choose."""
_CHOSEN: Final = 12
"""Passages that an answer is written over at most."""
_USE: Final = re.compile(r"\bUSE\s*:?\s*((?:\[?\d+\]?[\s,;and]*)+)", re.I)


@runtime_checkable
class ToolCaller(Protocol):
    """A chat model behind which a LangChain model stands that can call tools."""

    name: str
    chat: BaseChatModel


def research(
    engine: Engine,
    question: str,
    model: ChatModel,
    *,
    filters: Filters = Filters(),  # noqa: B008 - frozen
    history: Sequence[Answer] = (),
    length: Length | None = None,
    steps: int = STEPS,
    cancelled: Cancelled = never,
) -> Iterator[Event]:
    """Gather, write and check; the events are those of `generative.write`, with a `Note` for each tool call.

    Arguments:
        engine: where to look, and who decides whether there is an answer.
        question: in words.
        model: who gathers and writes; it must be able to call tools.
        filters: restrictions on the evidence, which hold for every tool.
        history: the turns before, oldest first.
        length: how many sentences.
        steps: turns of the model while it gathers.
        cancelled: ends the work when it returns True.

    Raises:
        ModelUnavailable: the model cannot be reached or cannot call tools.
        Stopped: the reader cancelled.
    """
    if not isinstance(model, ToolCaller):
        raise ModelUnavailable(
            f"{model.name} cannot call tools.", hint="Leave out --agent, or name another model."
        )
    grounded = engine.ask(question, filters=filters, history=history, length=length)
    if not engine.writable(grounded):
        yield Grounded(grounded)
        yield Done(grounded)
        return
    from assistant.agent.tools import Ledger

    ledger = Ledger(list(grounded.citations))
    chosen: list[int] = []
    seen = 0
    for said in _turns(engine, model.chat, grounded, ledger, filters, steps, cancelled):
        for line in ledger.trace[seen:]:
            yield Note(line)
        seen = len(ledger.trace)
        chosen = _numbers(said) or chosen
    widened = _widened(grounded, ledger, chosen)
    for event in engine.write_events(widened, model, length=length, cancelled=cancelled):
        yield Done(_told(event.answer, ledger)) if isinstance(event, Done) else event


def _turns(
    engine: Engine,
    chat: BaseChatModel,
    grounded: Answer,
    ledger: Ledger,
    filters: Filters,
    steps: int,
    cancelled: Cancelled,
) -> Iterator[str]:
    """Run the model and its tools; yields what the model says after each turn."""
    from langchain.agents import create_agent
    from langchain.agents.middleware import ModelCallLimitMiddleware

    from assistant.agent.tools import tools
    from assistant.answering import briefing

    prompt = engine.prompt("research")
    system, user = prompt.fill(
        question=grounded.resolved or grounded.question,
        evidence=briefing.evidence(briefing.citable(grounded)),
        most=str(_CHOSEN),
    )
    agent: Any = create_agent(
        chat,
        tools(engine, ledger, filters),
        system_prompt=system.text,
        middleware=[ModelCallLimitMiddleware(run_limit=steps, exit_behavior="end")],
    )
    deadline = time.monotonic() + engine.settings.integer("models.seconds")
    for update in agent.stream({"messages": [("user", user.text)]}, stream_mode="updates"):
        if cancelled():
            raise Stopped("Cancelled.")
        for part in update.values():
            for message in (part or {}).get("messages", ()):
                yield str(message.text) if message.type == "ai" else ""
        if time.monotonic() > deadline:
            ledger.trace.append("out of time: written with what was found by then")
            yield ""
            return


def _numbers(said: str) -> list[int]:
    """The passages that the model chose, in its order."""
    found = _USE.findall(said)
    return list(dict.fromkeys(int(n) for n in re.findall(r"\d+", found[-1]))) if found else []


def _widened(grounded: Answer, ledger: Ledger, chosen: Sequence[int]) -> Answer:
    """The engine's answer with the chosen passages among its citations; all new ones when none was chosen."""
    known = {c.n for c in grounded.citations}
    new = [c for c in ledger.citations if c.n not in known]
    picked: list[Citation] = [c for n in chosen for c in new if c.n == n] or new
    return replace(grounded, citations=(*grounded.citations, *picked[: max(0, _CHOSEN - len(known))]))


def _told(answer: Answer, ledger: Ledger) -> Answer:
    """The answer with the model's what-ifs as computed, and the trace among the notes."""
    text = answer.answer
    for result in dict.fromkeys(ledger.results):
        text += f"\n\n**From the kinetic model** {result}"
    return replace(answer, answer=text, notes=(*answer.notes, *ledger.trace))
