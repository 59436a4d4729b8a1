"""A chat model proposes a what-if where the grammar falls short; the schema decides whether it may run.

The grammar comes first and is never overruled where it understood everything. The model is told what is
wrong with its proposal once; a second bad one is refused, and the reader is told why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.kinetics.proposal import Proposal, ProposalError, catalogue
from assistant.models.chat import Cancelled, ChatModel, Message, never
from assistant.models.patience import listen
from assistant.models.prompts import Prompt

LONGEST: Final = 8000
"""Characters of a reply that are read."""


def propose(
    text: str, model: ChatModel, prompt: Prompt, *, seconds: float, cancelled: Cancelled = never
) -> Proposal:
    """A checked proposal for the reader's words.

    Arguments:
        prompt: the template of the job "what-if".
        seconds: limit for each reply.
    Raises:
        ProposalError: the last proposal breaks the schema; all faults are listed.
        ModelUnavailable, BrokenOff: the model cannot be reached or does not finish.
    """
    listed, _, rest = catalogue().partition("\nLevers:")
    asked = prompt.fill(
        question=" ".join(text.split()), designs=listed.removeprefix("Designs:\n"), levers=f"Levers:{rest}"
    )
    proposal, problems = _once(asked, model, seconds, cancelled)
    if proposal is None:
        faults = "\n".join(f"- {problem}" for problem in problems)
        again = Message("user", f"{asked[-1].text}\n\nYour last reply was refused:\n{faults}")
        proposal, problems = _once((*asked[:-1], again), model, seconds, cancelled)
    if proposal is None:
        raise ProposalError(problems)
    return proposal


def _once(
    messages: Sequence[Message], model: ChatModel, seconds: float, cancelled: Cancelled
) -> tuple[Proposal | None, tuple[str, ...]]:
    """One reply: a proposal, or what is wrong with it."""
    reply = "".join(listen(model, messages, seconds=seconds, cancelled=cancelled))[:LONGEST]
    try:
        return Proposal.from_json(_object(reply)), ()
    except ProposalError as error:
        return None, error.problems


def _object(reply: str) -> str:
    """The JSON object in a reply, whatever a model puts around it."""
    start, end = reply.find("{"), reply.rfind("}")
    if start < 0 or end < start:
        raise ProposalError(["it holds no JSON object"])
    found = reply[start : end + 1]
    if found.replace(" ", "") == "{}":
        raise ProposalError(["the model says that the question cannot be put as a what-if"])
    return found
