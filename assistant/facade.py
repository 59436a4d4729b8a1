"""Senescope for programmers: ask, search, run a what-if and ingest, without a command line.

    from assistant import Senescope

    with Senescope() as senescope:
        answer = senescope.ask("Which costimulatory domain is more prone to senescence?")
        for citation in answer.citations:
            print(citation.quote, citation.link)

The same engine as behind the commands and the chat, so that the same question gives the same object. One
object may be used from several threads; calls that touch the index then take turns.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from assistant.errors import InputError
from assistant.evidence import Answer, Citation, Filters, Hit
from assistant.settings import Settings, Value, load

if TYPE_CHECKING:
    from assistant.answering.engine import Engine, Length
    from assistant.kinetics.whatif import Answered
    from assistant.retrieval.langchain_retriever import SenescopeRetriever
    from ingest.pipeline import Outcome, ProgressCallback, Say


class Senescope:
    """One home folder with its index and the kinetic model.

    Arguments:
        home: folder that holds all state; by default the one of the command line (SENESCOPE_HOME or the
            user's data folder). The shipped corpus is indexed into it on first use (half a minute).
        settings: option key to value, for example `{"answer.length": "full"}`; see `senescope config show`.
        progress: called with each step of long work.
        say: called with what is skipped, mended or guessed.

    Raises:
        ConfigError: a setting is unknown or its value impossible.
    """

    def __init__(
        self,
        home: str | Path | None = None,
        *,
        settings: Mapping[str, Value] | None = None,
        progress: ProgressCallback | None = None,
        say: Say | None = None,
    ) -> None:
        self.settings: Settings = load({**(settings or {}), "home": None if home is None else str(home)})
        self._progress = progress
        self._say = say
        self._lock = threading.RLock()
        self._opened: Engine | None = None

    @classmethod
    def over(
        cls, settings: Settings, *, progress: ProgressCallback | None = None, say: Say | None = None
    ) -> Self:
        """Senescope with settings that have been merged already."""
        new = cls(settings.home, progress=progress, say=say)
        new.settings = settings
        return new

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index; the next call opens it again."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def warm(self) -> None:
        """Open the index and load the weights now, so that the first call is fast."""
        with self._lock:
            self._engine().warm()

    def ask(
        self,
        question: str,
        *,
        filters: Filters = Filters(),  # noqa: B008 - frozen
        history: Sequence[Answer] = (),
        length: Length | None = None,
    ) -> Answer:
        """A cited answer, or a refusal (`kind == "refusal"`) when the corpus does not hold one.

        Arguments:
            question: in words.
            filters: restrictions on the evidence.
            history: earlier answers, oldest first, so that "and in patients?" is understood.
            length: "brief", "default" or "full".

        Raises:
            InputError: the question is empty or too long, or a filter names an unknown paper.
        """
        with self._lock:
            return self._engine().ask(question, filters=filters, history=history, length=length)

    def search(self, query: str, k: int = 20, *, filters: Filters = Filters()) -> tuple[Hit, ...]:  # noqa: B008 - frozen
        """Passages nearest to the query, best first, at most `k`; scores in 0..1."""
        with self._lock:
            return self._engine().search(query, k=k, filters=filters)

    def passage(self, identifier: str) -> Citation:
        """One passage whole, as a citation: `paper#F3`, `paper#section:2` or `claim:id`.

        Raises:
            InputError: the index holds no such passage.
        """
        with self._lock:
            catalog = self._engine().index.catalog
            row = catalog.row(identifier)
            if row is None:
                raise InputError(
                    f"No passage {identifier!r} in the index.",
                    hint="Search names passages; `senescope corpus show ID` lists those of a paper.",
                )
            span = row.passage.span
            document = catalog.document(row.paper.id)
        if document is None or span.of(document.text) != row.text:
            raise InputError(f"Passage {identifier!r} has just been replaced.", hint="Search again.")
        return Citation.of(1, row.paper, row.passage, document.text, span.start, span.end)

    def whatif(
        self,
        text: str | None = None,
        *,
        design: str = "bbz",
        vs: str | None = None,
        sets: Sequence[str] = (),
        days: float | None = None,
        draws: int | None = None,
        seed: int | None = None,
    ) -> Answered:
        """Compare two designs in the kinetic model; `.payload()` is the `whatif --json` object.

        Arguments:
            text: a what-if in words, alone; or leave it out and name the designs.
            design: design A: id, synonym, `id+layer` or a TOML file.
            vs: design B; without it A is compared with itself before `sets`.
            sets: "NAME=VALUE" changes; "A:NAME=VALUE" for one side.
            days: simulated time in days.
            draws: parameter draws behind the bands; 1 is the nominal set.
            seed: seed of the draws.

        Raises:
            InputError: the words, a design or a value are not understood; the hint shows what works.
        """
        from assistant.kinetics.requests import from_parts, from_words
        from assistant.kinetics.whatif import answer

        settings = self.settings
        days = float(settings.integer("whatif.days")) if days is None else days
        draws = settings.integer("whatif.draws") if draws is None else draws
        seed = settings.integer("whatif.seed") if seed is None else seed
        if text is None:
            return answer(from_parts(design, vs, sets=sets, days=days, draws=draws, seed=seed))
        if vs is not None or sets or design != "bbz":
            raise InputError(
                "A what-if in words takes no design, vs or sets.",
                hint="Say it in the words, or leave the words out.",
            )
        return answer(from_words(text, days=days, draws=draws, seed=seed))

    def ingest(self, *paths: str | Path) -> tuple[Outcome, ...]:
        """Read files and folders into the index; one outcome a file, failed ones included.

        Raises:
            InputError: a path is not there.
        """
        return tuple(self._ingested([_existing(path) for path in paths]))

    def retriever(self, k: int = 10, *, filters: Filters = Filters()) -> SenescopeRetriever:  # noqa: B008 - frozen
        """The retriever as a LangChain `BaseRetriever`, to be dropped into a chain."""
        from assistant.retrieval.langchain_retriever import SenescopeRetriever

        with self._lock:
            return SenescopeRetriever(search=self._engine().retriever, k=k, filters=filters)

    def parameter(self, name: str, design: str = "bbz") -> dict[str, Any]:
        """A parameter of a design: value, unit, range, status, and its source as a citation or None.

        Raises:
            InputError: no such parameter or design; the hint names the nearest.
        """
        from assistant.kinetics import designs
        from assistant.kinetics.citations import cite
        from assistant.kinetics.parameters import known, meanings

        name = known(name)
        found = designs.load(design)
        entry: dict[str, Any] = found.parameters[name].to_json()
        return {
            "name": name,
            "design": found.id,
            "meaning": meanings()[name].text,
            **entry,
            "source": cite(entry["source"]),
        }

    def _engine(self) -> Engine:
        if self._opened is None:
            from assistant.answering.engine import Engine

            self._opened = Engine.open(self.settings, progress=self._progress, say=self._say)
        return self._opened

    def _ingested(self, paths: Sequence[Path]) -> Iterable[Outcome]:
        from assistant.index import translated
        from ingest import pipeline

        with self._lock, translated(self.settings.home):
            index = self._engine().index
            outcomes = list(pipeline.ingest(index, paths, progress=self._progress, say=self._say))
            if any(outcome.status in ("added", "updated") for outcome in outcomes):
                pipeline.finish(
                    index.home, index.catalog, index.embedder, progress=self._progress, say=self._say
                )
            self.close()  # what was loaded knows the papers of before
        return outcomes


def _existing(path: str | Path) -> Path:
    found = Path(path).expanduser()
    if not found.exists():
        raise InputError(f"{found}: no such file or folder.", hint="Check the spelling and the folder.")
    return found
