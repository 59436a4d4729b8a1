"""What the chat asks of the layers below, as one seam that tests can replace.

Everything heavy is imported inside these methods, and they run in worker threads: the first frame is
painted before NumPy is loaded. One lock serialises them, because the engine keeps caches.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Literal, Protocol

from assistant.errors import EnvironmentFault
from assistant.tui.model import KineticModel, Model

if TYPE_CHECKING:
    from assistant.answering.engine import Context, Engine
    from assistant.answering.events import Event
    from assistant.evidence import Answer, Citation, Filters
    from assistant.kinetics.routing import Route
    from assistant.models.chat import ChatModel
    from assistant.settings import Settings
    from ingest.pipeline import Progress


SIMILAR = 9
"""Passages shown as like a quote: as many as there are digits."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that decides its answer."""

    question: str
    filters: Filters
    history: Sequence[Answer]
    length: str
    model: str
    """`PROVIDER:NAME`, or none for an answer made of quotes."""


class Backend(Protocol):
    """Answers, quotes in context, and what-ifs."""

    def open(self, progress: Callable[[Progress], None]) -> tuple[int, int]:
        """Open the index, building it when missing; returns how many papers and passages it holds."""

    def warm(self) -> None:
        """Load what the first question would otherwise wait for."""

    def answer(self, asked: Asked, cancelled: Callable[[], bool]) -> Iterator[Event]:
        """Answer or refuse one question, event by event; `cancelled` is asked often."""

    def context(self, citation: Citation) -> Context:
        """The surroundings of a quote."""

    def similar(self, citation: Citation, filters: Filters) -> tuple[Citation, ...]:
        """Passages like a quote, best first, without the quote itself."""

    def route(self, question: str) -> Route:
        """Where a question goes first: to the literature, or to the kinetic model."""

    def continued(self, question: str, before: str) -> str:
        """The what-if that a question means after another one, or ""."""

    @property
    def model(self) -> Model:
        """The kinetic model."""

    def close(self) -> None:
        """Release files."""


class EngineBackend:
    """The real one: `Engine` for questions, `assistant.kinetics` for what-ifs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine: Engine | None = None
        self._lock = threading.Lock()
        self.model: Model = KineticModel(settings, self._writer)
        self._model: ChatModel | None = None
        """The chat model that was used last, kept open under the name in `_named`."""
        self._named = "none"

    def open(self, progress: Callable[[Progress], None]) -> tuple[int, int]:
        """Open the index, building it when missing; returns how many papers and passages it holds."""
        from assistant.answering.engine import Engine

        with self._lock:
            self._engine = Engine.open(self._settings, progress=progress)
            counts = self._engine.index.catalog.counts()
            return counts.papers, counts.passages

    def warm(self) -> None:
        """Load the embedder and the matrices, and compile the model where that was not done."""
        with self._lock:
            self._opened.warm()
        self.model.prepare()

    def answer(self, asked: Asked, cancelled: Callable[[], bool]) -> Iterator[Event]:
        """Answer or refuse one question, event by event; `cancelled` is asked often."""
        from assistant.answering.events import Done

        begun = perf_counter()
        model = self._writer(asked.model)
        events = self._opened.ask_events(
            asked.question,
            model,
            filters=asked.filters,
            history=asked.history,
            length=_length(asked.length),
            cancelled=cancelled,
        )
        with self._lock:  # finding the quotes uses the engine's caches; what a model writes does not
            first = next(events)
        yield first
        for event in events:
            yield Done(event.answer.timed(perf_counter() - begun)) if isinstance(event, Done) else event

    def _writer(self, name: str) -> ChatModel | None:
        if name != self._named:
            from dataclasses import replace

            from assistant.models.opening import open_model

            values = {**self._settings.values, "model": name}
            self._model, self._named = open_model(replace(self._settings, values=values)), name
        return self._model

    def context(self, citation: Citation) -> Context:
        """The surroundings of a quote."""
        with self._lock:
            return self._opened.context(citation)

    def similar(self, citation: Citation, filters: Filters) -> tuple[Citation, ...]:
        """Passages like a quote, best first, without the quote itself."""
        from assistant.evidence import Citation as Quoted

        with self._lock:
            hits = self._opened.search(citation.quote, k=SIMILAR + 1, filters=filters)
        others = [hit for hit in hits if hit.passage.id != citation.passage][:SIMILAR]
        found = []
        for n, hit in enumerate(others, 1):
            span = hit.passage.span  # the blanks stand for the text before it, which is not needed here
            document = " " * span.start + hit.text
            found.append(Quoted.of(n, hit.paper, hit.passage, document, span.start, span.end))
        return tuple(found)

    def route(self, question: str) -> Route:
        """Where a question goes first: to the literature, or to the kinetic model."""
        return self._opened.route(question)

    def continued(self, question: str, before: str) -> str:
        """The what-if that a question means after another one, or ""."""
        if not before:
            return ""
        from assistant.kinetics.continuing import continued

        return continued(question, before)

    def close(self) -> None:
        """Release files; a run in progress is not waited for."""
        if self._engine is not None:
            self._engine.close()

    @property
    def _opened(self) -> Engine:
        if self._engine is None:
            raise EnvironmentFault(
                "The index is not open.", hint="See the message above, or `senescope doctor`."
            )
        return self._engine


def _length(name: str) -> Literal["brief", "default", "full"]:
    return "brief" if name == "brief" else "full" if name == "full" else "default"
