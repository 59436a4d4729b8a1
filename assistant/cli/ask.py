"""`senescope ask`: one cited answer, or one a line from stdin."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from assistant.cli.border import complain
from assistant.cli.options import (
    AsJson,
    Costim,
    Desk,
    HomeDir,
    Offline,
    PaperId,
    Quiet,
    StudyType,
    System,
    Year,
    desk,
    filters,
)
from assistant.errors import ExitCode, SenescopeError, UsageError
from assistant.evidence import Filters

if TYPE_CHECKING:
    from assistant.answering.engine import Engine, Length
    from assistant.evidence import Answer
    from assistant.models.chat import ChatModel


def ask(
    question: str = typer.Argument(help="The question in quotes; - reads one question a line from stdin."),
    brief: bool = typer.Option(False, "--brief", help="One to three sentences."),
    full: bool = typer.Option(False, "--full", help="Everything that belongs to the answer."),
    model: str | None = typer.Option(
        None, "--model", metavar="PROVIDER:NAME", help="Chat model; none is extractive."
    ),
    show_withheld: bool = typer.Option(
        False, "--show-withheld", help="Show, struck out, what a model wrote and the quotes do not support."
    ),
    agent: bool = typer.Option(
        False, "--agent", help="Let the model search further with tools before it writes."
    ),
    year: Year = None,
    system: System = None,
    costim: Costim = None,
    paper: PaperId = None,
    study_type: StudyType = None,
    as_json: AsJson = False,
    offline: Offline = False,
    quiet: Quiet = False,
    home: HomeDir = None,
) -> None:
    """Answer a question from the corpus with exact citations, or refuse (exit code 4)."""
    if brief and full:
        raise UsageError("--brief and --full contradict each other.", hint="Use one of them.")
    if question != "-":
        from assistant.answering.question import clean

        clean(question)  # an empty or endless question costs no index
    place = desk(as_json=as_json, offline=offline, quiet=quiet, home=home, flags={"model": model})
    writer = Writer(chat_model(place), show_withheld, agent)
    if agent and writer.model is None:
        raise UsageError("--agent needs a chat model.", hint="Name one with --model PROVIDER:NAME.")
    wanted = filters(year=year, system=system, costim=costim, paper=paper, study_type=study_type)
    length: Length | None = "brief" if brief else "full" if full else None
    if question != "-":
        raise typer.Exit(_one(place, place.engine(), question, wanted, length, writer))
    raise typer.Exit(_batch(place, wanted, length, writer))


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes the answers, and whether what was withheld is shown."""

    model: ChatModel | None
    show_withheld: bool
    agent: bool = False
    """Whether the model gathers with tools first."""


def chat_model(place: Desk) -> ChatModel | None:
    """The chat model of the settings; one from the settings file gives way to --offline, and that is said."""
    settings = place.settings
    if settings.text("model") in ("none", ""):
        return None
    from assistant.models.opening import named, open_model

    name = named(settings)
    given = settings.origins["model"] == "flag"
    if name is not None and not name.in_process and settings.switch("offline") and not given:
        place.say(f"offline: {name} is left alone and the answer is made of quotes")
        return None
    return open_model(settings)


def _one(
    place: Desk, engine: Engine, question: str, wanted: Filters, length: Length | None, writer: Writer
) -> int:
    """Answer one question on stdout; returns the exit code."""
    route = engine.route(question)
    # A filter is a wish for papers: only what says that it is a what-if goes past it.
    if route.kind in ("what-if", "ranking") and (route.sure or wanted == Filters()):
        return _hand_over(place, question, sure=route.sure)
    started = time.perf_counter()
    answer = _answer(engine, question, wanted, length, writer).timed(round(time.perf_counter() - started, 3))
    for note in answer.notes:
        place.say(note)
    if place.as_json:
        place.emit((answer if writer.show_withheld else answer.without_withheld()).to_json())
    else:
        place.emit(answer.answer + (_struck(answer) if writer.show_withheld else ""))
    return ExitCode.DONE if answer.kind == "answer" else ExitCode.NO_EVIDENCE


def _answer(engine: Engine, question: str, wanted: Filters, length: Length | None, writer: Writer) -> Answer:
    """The answer of the engine, or of the model over it."""
    if writer.model is None:
        return engine.ask(question, filters=wanted, length=length)
    from assistant.answering.events import Done

    if writer.agent:
        from assistant.agent.research import research

        events = research(engine, question, writer.model, filters=wanted, length=length)
    else:
        events = engine.ask_events(question, writer.model, filters=wanted, length=length)
    return next(event.answer for event in events if isinstance(event, Done))


def _struck(answer: Answer) -> str:
    """What was withheld, struck out, with the reason."""
    if not answer.withheld:
        return ""
    lines = [f"- ~~{s.text}~~ {s.verdict}: {s.reason}" for s in answer.withheld]
    return "\n".join(["", "", "**Withheld** (written by the model, not supported)", *lines])


def _batch(place: Desk, wanted: Filters, length: Length | None, writer: Writer) -> int:
    """Answer every line of stdin; a bad line is reported and the rest goes on."""
    engine = place.engine()
    failed = 0
    for number, line in _lines():
        try:
            _one(place, engine, line, wanted, length, writer)
        except SenescopeError as error:
            failed += 1
            complain(f"line {number}: {error}")
            if place.as_json:
                place.emit(
                    {
                        "version": 1,
                        "kind": "error",
                        "question": line,
                        "line": number,
                        "reason": error.message,
                    }
                )
        else:
            if not place.as_json:
                place.emit("\n---\n")
    return ExitCode.INPUT if failed else ExitCode.DONE


def _lines() -> Iterator[tuple[int, str]]:
    """Non-empty lines of stdin with their numbers; bytes that are no UTF-8 become replacement marks."""
    for number, raw in enumerate(sys.stdin.buffer, 1):
        line = raw.decode("utf-8", "replace").strip()
        if line:
            yield number, line


def _hand_over(place: Desk, question: str, *, sure: bool) -> int:
    """Give a what-if in words to the what-if command."""
    from assistant.cli.whatif import run_words

    place.say(
        "this is a what-if: running it on the kinetic model"
        if sure
        else "this reads as a what-if: running it on the kinetic model (for papers, put it as a question)"
    )
    return run_words(place, question)
