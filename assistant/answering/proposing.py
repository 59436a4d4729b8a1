"""A chat model proposes a what-if where the grammar falls short; the schema decides whether it may run.

The grammar comes first and is never overruled where it understood everything. The model is told what is
wrong with its proposal once; a second bad one is refused, and the reader is told why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from assistant.errors import SenescopeError
from assistant.kinetics.proposal import Proposal, ProposalError, catalogue
from assistant.models.chat import Cancelled, ChatModel, Message, Stopped, never
from assistant.models.patience import listen
from assistant.models.prompts import Prompt

if TYPE_CHECKING:
    from assistant.kinetics.requests import Request

LONGEST: Final = 8000
"""Characters of a reply that are read."""


def worded(
    text: str,
    model: Callable[[], ChatModel | None],
    prompt: Callable[[], Prompt],
    *,
    days: int,
    draws: int,
    seed: int,
    seconds: float,
    cancelled: Cancelled = never,
) -> tuple[Request, str]:
    """The what-if in the reader's words, and what is to be said about who read them ("" for the grammar).

    Arguments:
        model: opens the chat model, asked only where the grammar leaves something over; None for none.
        prompt: the template of the job "what-if".
        days: length of the run unless the words name one.
        seconds: limit for each reply of the model.
    Raises:
        InputError: neither the grammar nor the model made a what-if of it.
        Stopped: the reader cancelled.
    """
    from assistant.errors import InputError
    from assistant.kinetics.rankings import ranking
    from assistant.kinetics.requests import from_proposal, from_words
    from assistant.kinetics.wording import Understood, parse

    read = parse(text)
    whole = ranking(text) is not None or (isinstance(read, Understood) and not read.unknown)
    note = ""
    if not whole:
        try:
            chosen = model()
            if chosen is not None:
                proposal = propose(text, chosen, prompt(), seconds=seconds, cancelled=cancelled)
                found = from_proposal(proposal, text, by=chosen.name, days=days, draws=draws, seed=seed)
                note = f"not all words were understood: {chosen.name} proposed the change, and it was checked"
                return found, note
        except Stopped:
            raise
        except SenescopeError as problem:
            note = f"no what-if from the chat model: {problem.message}"
    try:
        return from_words(text, days=days, draws=draws, seed=seed), note
    except InputError as problem:
        if not note:
            raise
        raise InputError(f"{problem.message} ({note})", hint=problem.hint) from problem


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
