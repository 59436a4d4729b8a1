"""Labelled questions in, a scoreboard out: how answers and refusals fare, per kind of question.

Precision and refusal are reported apart, because a system that refuses everything makes no mistake.
Scoring is by deterministic matching: every `must_include` item in the text of the answer's sentences, no
`must_not` item in it, every quote found again at its offsets in the stored document.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from assistant.answering.engine import Engine
from assistant.errors import InputError
from assistant.evidence import Answer
from ingest.pipeline import Progress, ProgressCallback


@dataclass(frozen=True, slots=True)
class Labelled:
    """One question with what a right answer holds."""

    id: str
    question: str
    answerable: bool
    kind: str
    findings: frozenset[str]
    must_include: tuple[tuple[str, ...], ...]
    """Each item must be stated; the strings of an item are alternatives."""
    must_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one question fared."""

    id: str
    kind: str
    question: str
    answerable: bool
    answered: bool
    correct: bool
    wrong_direction: bool
    gold_first: bool
    gold_at_5: bool
    cited_all: bool
    quotes: int
    quotes_found: int
    sentences: int
    missing: tuple[str, ...]
    """Items of `must_include` that the answer lacks."""
    confidence: float
    seconds: float


@dataclass(slots=True)
class Board:
    """All verdicts, and the figures that follow from them."""

    verdicts: list[Verdict] = field(default_factory=list)

    def figures(self, kind: str | None = None) -> dict[str, float | int]:
        """The figures of the contract over one kind of question, or all."""
        chosen = [v for v in self.verdicts if kind in (None, v.kind)]
        can = [v for v in chosen if v.answerable]
        cannot = [v for v in chosen if not v.answerable]
        answered = [v for v in can if v.answered]
        quotes = sum(v.quotes for v in chosen)
        return {
            "n": len(chosen),
            "answerable": len(can),
            "answered": len(answered),
            "correct": sum(v.correct for v in can),
            "wrong_direction": sum(v.wrong_direction for v in chosen),
            "refused_rightly": sum(not v.answered for v in cannot),
            "refused_wrongly": len(can) - len(answered),
            "gold_first": sum(v.gold_first for v in can),
            "gold_at_5": sum(v.gold_at_5 for v in can),
            "cited_all": sum(v.cited_all for v in can),
            "quotes": quotes,
            "quotes_found": sum(v.quotes_found for v in chosen),
            "mean_sentences": round(sum(v.sentences for v in answered) / len(answered), 2)
            if answered
            else 0.0,
        }

    def kinds(self) -> list[str]:
        """The kinds of question, in order of first appearance."""
        return list(dict.fromkeys(v.kind for v in self.verdicts))

    def to_json(self, *, details: bool = False) -> dict[str, Any]:
        """The scoreboard as `eval answers --json` prints it."""
        data: dict[str, Any] = {
            "version": 1,
            "total": self.figures(),
            "kinds": {kind: self.figures(kind) for kind in self.kinds()},
            "seconds": round(sum(v.seconds for v in self.verdicts), 2),
        }
        if details:
            data["questions"] = [asdict(v) for v in self.verdicts]
        return data

    def table(self, *, details: bool = False) -> str:
        """The scoreboard as a Markdown table, with the mistakes when `details` is set."""
        head = (
            "| kind | n | answered | correct | wrong direction | refused rightly | refused wrongly"
            " | gold first | gold @5 | cited @all | sentences |"
        )
        rows = [head, "|" + " --- |" * 11]
        rows += [_row(kind, self.figures(kind)) for kind in self.kinds()]
        total = self.figures()
        rows.append(_row("**all**", total))
        rows.append("")
        rows.append(f"Quotes found again at their offsets: {total['quotes_found']} of {total['quotes']}.")
        if details:
            rows += ["", *filter(None, map(_mistake, self.verdicts))]
        return "\n".join(rows)


def read_questions(path: Path) -> list[Labelled]:
    """Read a question file; raises InputError naming the file and the entry."""
    try:
        items = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            f"{path}: not a question file ({error})", hint="See tests/eval/questions-dev.yaml."
        ) from error
    if not isinstance(items, list) or not items:
        raise InputError(f"{path}: holds no list of questions.", hint="See tests/eval/questions-dev.yaml.")
    return [_labelled(item, number, path) for number, item in enumerate(items, 1)]


def evaluate(
    engine: Engine, questions: Sequence[Labelled], *, progress: ProgressCallback | None = None
) -> Board:
    """Ask every question and score the answers."""
    board = Board()
    texts: dict[str, str] = {}
    for number, labelled in enumerate(questions, 1):
        started = time.perf_counter()
        answer = engine.ask(labelled.question)
        seconds = time.perf_counter() - started
        ranked = [
            hit.passage.id for hit in engine.search(labelled.question, k=15) if hit.passage.kind != "claim"
        ]
        board.verdicts.append(_judge(labelled, answer, ranked[:5], engine, texts, seconds))
        if progress is not None:
            progress(Progress("asking", number, len(questions)))
    return board


def _labelled(item: object, number: int, path: Path) -> Labelled:
    if not isinstance(item, dict) or not isinstance(item.get("question"), str) or "answerable" not in item:
        raise InputError(f"{path}: entry {number} has no question or no `answerable`.")
    include = tuple(
        tuple(map(str, alternatives)) if isinstance(alternatives, list) else (str(alternatives),)
        for alternatives in item.get("must_include") or ()
    )
    return Labelled(
        id=str(item.get("id", number)),
        question=item["question"],
        answerable=bool(item["answerable"]),
        kind=str(item.get("kind", "direct")),
        findings=frozenset(item.get("findings") or ()),
        must_include=include,
        must_not=tuple(map(str, item.get("must_not") or ())),
    )


def _judge(
    labelled: Labelled,
    answer: Answer,
    top: Sequence[str],
    engine: Engine,
    texts: dict[str, str],
    seconds: float,
) -> Verdict:
    answered = answer.kind == "answer"
    said = " ".join(s.text for s in answer.sentences).lower()
    missing = tuple(
        " | ".join(item) for item in labelled.must_include if not any(a.lower() in said for a in item)
    )
    wrong = answered and any(phrase.lower() in said for phrase in labelled.must_not)
    cited = [c.passage for c in answer.citations]
    first = cited[: 1 if answered else 0]
    return Verdict(
        id=labelled.id,
        kind=labelled.kind,
        question=labelled.question,
        answerable=labelled.answerable,
        answered=answered,
        correct=answered and labelled.answerable and not missing and not wrong,
        wrong_direction=wrong,
        gold_first=bool(labelled.findings & set(first)),
        gold_at_5=bool(labelled.findings & set(top)),
        cited_all=answered and labelled.findings <= set(cited),
        quotes=len(cited),
        quotes_found=sum(_refound(c.paper, c.start, c.end, c.quote, engine, texts) for c in answer.citations),
        sentences=len(answer.sentences),
        missing=missing if answered else (),
        confidence=answer.confidence,
        seconds=seconds,
    )


def _refound(paper: str, start: int, end: int, quote: str, engine: Engine, texts: dict[str, str]) -> bool:
    if paper not in texts:
        document = engine.index.catalog.document(paper)
        texts[paper] = document.text if document is not None else ""
    return texts[paper][start:end] == quote


def _row(name: str, f: dict[str, float | int]) -> str:
    def of(count: str, whole: int) -> str:
        return f"{f[count]} ({f[count] / whole:.0%})" if whole else "-"

    can = int(f["answerable"])
    cannot = int(f["n"]) - can
    cells = (
        name,
        f["n"],
        of("answered", can),
        of("correct", can),
        f["wrong_direction"],
        of("refused_rightly", cannot),
        of("refused_wrongly", can),
        of("gold_first", can),
        of("gold_at_5", can),
        of("cited_all", can),
        f["mean_sentences"] if can else "-",
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _mistake(v: Verdict) -> str:
    if v.answerable and not v.answered:
        what = "refused wrongly"
    elif not v.answerable and v.answered:
        what = "should have refused"
    elif v.wrong_direction:
        what = "wrong direction"
    elif v.answerable and not v.correct:
        what = f"lacks {'; '.join(v.missing)}"
    elif v.answerable and not v.gold_first:
        what = "correct, but the lead is not a gold finding"
    else:
        return ""
    return f"- {v.id} ({v.confidence:.2f}) {v.question} -> {what}"
