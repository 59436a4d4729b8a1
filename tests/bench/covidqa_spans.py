"""Full text as evidence: do the quoted sentences hold the answers that readers marked in COVID-QA?

    python -m tests.bench.covidqa_spans [HOME]

The 92 papers go in through the pipeline, and each question is asked of its own paper (most make no sense
elsewhere). A quote holds an answer when it covers at least half of a marked span's words. The rival, in
the same run: the three sentences of the same paper that BM25 ranks first, which never refuses.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import bm25s  # type: ignore[import-untyped]  # ships no type information

from assistant.answering.engine import Engine
from assistant.evidence import Filters
from assistant.settings import load
from ingest.documents import Document, Paper
from ingest.drafting import Draft
from ingest.pipeline import ensure, ingest_records

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "testdata" / "benchmarks" / "covidqa"
HALF = 0.5
SHOWN = 3


def documents() -> Iterator[tuple[str, Document]]:
    for line in (FOLDER / "corpus.jsonl").open(encoding="utf-8"):
        record = json.loads(line)
        draft = Draft()
        draft.section("Text")
        for paragraph in re.split(r"\n\s*\n", record["text"]):
            draft.paragraph(paragraph)
        paper = Paper(f"covidqa-{record['_id']}", record["title"], year=2020)
        yield record["_id"], draft.document(paper, reader="text", source=f"covidqa:{record['_id']}")


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def holds(quotes: Iterable[str], answers: Iterable[str]) -> bool:
    """Whether one quote has half of the words of one answer."""
    spans = [span for span in map(words, answers) if span]
    return any(len(words(quote) & span) >= HALF * len(span) for quote in quotes for span in spans)


class PlainSentences:
    """The sentences of one paper under BM25."""

    def __init__(self, document: Document) -> None:
        spans = {(s.start, s.end) for p in document.passages for s in p.sentences}
        self.sentences = [document.text[a:b] for a, b in sorted(spans)]
        self._index = bm25s.BM25()
        self._index.index(bm25s.tokenize(self.sentences, show_progress=False), show_progress=False)

    def best(self, question: str) -> list[str]:
        tokens = bm25s.tokenize([question], show_progress=False)
        found, _ = self._index.retrieve(tokens, k=min(SHOWN, len(self.sentences)), show_progress=False)
        return [self.sentences[i] for i in found[0]]


def main(home: Path) -> None:
    index = ensure(home)
    held = dict(documents())
    list(ingest_records(index, ((d.source, d) for d in held.values())))
    index.catalog.close()
    rivals = {name: PlainSentences(document) for name, document in held.items()}
    asked = [json.loads(line) for line in (FOLDER / "queries.jsonl").open(encoding="utf-8")]
    answered = lead = any_quote = refound = quotes = first = three = 0
    with Engine.open(load({"home": str(home)}, {})) as engine:
        for query in asked:
            answers = [a["text"] for a in query["metadata"]["answers"]]
            name = query["metadata"]["doc"]
            plain = rivals[name].best(query["text"])
            first += holds(plain[:1], answers)
            three += holds(plain, answers)
            said = engine.ask(query["text"], filters=Filters(papers=(f"covidqa-{name}",)))
            text = held[name].text
            for citation in said.citations:
                quotes += 1
                refound += text[citation.start : citation.end] == citation.quote
            if said.kind == "answer":
                answered += 1
                led = next((s.citations for s in said.sentences if s.role == "lead"), ())
                lead += holds([c.quote for c in said.citations if c.n in led], answers)
                any_quote += holds([c.quote for c in said.citations], answers)
    n = len(asked)
    sys.stdout.write(
        f"{n} questions of {len(held)} papers\n"
        f"answered {answered} ({answered / n:.1%}); of these the lead holds the answer {lead / answered:.1%},"
        f" one of the quotes {any_quote / answered:.1%}; quotes found again {refound} of {quotes}\n"
        f"rival, never refusing: first sentence {first / n:.1%}, one of {SHOWN} {three / n:.1%}\n"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            main(Path(scratch))
