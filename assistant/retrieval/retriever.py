"""From a question to ranked evidence: analyse, score, filter, spread over papers.

The retriever reads the catalog once when it opens. Its index of words is kept in a file beside the
catalog, named after the index fingerprint; where that file is missing, stale or cannot be written, the
index is built in memory, from the file of the state before where there is one, and nothing else changes.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.evidence import Filters, Hit
from assistant.retrieval.dense import EXACT_UP_TO, ChromaDense, Dense, DenseMode, ExactDense
from assistant.retrieval.fusion import best_first
from assistant.retrieval.lexicon import Known, Lexicon, Query
from assistant.retrieval.ranking import Embed, Ranker, Ranking, States
from assistant.retrieval.text_index import TEXT_INDEX_VERSION, TextIndex, Words
from assistant.retrieval.tokens import stem
from ingest.catalog import Row
from ingest.readers.claims import LEDGER_ID
from ingest.stored import StoredRows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.embedding import QueryEmbedder
    from ingest.pipeline import Index

_EVIDENCE_WEIGHT: Final = {"primary": 1.0, "review": 0.98, "secondary": 0.96, "news": 0.94, "ledger": 0.85}
"""Factor on the fused score: at equal words the nearer to the data comes first. The claim ledger ranks
behind the findings that it sums up. Chosen by hand, small against the spread between good and bad hits."""

_REPEAT: Final = 0.99
"""Factor for each hit of the same paper that is already above, with `diverse`."""

WHOLE_UP_TO: Final = 10_000
"""Up to this many passages are held in memory whole (2.5 kB each); of more only what filters look at."""


@dataclass(frozen=True)
class Retrieval:
    """What one search found and what it looked through."""

    query: Query
    hits: tuple[Hit, ...]
    """Best first; claims of the ledger among them, with `passage.kind == "claim"`."""
    papers: int
    """Papers searched after filters, the claim ledger not counted."""
    passages: int
    """Passages searched after filters, claims not counted."""


class Retriever:
    """Hybrid search over one catalog."""

    def __init__(
        self,
        rows: Sequence[Row],
        text: TextIndex,
        dense: Dense,
        embed: Embed,
        *,
        lexicon: Lexicon,
        ordinary: Known = lambda word: False,
        fallen: frozenset[str] = frozenset(),
        states: States | None = None,
        embedder: str = "",
    ) -> None:
        """Search `rows`.

        Arguments:
            rows: the passages, in the order of `text` and `dense`.
            text: the index of their words.
            dense: their embeddings.
            embed: from a question to its unit-length vector.
            lexicon: the glossary.
            ordinary: whether a folded word is one of the language, never to be taken for a misspelling.
            fallen: claims that no finding supports any more; they are no evidence.
            states: from texts to the states of their word pieces.
            embedder: identity of what gives `embed` and `states`.
        """
        self.states = states
        self.embedder = embedder
        self.rows = rows
        self._fallen = fallen
        # What filters and weights look at; of a large catalog the words are fetched for the hits alone.
        self._lean = _lean(rows)
        self.lexicon = lexicon
        self._embed = embed
        self._ordinary = ordinary
        import numpy as np

        number: dict[str, int] = {}
        # The ledger is no paper: each of its claims stands alone.
        owners = (row.passage.id if row.passage.kind == "claim" else row.paper.id for row in self._lean)
        self._groups = [number.setdefault(owner, len(number)) for owner in owners]
        self._ranker = Ranker(text, dense, np.asarray(self._groups, dtype=np.int64))

    @classmethod
    def open(cls, index: Index, *, dense: DenseMode = "auto", chroma_url: str = "") -> Retriever:
        """The retriever of an index that `ingest.pipeline.ensure` made ready.

        Arguments:
            index: the index.
            dense: `exact`, `chroma`, or `auto`: exact up to EXACT_UP_TO passages.
            chroma_url: address of a Chroma server; "" is the store in the home folder.
        """
        from ingest.pipeline import query_embedder

        lexicon = Lexicon.shipped()
        catalog = index.catalog
        rows = catalog.rows() if catalog.counts().passages <= WHOLE_UP_TO else StoredRows.of(catalog)
        text = _stored_text(index, rows, lexicon)
        embedder: list[QueryEmbedder] = []

        def loaded() -> QueryEmbedder:
            if not embedder:  # 0.3 s, paid by the first question only
                embedder.append(query_embedder(index))
            return embedder[0]

        def embed(text: str) -> NDArray[np.float32]:
            vector: NDArray[np.float32] = loaded().encode([text])[0]
            return vector

        search: Dense
        if dense == "chroma" or (dense == "auto" and len(rows) > EXACT_UP_TO):
            search = _chroma(index, rows, chroma_url)
        else:
            search = ExactDense(catalog.embeddings.matrix())
        words = index.embedder.folder / "vocab.txt"
        return cls(
            rows,
            text,
            search,
            embed,
            lexicon=lexicon,
            ordinary=_Dictionary(words),
            fallen=_fallen(index, _lean(rows)),
            states=lambda texts: loaded().states(texts),
            embedder=index.embedder.id,
        )

    def analyse(self, question: str) -> Query:
        """The question as the retriever understands it, spelling guesses included."""
        lexical = self._ranker.text.lexical
        return self.lexicon.analyse(question, lambda word: lexical.knows(stem(word)), self._ordinary)

    def similarity(self, text: str, others: Sequence[str]) -> tuple[float, ...]:
        """Cosine of the embedding of `text` to that of each of `others`, -1..1."""
        own = self._embed(text)
        return tuple(float(own @ self._embed(other)) for other in others)

    def search(
        self,
        question: str | Query,
        *,
        k: int = 10,
        filters: Filters = Filters(),  # noqa: B008 - frozen and empty
        diverse: bool = True,
        claims: bool = True,
    ) -> Retrieval:
        """Find the `k` best passages.

        Arguments:
            question: in words, or already analysed.
            k: how many hits at most.
            filters: restrictions on the evidence; retracted papers are left out unless asked for.
            diverse: prefer, among equals, papers that are not yet among the hits.
            claims: let claims of the ledger be hits.
        """
        query = question if isinstance(question, Query) else self.analyse(question)
        allowed = self.allowed(filters)
        mask = allowed if claims else allowed & ~self._is_claim
        ranking = self._ranker.rank(query, self._embed(self._ranker.text.usage.embeddable(query)), mask)
        searched = allowed & ~self._is_claim
        order = self._order(ranking, mask, k, diverse)
        return Retrieval(
            query=query,
            hits=tuple(self._hit(row, rank, score, ranking) for rank, (row, score) in enumerate(order, 1)),
            papers=len({self._groups[int(i)] for i in searched.nonzero()[0]}),
            passages=int(searched.sum()),
        )

    def idf(self, token: str) -> float:
        """Inverse document frequency of a token of `Query.tokens` or `Query.entity_tokens`."""
        return self._ranker.text.lexical.idf(token)

    def knows(self, token: str) -> bool:
        """Whether any passage holds this token of `Query.tokens` or `Query.entity_tokens`."""
        return self._ranker.text.lexical.knows(token)

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """For each row whether the filters let it through."""
        import numpy as np

        through = (passes(row, filters) and row.passage.id not in self._fallen for row in self._lean)
        return np.fromiter(through, dtype=np.bool_, count=len(self._lean))

    def texts_of(self, paper: str, most: int) -> tuple[str, ...]:
        """The texts of a paper's first passages."""
        return tuple(self.rows[number].text for number in self._numbers.get(paper, ())[:most])

    @cached_property
    def untagged(self) -> int:
        """Passages of full text: they carry no model system, so a filter by system leaves them out."""
        return sum(row.passage.kind == "text" and row.passage.system == "n/a" for row in self._lean)

    @cached_property
    def _numbers(self) -> Mapping[str, Sequence[int]]:
        numbers: dict[str, list[int]] = {}
        for number, row in enumerate(self._lean):
            numbers.setdefault(row.paper.id, []).append(number)
        return numbers

    def _order(
        self, ranking: Ranking, mask: NDArray[np.bool_], k: int, diverse: bool
    ) -> list[tuple[int, float]]:
        """Rows and their final scores, best first."""
        import numpy as np

        scores = np.where(mask, ranking.fused * self._weights, np.float32(-1.0)).astype(np.float32)
        # Three times as many as asked for: a paper's fourth passage may have to give way to others.
        pool = [(i, float(scores[i])) for i in best_first(scores, 3 * k if diverse else k) if mask[i]]
        if not diverse:
            return pool
        chosen: list[tuple[int, float]] = []
        seen: dict[int, int] = {}
        while pool and len(chosen) < k:
            held = [s * _REPEAT ** seen.get(self._groups[i], 0) for i, s in pool]
            best = max(range(len(pool)), key=lambda j: (held[j], -j))
            row, _ = pool.pop(best)
            chosen.append((row, held[best]))
            group = self._groups[row]
            seen[group] = seen.get(group, 0) + 1
        return chosen

    def _hit(self, row: int, rank: int, score: float, ranking: Ranking) -> Hit:
        stored = self.rows[row]
        return Hit(
            passage=stored.passage,
            paper=stored.paper,
            text=stored.text,
            score=round(score, 6),
            dense=round(float(ranking.cosine[row]), 6),
            lexical=round(float(ranking.lexical[row]), 6),
            rank=rank,
        )

    @cached_property
    def _weights(self) -> NDArray[np.float32]:
        import numpy as np

        return np.array([_EVIDENCE_WEIGHT.get(r.paper.evidence, 1.0) for r in self._lean], dtype=np.float32)

    @cached_property
    def _is_claim(self) -> NDArray[np.bool_]:
        import numpy as np

        return np.array([r.passage.kind == "claim" for r in self._lean], dtype=np.bool_)


def passes(row: Row, filters: Filters) -> bool:
    """Whether the filters let a passage through; a claim has no year, system or domain of its own."""
    paper, passage = row.paper, row.passage
    if paper.retraction == "retracted" and not filters.include_retracted:
        return False
    if filters.year_from is not None and (paper.year is None or paper.year < filters.year_from):
        return False
    if filters.year_to is not None and (paper.year is None or paper.year > filters.year_to):
        return False
    return (
        (not filters.systems or passage.system in filters.systems)
        # A finding about both domains is evidence on each of them.
        and (not filters.costims or passage.costim in filters.costims or _both(passage.costim, filters))
        and (not filters.papers or paper.id in filters.papers)
        and (not filters.study_types or paper.study_type in filters.study_types)
    )


def _lean(rows: Sequence[Row]) -> Sequence[Row]:
    return rows.lean if isinstance(rows, StoredRows) else rows


def _fallen(index: Index, rows: Sequence[Row]) -> frozenset[str]:
    """Claims whose supporting findings were all retracted, or taken out of the index."""
    standing = {row.passage.id for row in rows if row.paper.retraction != "retracted"}
    return frozenset(
        claim.passage
        for claim in index.catalog.claims()
        if claim.supports and standing.isdisjoint(claim.supports)
    )


def _both(costim: str, filters: Filters) -> bool:
    return costim == "both" and bool({"4-1BB", "CD28"} & set(filters.costims))


class _Dictionary:
    """The whole words of the embedder's vocabulary: ordinary English, read only when a guess is near."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, word: str) -> bool:
        return word in self._words

    @cached_property
    def _words(self) -> frozenset[str]:
        try:
            lines = self._path.read_text(encoding="utf-8").split("\n")
        except OSError:
            return frozenset()
        return frozenset(line for line in lines if not line.startswith(("##", "[")))


def prepare(index: Index) -> None:
    """Index the words of an index now, so that the first question need not."""
    path = _words_path(index, lexicon := Lexicon.shipped())
    if not path.exists():
        _stored_text(index, StoredRows.of(index.catalog), lexicon)


def _words_path(index: Index, lexicon: Lexicon) -> Path:
    mark = hashlib.sha256(f"{TEXT_INDEX_VERSION}\n{index.fingerprint}\n{lexicon.stamp}".encode()).hexdigest()
    return index.home.folder / f"words-{mark[:16]}.npz"


def _stored_text(index: Index, rows: Sequence[Row], lexicon: Lexicon) -> TextIndex:
    """The index of words from its file beside the catalog, or built and, where possible, stored.

    Passages that the file of another state holds are not read again.
    """
    path = _words_path(index, lexicon)
    stored = _loaded(path)
    if stored is not None and stored.lexical.size == len(rows):
        return stored
    others = [other for other in index.home.folder.glob("words-*.npz") if other != path]
    earlier = (_loaded(other) for other in sorted(others, key=_age))
    built = TextIndex.build((words_of(row) for row in rows), lexicon, next(filter(None, earlier), None))
    with contextlib.suppress(OSError):  # a home that cannot be written costs time, not the answer
        built.save(path)
        for other in others:
            other.unlink(missing_ok=True)
    return built


def _loaded(path: Path) -> TextIndex | None:
    """What is stored there; None where it is missing, was cut short or is of another version."""
    try:
        return TextIndex.load(path)
    except ValueError:
        return None


def _age(path: Path) -> float:
    """For the newest first; a file that another process has just replaced counts as old."""
    try:
        return -path.stat().st_mtime
    except OSError:
        return 0.0


def words_of(row: Row) -> Words:
    """A passage as the index of words reads it; the ledger's title would say the same of every claim."""
    title = "" if row.paper.id == LEDGER_ID else row.paper.title
    start = row.passage.span.start
    return Words(title, [row.text[s.start - start : s.end - start] for s in row.passage.sentences])


def _chroma(index: Index, rows: Sequence[Row], url: str) -> ChromaDense:
    from ingest.vectors import open_store

    store = open_store(index.home.vectors, url=url)
    return ChromaDense(store, [row.passage.id for row in _lean(rows)])
