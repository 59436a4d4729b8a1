"""The four tools that a model may call while it gathers evidence, and what they leave behind.

They only read. What they return is delimited data, and a passage that speaks to a model instead of a reader
is left out of it. What a model has seen is numbered in one ledger, so that an answer can cite nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Final

from langchain_core.tools import BaseTool, StructuredTool
from pydantic import Field

from assistant.answering import briefing
from assistant.errors import InputError, SenescopeError
from assistant.evidence import Citation, Filters

if TYPE_CHECKING:
    from assistant.answering.engine import Engine
    from ingest.documents import Paper, Passage

_FOUND: Final = 6
"""Passages that one search shows."""
_READ: Final = 24
"""Passages of a paper that one reading shows; a digest has some six."""
_DRAWS: Final = 64
"""Enough for a direction, and a third of the time of the full number."""
_WORDS: Final = 400
"""Characters of a tool's argument that are used."""


@dataclass
class Ledger:
    """What has been found, numbered in the order in which it was found."""

    citations: list[Citation] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    """Results of the kinetic model and sources of its numbers, in our words, to be shown as they are."""
    trace: list[str] = field(default_factory=list)
    """What was called and what came of it, a line a call."""

    def add(self, citation: Citation) -> Citation:
        """The citation under its number: a new one, or that of the first time."""
        for known in self.citations:
            if known.passage == citation.passage:
                return known
        numbered = replace(citation, n=1 + max((c.n for c in self.citations), default=0))
        self.citations.append(numbered)
        return numbered


def tools(engine: Engine, ledger: Ledger, filters: Filters) -> list[BaseTool]:
    """The tools over one engine; every call is written into the ledger.

    Arguments:
        engine: where to look.
        ledger: what is found goes here.
        filters: restrictions of the question, which no tool can lift.
    """
    calls = (
        ("search", "Find passages of the literature near to a few words.", search(engine, ledger, filters)),
        ("read_paper", "Read the passages of one paper by its id.", read_paper(engine, ledger, filters)),
        ("what_if", "Compare two CAR designs in the kinetic model, asked in words.", what_if(ledger)),
        ("parameter_source", "Say where a number of the model comes from.", parameter_source(ledger)),
    )
    return [_tool(name, about, call, ledger) for name, about, call in calls]


Words = Annotated[str, Field(min_length=1)]


def search(engine: Engine, ledger: Ledger, filters: Filters) -> Callable[[str], str]:
    """The tool `search`."""

    def call(words: Words) -> str:
        hits = engine.search(words[:_WORDS], k=_FOUND, filters=filters)
        return _shown(engine, ledger, [(hit.paper, hit.passage) for hit in hits])

    return call


def read_paper(engine: Engine, ledger: Ledger, filters: Filters) -> Callable[[str], str]:
    """The tool `read_paper`."""

    def call(words: Words) -> str:
        paper = words.strip().split("#")[0]
        if filters.papers and paper not in filters.papers:
            raise InputError(f"The question is restricted to {', '.join(filters.papers)}.")
        document = engine.index.catalog.document(paper)
        if document is None:
            raise InputError(f"There is no paper {paper!r}.", hint="Search shows the ids of papers.")
        passages = [p for p in document.passages if not filters.systems or p.system in filters.systems]
        return _shown(engine, ledger, [(document.paper, p) for p in passages[:_READ]])

    return call


def what_if(ledger: Ledger) -> Callable[[str], str]:
    """The tool `what_if`."""

    def call(words: Words) -> str:
        from assistant.kinetics.requests import from_words
        from assistant.kinetics.whatif import answer

        done = answer(from_words(words[:_WORDS], draws=_DRAWS))
        command = words[:_WORDS].replace('"', "'")
        ledger.results.append(f'{done.sentence} (`senescope whatif "{command}" --draws {_DRAWS}`)')
        return done.sentence

    return call


def parameter_source(ledger: Ledger) -> Callable[[str], str]:
    """The tool `parameter_source`."""

    def call(words: Words) -> str:
        from assistant.kinetics.showing import describe

        if words.strip().endswith(".toml"):
            raise InputError("Designs from files are for the person at the machine.")
        shown = describe(words.strip()[:_WORDS]).text
        ledger.results.append(shown.strip())
        return shown

    return call


def _tool(name: str, about: str, call: Callable[[str], str], ledger: Ledger) -> BaseTool:
    """`call` as a LangChain tool whose mistakes are told to the model and whose calls are traced."""

    def traced(words: Words) -> str:
        before = len(ledger.citations)
        try:
            said = call(words)
        except SenescopeError as error:
            ledger.trace.append(f"{name}({words[:80]!r}): {error.message}")
            return str(error)
        ledger.trace.append(f"{name}({words[:80]!r}): {len(ledger.citations) - before} new passages")
        return said

    return StructuredTool.from_function(traced, name=name, description=about)


def _shown(engine: Engine, ledger: Ledger, found: list[tuple[Paper, Passage]]) -> str:
    """Passages as delimited data, under their numbers in the ledger."""
    shown: list[Citation] = []
    hidden = 0
    texts: dict[str, str] = {}
    for paper, passage in found:
        if passage.kind == "claim":  # summaries of ours, shown with the answer and never rested on
            continue
        if paper.id not in texts:
            document = engine.index.catalog.document(paper.id)
            texts[paper.id] = "" if document is None else document.text
        span = passage.span
        citation = Citation.of(0, paper, passage, texts[paper.id], span.start, span.end)
        if not citation.quote or briefing.gives_orders(citation.quote):
            hidden += 1
            continue
        shown.append(ledger.add(citation))
    said = briefing.evidence(shown) if shown else "Nothing found."
    return said + (f"\n({hidden} passages that speak to a model were left out)" if hidden else "")
