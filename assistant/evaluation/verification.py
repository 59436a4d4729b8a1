"""Measures the verifier: findings made false by a seeded script, findings told again, and SciFact's labels.

    senescope eval verification [--restatements FILE] [--scifact DIR]

Findings are split by paper into two parts. The thresholds were chosen on the first (`--part calibration`);
the second is for reporting. SciFact is another field with abstracts as quotes: it shows how far the checks
carry, and nothing was fitted on it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from assistant.errors import InputError
from assistant.evaluation.mutations import mutations
from assistant.evidence import Verdict

if TYPE_CHECKING:
    from assistant.answering.engine import Engine
    from ingest.pipeline import Progress

Part = Literal["calibration", "report"]
SEED: Final = 20
PER_KIND: Final = 40
"""Mutations of a kind in each part: ten kinds, some of which the findings offer less often."""
_VERDICTS: Final[tuple[Verdict, ...]] = ("supported", "contradicted", "insufficient")


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence with its quote and what is known about it."""

    group: str
    """Kind of mutation, "as it stands", "told again", or a label of SciFact."""
    text: str
    quote: str
    true: bool


@dataclass
class Board:
    """Verdicts counted by group."""

    part: str
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    truth: dict[str, bool] = field(default_factory=dict)
    missed: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Group, sentence, quote and reason of what went wrong."""

    def add(self, case: Case, verdict: Verdict, reason: str) -> None:
        """Count one verdict."""
        self.counts.setdefault(case.group, Counter())[verdict] += 1
        self.truth[case.group] = case.true
        if (verdict == "supported") != case.true:
            self.missed.append((case.group, case.text, case.quote, reason))

    def figures(self) -> dict[str, float]:
        """Precision and recall of refusing what is false, and the share of true sentences refused."""
        caught, let_through, refused, kept = 0, 0, 0, 0
        for group, counts in self.counts.items():
            shown = counts["supported"]
            withheld = sum(counts.values()) - shown
            if self.truth[group]:
                kept, refused = kept + shown, refused + withheld
            else:
                caught, let_through = caught + withheld, let_through + shown
        return {
            "false": caught + let_through,
            "true": kept + refused,
            "precision": round(caught / (caught + refused or 1), 4),
            "recall": round(caught / (caught + let_through or 1), 4),
            "true_refused": round(refused / (kept + refused or 1), 4),
        }

    def to_json(self, *, details: bool = False) -> dict[str, Any]:
        """The figures, the confusion table, and on request what went wrong."""
        data: dict[str, Any] = {
            "version": 1,
            "part": self.part,
            **self.figures(),
            "confusion": {g: {v: c[v] for v in _VERDICTS} for g, c in self.counts.items()},
        }
        if details:
            names = ("group", "sentence", "quote", "reason")
            data["missed"] = [dict(zip(names, one, strict=True)) for one in self.missed]
        return data

    def table(self, *, details: bool = False) -> str:
        """The same as Markdown."""
        lines = [
            f"| {self.part} | n | {' | '.join(_VERDICTS)} | right |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for group, counts in self.counts.items():
            n = sum(counts.values())
            right = counts["supported"] if self.truth[group] else n - counts["supported"]
            cells = " | ".join(str(counts[v]) for v in _VERDICTS)
            lines.append(f"| {group} | {n} | {cells} | {right / n:.1%} |")
        figures = self.figures()
        lines += ["", f"Of {figures['false']} false sentences {figures['recall']:.1%} are caught (recall), of"
                  f" {figures['true']} true ones {figures['true_refused']:.1%} are refused;"
                  f" precision of refusing {figures['precision']:.1%}."]  # fmt: skip
        if details:
            lines += [
                f"- {group}: {text} ({reason or 'let through'})" for group, text, _, reason in self.missed
            ]
        return "\n".join(lines)


def evaluate(
    engine: Engine, cases: Iterable[Case], part: str, progress: Callable[[Progress], None] | None = None
) -> Board:
    """Judge every case."""
    from ingest.pipeline import Progress

    board, listed = Board(part), list(cases)
    for number, case in enumerate(listed, 1):
        found = engine.verifier.judge(case.text, [case.quote])
        board.add(case, found.verdict, found.reason)
        if progress is not None and number % 50 == 0:
            progress(Progress("judging sentences", number, len(listed)))
    return board


def corpus_cases(engine: Engine, part: Part, restatements: Path | None = None) -> Iterator[Case]:
    """Mutated findings of one part of the papers, the findings themselves, and those told again by hand."""
    from assistant.retrieval.lexicon import Lexicon

    findings = [
        (row.passage.id, row.text)
        for row in engine.index.catalog.rows()
        if row.passage.kind == "finding" and _part(row.paper.id) == part
    ]
    for mutation in mutations(findings, Lexicon.shipped(), seed=SEED, per_kind=PER_KIND):
        yield Case(mutation.kind, mutation.text, mutation.quote, False)
    for _, text in findings:
        yield Case("as it stands", text, text, True)
    if restatements is not None:
        texts: dict[str, str] = dict(findings)
        for item in _yaml(restatements):
            if (told := texts.get(item["finding"])) is not None:
                yield Case("told again", item["same"], told, True)
                for wrong in item["changed"].values():
                    yield Case("told again, one thing changed", wrong, told, False)


def scifact_cases(folder: Path, split: str = "dev") -> Iterator[Case]:
    """SciFact's claims against the abstracts that they cite: SUPPORT, CONTRADICT or none."""
    abstracts = {d["_id"]: d["text"] for d in _jsonl(folder / "corpus.jsonl")}
    cited: dict[str, list[str]] = {}
    for line in (folder / f"qrels.{split}.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        identifier, document, _ = line.split("\t")
        cited.setdefault(identifier, []).append(document)
    for claim in _jsonl(folder / f"queries.{split}.jsonl"):
        labels = claim["metadata"]["evidence"]
        for document in cited.get(claim["_id"], ()):
            label = labels[document]["label"] if document in labels else "none"
            yield Case(label, claim["text"], abstracts[document], label == "SUPPORT")


def claim_verdicts(engine: Engine, file: Path) -> Iterator[dict[str, Any]]:
    """Judge the claims of a JSON Lines file: each line has `claim` and `quote` (a text or a list).

    Raises:
        InputError: a line is not of that shape, with its number.
    """
    for number, item in enumerate(_jsonl(file), 1):
        claim, quote = item.get("claim"), item.get("quote", item.get("quotes"))
        quotes = [quote] if isinstance(quote, str) else quote
        if not isinstance(claim, str) or not isinstance(quotes, list) or not quotes:
            raise InputError(
                f"{file}:{number}: no claim with a quote.", hint='Write {"claim": .., "quote": ..}.'
            )
        found = engine.verifier.judge(claim, [str(q) for q in quotes])
        yield {**item, "verdict": found.verdict, "reason": found.reason}


def _part(paper: str) -> Part:
    return "calibration" if hashlib.sha256(paper.encode()).digest()[0] % 2 else "report"


def _jsonl(file: Path) -> list[dict[str, Any]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: cannot be read ({error})", hint="Name a JSON Lines file.") from None


def _yaml(file: Path) -> Sequence[dict[str, Any]]:
    import yaml

    try:
        items: Sequence[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"{file}: cannot be read ({error})", hint="Name a YAML file.") from None
    return items
