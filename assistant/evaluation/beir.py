"""Labelled retrieval sets in BEIR layout, read and checked.

`corpus.jsonl` holds `_id`, `title` and `text`; `queries*.jsonl` holds `_id`, `text` and `metadata`;
`qrels*.tsv` has a header and `query-id  corpus-id  score`. A set without qrels whose queries name answer
spans (`metadata.answers` with `doc`, `start`, `end`) is cut into overlapping chunks, and a chunk is
relevant when it holds a whole span.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.errors import InputError

CHUNK: Final = 1000
"""Characters of a chunk of a long document."""
STEP: Final = 800
"""Characters from the start of one chunk to the start of the next."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What is retrieved: a document, or a chunk of one."""

    id: str
    title: str
    text: str
    document: str
    """The id of the document that it is a part of, or its own."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with the units that answer it and how well."""

    id: str
    text: str
    relevant: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A set ready to be measured on."""

    name: str
    units: tuple[Unit, ...]
    queries: tuple[Labelled, ...]


def read_set(folder: Path, split: str | None = None) -> RetrievalSet:
    """Read a set.

    Arguments:
        folder: the folder with `corpus.jsonl`.
        split: the part of the queries (`queries.dev.jsonl`, `qrels.dev.tsv` or `qrels/dev.tsv`); None is
            every part there is.

    Raises:
        InputError: a file is missing or broken; names it, and the line.
    """
    documents = [
        Unit(d["_id"], d.get("title") or "", d["text"], d["_id"])
        for d in _lines(folder / "corpus.jsonl", "text")
    ]
    labels = _labels(folder, split)
    raw = [q for path in _query_files(folder, split) for q in _lines(path, "text")]
    name = folder.resolve().name if split is None else f"{folder.resolve().name}/{split}"
    if labels is not None:
        queries = [Labelled(q["_id"], q["text"], labels[q["_id"]]) for q in raw if labels.get(q["_id"])]
        units = documents
    else:
        units, queries = _chunked(documents, raw, folder)
    if not units or not queries:
        raise InputError(
            f"{folder}: no question with a label in it.",
            hint="The ids in qrels and queries must be the same.",
        )
    return RetrievalSet(name, tuple(units), tuple(queries))


def _lines(path: Path, needed: str) -> Iterator[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read ({error}).", hint="A BEIR folder holds corpus.jsonl."
        ) from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            item["_id"], item[needed] = str(item["_id"]), str(item[needed])
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path}, line {number}: no JSON object with _id and {needed} ({error!r}).",
                hint="One object a line, as in BEIR.",
            ) from error
        yield item


def _query_files(folder: Path, split: str | None) -> list[Path]:
    if split is not None:
        own = folder / f"queries.{split}.jsonl"
        if own.exists():
            return [own]
        if (folder / "qrels" / f"{split}.tsv").exists() and (folder / "queries.jsonl").exists():
            return [folder / "queries.jsonl"]
        parts = sorted(p.name.split(".")[1] for p in folder.glob("queries.*.jsonl"))
        raise InputError(f"{folder}: no part {split!r}.", hint=f"Parts here: {', '.join(parts) or 'none'}.")
    found = sorted(folder.glob("queries*.jsonl"))
    if not found:
        raise InputError(f"{folder}: no queries*.jsonl.", hint="Name a folder in BEIR layout.")
    return found


def _labels(folder: Path, split: str | None) -> dict[str, dict[str, int]] | None:
    """Query id to relevant document ids; None when the set has no qrels at all."""
    if split is None:
        paths = sorted((*folder.glob("qrels*.tsv"), *folder.glob("qrels/*.tsv")))
    else:
        paths = [p for p in (folder / f"qrels.{split}.tsv", folder / "qrels" / f"{split}.tsv") if p.exists()]
        paths = paths or [p for p in (folder / "qrels.tsv",) if p.exists()]
    if not paths:
        return None
    labels: dict[str, dict[str, int]] = {}
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], 2):
            fields = line.split("\t")
            try:
                query, document, score = fields[0], fields[1], int(fields[2])
            except (IndexError, ValueError) as error:
                raise InputError(
                    f"{path}, line {number}: not `query-id<TAB>corpus-id<TAB>score`.", hint=f"Found {line!r}."
                ) from error
            if score > 0:
                labels.setdefault(query, {})[document] = score
    return labels


def _chunked(
    documents: Sequence[Unit], raw: Sequence[Mapping[str, Any]], folder: Path
) -> tuple[list[Unit], list[Labelled]]:
    units: list[Unit] = []
    starts: dict[str, list[int]] = {}
    lengths = {d.id: len(d.text) for d in documents}
    for document in documents:
        last = max(len(document.text) - CHUNK, 0)
        starts[document.id] = [*range(0, last, STEP), -(-last // STEP) * STEP]
        units += [
            Unit(f"{document.id}:{s}", document.title, document.text[s : s + CHUNK], document.id)
            for s in starts[document.id]
        ]
    queries = []
    for query in raw:
        relevant: dict[str, int] = {}
        for answer in (query.get("metadata") or {}).get("answers", ()):
            try:
                where, start, end = str(answer["doc"]), int(answer["start"]), int(answer["end"])
                chunks = starts[where]
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(
                    f"{folder}: query {query['_id']!r} has an answer without doc, start and end ({error!r}).",
                    hint="A set without qrels needs answer spans.",
                ) from error
            relevant |= {f"{where}:{s}": 1 for s in _holders(chunks, lengths[where], start, end)}
        if relevant:
            queries.append(Labelled(query["_id"], query["text"], relevant))
    return units, queries


def _holders(starts: Sequence[int], length: int, start: int, end: int) -> list[int]:
    """The chunks that hold a whole span or, when none does, the one that holds most of it."""
    whole = [s for s in starts if s <= start and end <= min(length, s + CHUNK)]
    return whole or [max(starts, key=lambda s: min(end, s + CHUNK, length) - max(start, s))]
