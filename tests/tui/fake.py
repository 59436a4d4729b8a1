"""A backend that answers from memory: the screens are tested here, not the engine behind them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from assistant.answering.engine import Context
from assistant.answering.events import Checked, Done, Event, Grounded
from assistant.errors import InputError, ModelUnavailable
from assistant.evidence import (
    Answer,
    Citation,
    Conflict,
    Filters,
    NearMiss,
    Run,
    Searched,
    Sentence,
)
from assistant.kinetics.routing import Route
from assistant.models.chat import Stopped, never
from assistant.sessions.turns import Json
from assistant.tui.backend import Asked
from assistant.tui.levers import Request
from assistant.tui.model import quiet
from ingest.documents import Paper, Section, Span
from ingest.pipeline import Progress

QUOTES = (
    "Repeated activation with rest drove senescence, more in 4-1BB (BBζ) than in CD28 (28ζ) CAR-T cells.",
    "A senescence signature in the infused product went with non-response to 4-1BB CAR-T cells.",
    "A senescence signature went with better outcome in patients treated with CD28 CAR-T cells.",
)
BEFORE = "Cells were stimulated in cycles. "
TEXT = "## Findings\n" + "".join(f"{BEFORE}{quote} More was measured later.\n" for quote in QUOTES)


def citation(n: int, **changes: object) -> Citation:
    quote = QUOTES[n - 1]
    start = TEXT.index(quote)
    known: dict[str, object] = {
        "n": n,
        "paper": f"paper{n}",
        "passage": f"paper{n}#F{n}",
        "title": f"Senescence of CAR-T cells, part {n}",
        "authors": ("Can I", "Kenderian SS", "et al."),
        "journal": "Molecular Cancer",
        "year": 2025,
        "doi": "10.1000/x" if n == 1 else None,
        "pmid": None,
        "pmcid": None,
        "url": None,
        "section": "Findings",
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "system": ("in-vitro", "patients", "patients")[n - 1],
        "costim": ("both", "4-1BB", "CD28")[n - 1],
        "evidence": "primary",
        "retraction": "retracted" if n == 3 else "none",
        "retraction_checked": "2026-01-05",
    }
    return Citation(**{**known, **changes})  # type: ignore[arg-type]  # a table of fields, typed above


def answered(question: str, resolved: str = "") -> Answer:
    return Answer(
        kind="answer",
        question=question,
        engine="extractive",
        answer=(
            "**4-1BB** cells senesce more than **CD28** cells in culture [1].\n\n"
            "- In patients a signature went with non-response for 4-1BB [2].\n"
            "- It went with *better* outcome for CD28 [3].\n"
        ),
        sentences=(Sentence("4-1BB cells senesce more.", (1,), role="lead"),),
        citations=(citation(1), citation(2), citation(3)),
        conflicts=(
            Conflict("c1", "Senescence impairs CAR-T cells.", (2,), (3,), "It depends on the domain."),
        ),
        confidence=0.91,
        searched=Searched(220, 1804, ("4-1bb", "senescence")),
        run=Run("r1", "i1", 0.04),
        resolved=resolved,
        whatif="senescope whatif --design bbz --vs 28z",
        notes=("read 'senesence' as 'senescence'",),
    )


def refused(question: str) -> Answer:
    return Answer(
        kind="refusal",
        question=question,
        engine="extractive",
        answer="The corpus says nothing about **zinc**. A study of zinc in CAR-T cells would be needed.",
        sentences=(),
        citations=(),
        conflicts=(),
        confidence=0.07,
        searched=Searched(220, 1804, ("zinc",)),
        run=Run("r2", "i1", 0.03),
        near_misses=(NearMiss("paper1#F1", 0.4, "it names no zinc", QUOTES[0], "Can I et al., 2025"),),
    )


PARAMETERS: Mapping[str, Json] = {
    name: {
        "value": value,
        "low": low,
        "high": high,
        "unit": unit,
        "status": status,
        "source": None,
        "meaning": f"meaning of {name}",
    }
    for name, value, low, high, unit, status in (
        ("dose", 1e8, 1e6, 1e9, "cells", "published"),
        ("H0", 1e11, 1e8, 2e12, "cells", "published"),
        ("aH", 1e4, 30.0, 3e4, "molecules", "published"),
        ("A50", 4e3, 2e3, 8e3, "molecules", "guided"),
        ("tau", 0.0, 0.0, 0.3, "1", "assumed"),
        ("kS", 0.9, 0.5, 1.0, "1", "assumed"),
        ("delta", 0.43, 0.15, 1.0, "1/day", "fitted"),
    )
}


def compared(
    a: str = "bbz",
    b: str = "28z",
    sets_a: Mapping[str, str] = MappingProxyType({}),
    sets_b: Mapping[str, str] = MappingProxyType({}),
) -> Json:
    days = [float(day) for day in range(0, 366, 5)]
    band = {
        side: {
            "blood_cells_per_uL": _band([peak * 2.718 ** (-((d - 12) ** 2) / 900) + 0.01 for d in days]),
            "senescent_fraction": _band([top * d / (d + 40) for d in days]),
        }
        for side, peak, top in (("A", 60.0, 0.6), ("B", 110.0, 0.3))
    }
    row = {"median": 60.0, "low": 30.0, "high": 110.0}
    return {
        "version": 1,
        "kind": "whatif",
        "question": None,
        "designs": [
            {"id": side, "design": name, "name": f"{name} CAR", "parameters": _with(sets)}
            for side, name, sets in (("A", a, sets_a), ("B", b, sets_b))
        ],
        "changes": [
            {"parameter": "aH", "from": 10000, "to": 1000, "unit": "molecules", "because": "user"},
            {"parameter": "kS", "from": 1.0, "to": 0.4, "unit": "1", "because": "assumed"},
        ],
        "series": {"t": days, **band},
        "outcomes": [
            {"name": "Cmax", "unit": "cells/uL", "A": row, "B": row, "difference": row, "direction": "A<B"},
            {
                "name": "time_to_relapse",
                "unit": "day",
                "A": {"median": None, "low": 90.0, "high": None},
                "B": {"median": 120.0, "low": 80.0, "high": None},
                "difference": {"median": None, "low": None, "high": None},
                "direction": "undetermined",
            },
        ],
        "measured": [
            {
                "outcome": "Cmax",
                "value": 44.0,
                "low": 12.0,
                "high": 120.0,
                "unit": "cells/uL",
                "design": "A",
                "verdict": "in range",
                "source": {"title": "A trial", "year": 2021},
            }
        ],
        "warnings": ["aH lies outside its plausible range"],
        "run": {
            "id": "w1",
            "seed": 1,
            "draws": 200,
            "rtol": 1e-6,
            "atol": 1e-3,
            "solver": "dopri",
            "seconds": 0.4,
        },
    }


def _with(sets: Mapping[str, str]) -> Json:
    return {
        name: {**found, "value": float(sets[name]), "status": "user"} if name in sets else found
        for name, found in PARAMETERS.items()
    }


def _band(median: list[float]) -> Json:
    return {"median": median, "low": [v * 0.6 for v in median], "high": [v * 1.5 for v in median]}


class FakeBackend:
    """Answers at once unless `hold` is cleared; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Filters, int, str]] = []
        self.requests: list[Request] = []
        self.write = threading.Semaphore(1000)
        """A model writes a sentence for each permit."""
        self.words = ""
        """The words of the what-if that comes next, as its payload repeats them."""
        self.refuses = ""
        """A parameter that the model will not have."""
        self.saved: list[tuple[Request, str, str]] = []
        self.hold = threading.Event()
        """Answers wait for this; set unless a test clears it."""
        self.hold.set()
        self.index = threading.Event()
        """The index opens once this is set."""
        self.index.set()
        self.opening_error: Exception | None = None
        self.steps: tuple[Progress, ...] = ()

    def open(self, progress: Callable[[Progress], None]) -> tuple[int, int]:
        for step in self.steps:
            progress(step)
        self.index.wait(20)
        if self.opening_error is not None:
            raise self.opening_error
        return 220, 1804

    def warm(self) -> None: ...

    def answer(self, asked: Asked, cancelled: Callable[[], bool]) -> Iterator[Event]:
        question = asked.question
        self.asked.append((question, asked.filters, len(asked.history), asked.length))
        self._wait(cancelled)
        if "boom" in question:
            raise ValueError("a defect")
        if "badly" in question:
            raise InputError("The question is odd.", hint="Ask another.")
        if "zinc" in question:
            yield Grounded(refused(question))
            yield Done(refused(question))
            return
        answer = answered(
            question, "And CD28 senescence?" if "and" in question.lower() and asked.history else ""
        )
        yield Grounded(answer)
        if asked.model != "none":
            yield from self._writes(asked.model, answer, cancelled)
        else:
            yield Done(answer)

    def _writes(self, model: str, answer: Answer, cancelled: Callable[[], bool]) -> Iterator[Event]:
        if model == "fake:failing":
            raise ModelUnavailable("fake:failing cannot be reached.", hint="Choose another.")
        said = []
        for n in range(1, 4):
            self.write.acquire(timeout=20)
            if cancelled():
                raise Stopped("The reader cancelled.")
            said.append(Sentence(f"The model says thing {n}.", (n,), verdict="supported"))
            yield Checked(said[-1])
        wrong = Sentence("The model invents.", (1,), verdict="contradicted", reason="the quote says less")
        yield Checked(wrong)
        text = " ".join(f"{s.text} [{s.citations[0]}]" for s in said)
        yield Done(replace(answer, engine=model, answer=text, sentences=tuple(said), withheld=(wrong,)))

    def _wait(self, cancelled: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not self.hold.wait(0.02) and not cancelled() and time.monotonic() < end:
            continue

    def context(self, citation: Citation) -> Context:
        paper = Paper(id=citation.paper, title=citation.title)
        section = Section("Findings", Span(TEXT.index("Cells"), len(TEXT)))
        return Context(
            paper, TEXT, section, citation.start, citation.end, (), "Only the abstract was visible."
        )

    def similar(self, citation_: Citation, filters: Filters) -> tuple[Citation, ...]:
        others = [n for n in range(1, 4) if n != citation_.n]
        return tuple(replace(citation(n), n=place) for place, n in enumerate(others, 1))

    def route(self, question: str) -> Route:
        if question.lower().startswith("knock"):
            return Route("what-if", sure=False)
        return Route("what-if" if question.lower().startswith("what if") else "literature")

    def continued(self, question: str, before: str) -> str:
        return (
            f"{before}, {question.removeprefix('same, ')}" if before and question.startswith("same") else ""
        )

    @property
    def model(self) -> FakeBackend:
        return self

    def prepare(self) -> None: ...

    def parameters(self, design: str) -> Mapping[str, Json]:
        return {
            name: {**found, "value": found["value"] * (2 if design == "28z" else 1)}
            for name, found in PARAMETERS.items()
        }

    def save(self, request: Request, side: str, name: str) -> Path:
        self.saved.append((request, side, name))
        return Path(f"/designs/{name}.toml")

    def export(self, request: Request, payload: Json, target: Path) -> Path:
        self.saved.append((request, "export", target.name))
        return target

    def designs(self) -> tuple[tuple[str, str], ...]:
        return (("bbz", "4-1BB-zeta CAR"), ("28z", "CD28-zeta CAR"), ("1xx-like", "one ITAM"))

    def whatif(
        self,
        request: Request,
        step: Callable[[int, int], None] = quiet,
        cancelled: Callable[[], bool] = never,
    ) -> Json:
        self.requests.append(request)
        step(0, 30)
        self._wait(cancelled)
        if cancelled():
            raise Stopped("The reader cancelled.")
        if "nonsense" in request.text:
            raise InputError("No design is named in 'nonsense'.", hint="Name one: bbz, 28z.")
        if self.refuses and self.refuses in request.sets_a:
            raise InputError(f"{self.refuses} = 0 is unphysical.", hint="Take more.")
        payload = compared(request.a, request.b, request.sets_a, request.sets_b)
        return {**payload, "inputs": {"text": self.words}} if self.words else payload

    def close(self) -> None: ...
