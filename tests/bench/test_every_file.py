"""Every file of ../shared/testdata: a record or one clear error, and offsets that reproduce the text.

`python -m tests.bench.test_every_file [FOLDER]` prints a line a file and the totals. The files go through
the same reading processes as in `senescope ingest`.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingest.documents import Document, Problem, Reference
from ingest.reading import Read, Source
from ingest.workers import Limits, Pool
from tests.conftest import SHARED

TESTDATA = SHARED / "testdata"
BAD = re.compile(r"Traceback|please report it|crashed|not read within|more memory")
"""What no file of ours may come to: a defect, a hang or a bomb that went off."""


@dataclass
class Seen:
    """What one file came to."""

    path: Path
    counts: Counter[str] = field(default_factory=Counter)
    reasons: list[str] = field(default_factory=list)
    sentences: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def fault(self) -> str | None:
        """Why this file breaks the promise, or None."""
        if self.wrong:
            return f"offsets: {self.wrong[0]}"
        if bad := next((reason for reason in self.reasons if BAD.search(reason)), None):
            return bad
        if not self.counts and not self.reasons:
            return "an empty success"
        if any(not reason.strip() or "\n" in reason for reason in self.reasons):
            return "an error that is not one clear line"
        return None

    def line(self) -> str:
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(self.counts.items()))
        state = "FAULT " if self.fault else "ok    "
        return f"{state}{self.path}: {'; '.join(filter(None, [told, *self.reasons[:2]]))}"


def every_file(folder: Path) -> Iterator[Seen]:
    """Read all files below a folder, in order of their names."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    with Pool(Limits(seconds=120)) as pool:
        for source, frames in pool.read(Source(str(path), path=path) for path in paths):
            seen = Seen(Path(source.name).relative_to(folder))
            for frame in frames:
                if isinstance(frame, Read):
                    seen.reasons += [frame.reason] if frame.reason else []
                elif isinstance(frame, Document):
                    seen.counts["documents"] += 1
                    seen.counts["passages"] += len(frame.passages)
                    seen.sentences += sum(len(p.sentences) for p in frame.passages)
                    seen.wrong += wrong_offsets(frame)
                elif isinstance(frame, Reference):
                    seen.counts["references"] += 1
                elif isinstance(frame, Problem):
                    seen.counts["problems"] += 1
                    seen.reasons.append(f"{frame.where}: {frame.reason}")
            yield seen


def wrong_offsets(document: Document) -> list[str]:
    """Passages and sentences that are not found in the text where they say they are."""
    wrong: list[str] = []
    sections = [s for s in document.sections if s.evidence]
    for passage in document.passages:
        whole = passage.span.of(document.text)
        where = f"{passage.id}: {whole[:40]!r}"
        if not whole or whole != whole.strip():
            wrong.append(f"{where} is empty or has blanks around it")
        if not any(s.span.start <= passage.span.start and passage.span.end <= s.span.end for s in sections):
            wrong.append(f"{where} lies in no section of evidence")
        end = passage.span.start
        for sentence in passage.sentences:
            text = sentence.of(document.text)
            if not text or text != text.strip() or sentence.start < end or sentence.end > passage.span.end:
                wrong.append(f"{where}: sentence {text[:40]!r} does not stand there")
            elif document.text[end : sentence.start].strip():
                wrong.append(f"{where}: {document.text[end : sentence.start]!r} is in no sentence")
            end = sentence.end
        if end != passage.span.end:
            wrong.append(f"{where} ends outside its sentences")
    return wrong


@pytest.mark.bench
@pytest.mark.shared
def test_every_file_gives_a_record_or_one_clear_error_and_all_offsets_are_right() -> None:
    faults = [seen.line() + f" ({seen.fault})" for seen in every_file(TESTDATA) if seen.fault]
    assert faults == []


def main(folder: Path) -> int:
    total: Counter[str] = Counter()
    for seen in every_file(folder):
        total.update(seen.counts)
        total.update(files=1, sentences=seen.sentences, wrong_offsets=len(seen.wrong))
        total.update(faults=bool(seen.fault), files_with_a_record=bool(seen.counts))
        sys.stdout.write(seen.line() + "\n")
    sys.stdout.write(", ".join(f"{kind} {number}" for kind, number in sorted(total.items())) + "\n")
    return int(bool(total["faults"]))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else TESTDATA))
