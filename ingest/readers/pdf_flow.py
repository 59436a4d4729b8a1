"""The text of the pages followed from heading to heading and written into a draft."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.drafting import Draft
from ingest.readers.backmatter import is_evidence
from ingest.readers.pdf_floats import Float, taken_out
from ingest.readers.pdf_layout import Block
from ingest.readers.pdf_lines import Line
from ingest.readers.pdf_prose import Paragraph, Spelling
from ingest.readers.pdf_sections import Ranks, bare, headings, known, lead, path, style
from ingest.readers.pdf_style import Body, reads_as_prose

_APART = re.compile(
    r"^\W{0,2}(?:correspond|e-?mail|received|accepted|published|copyright|©|\(c\)|this is an? open"
    r"|open access|citation|cite this|editor|edited by|reviewed by|"
    r"academic editor|data availability|funding|competing|conflict|how to cite|licen[cs]e"
    r"|full list of author|these authors|present address|"
    r"contributed equally|author affiliations|doi|https?://|issn|handling|specialty section|disclaimer"
    r"|for reprints|orcid|d[ée]clar|academic|subject|"
    r"department|institut|univers|faculdade|faculty|school of|center for|centre for|division of|laborat)",
    re.I,
)
_REFERENCES = re.compile(
    r"^(?:references?|refer[eê]ncias?|bibliography|literatur\w*|literature cited)\b", re.I
)
_NO_EVIDENCE = re.compile(r"^(?:key ?words?|palavras[- ]chave|palabras clave)$", re.I)


class Flow:
    """Writes the blocks of a paper into a draft: sections, paragraphs over columns and pages, captions apart.

    With `paper` false nothing is expected of the layout: every block is text.
    """

    def __init__(self, body: Body, spelling: Spelling, title: Sequence[Line], *, paper: bool = True) -> None:
        self.draft = Draft()
        self._paper = paper
        self._body = body
        self._spelling = spelling
        self._title = {id(line) for line in title}
        self._stack: list[tuple[int, str]] = []
        self._paragraph = Paragraph()
        self._floats: list[Float] = []
        self._apart: list[tuple[str, int]] = []
        self._labels = 0
        self._open = ""
        self._started = False
        self._tables = 0

    @property
    def notes(self) -> Iterator[str]:
        """What was left out."""
        if self._labels:
            yield f"words inside figures and loose labels left out: {self._labels}"
        if self._tables:
            yield f"tables kept as rows of cells outside the evidence: {self._tables}"

    def write(self, pages: Sequence[Sequence[Block]]) -> None:
        """All pages, in order."""
        flat = [item for page in pages for item in taken_out(page, self._body)]
        following = _following(flat)
        ranks = Ranks(
            [
                block.lines[index]
                for block, after in zip(flat, following, strict=True)
                if isinstance(block, Block)
                for index in headings(block.lines, self._body, after)
            ]
        )
        for item, after in zip(flat, following, strict=True):
            if isinstance(item, Float):
                self._floats.append(item)
                if self._paragraph.ended:
                    self._close()
            else:
                self._block(item, ranks, after)
        self._close()
        if self._apart:
            self.draft.section("Notes on the article", evidence=False)
            for text, page in self._apart:
                self.draft.paragraph(text, page=page)

    def _block(self, block: Block, ranks: Ranks, after: Line | None) -> None:
        lines = [line for line in block.lines if id(line) not in self._title]
        if not lines:
            return
        if self._is_apart(block):
            self._apart.append((self._whole(lines), lines[0].page))
            return
        titles = headings(lines, self._body, after) if self._paper else set()
        if not titles and self._is_label(block):
            self._labels += sum(len(line.text.split()) for line in lines)
            return
        index = 0
        while index < len(lines):
            line = lines[index]
            if index in titles:
                taken = self._heading_lines(lines, index)
                self._heading(taken, ranks)
                index += len(taken)
                continue
            found = lead(line)
            if found is not None and (index == 0 or line.lead):
                self._title_of(found[0], 1)
                line = replace(line, text=found[1], lead="")
            self._line(line, block, lines[index - 1] if index else None)
            index += 1

    def _heading_lines(self, lines: Sequence[Line], index: int) -> list[Line]:
        """A heading that runs over lines of one style."""
        taken = [lines[index]]
        while index + len(taken) < len(lines) and len(taken) < 4:
            nxt = lines[index + len(taken)]
            if (
                style(nxt)[::3] != style(taken[-1])[::3]
                or nxt.bold != taken[-1].bold
                or self._body.is_set(nxt)
                and not nxt.bold
            ):
                break
            if (
                known(taken[-1].text)
                or known(nxt.text)
                or taken[-1].base - nxt.base > 1.6 * nxt.size
                or nxt.lead
            ):
                break
            taken.append(nxt)
        return taken

    def _heading(self, lines: Sequence[Line], ranks: Ranks) -> None:
        text = self._whole(lines)
        self._close()
        self._title_of(text, ranks.rank(lines[0]))

    def _title_of(self, text: str, rank: int) -> None:
        self._close()
        self._started = True
        if not known(text) and any(_REFERENCES.match(title) for _, title in self._stack):
            rank = max(rank, 2)  # what follows a list of references is advertising, unless it is a known part
        self._stack = [(r, title) for r, title in self._stack if r < rank]
        self._stack.append((rank, bare(text)))

    def _line(self, line: Line, block: Block, before: Line | None) -> None:
        if self._begins(line, block, before):
            self._close()
        self._paragraph.add(line, self._spelling)

    def _begins(self, line: Line, block: Block, before: Line | None) -> bool:
        """Whether a paragraph begins with `line`."""
        last = self._paragraph.last
        if last is None:
            return False
        if abs(last.size - line.size) > 0.12 * self._body.size:
            return True
        indented = line.left - block.left > 0.7 * line.size
        if before is None:
            return self._paragraph.ended and not line.text[:1].islower()
        if before.base - line.base > 1.45 * line.size and before.base - line.base > 1.25 * _leading(block):
            return self._paragraph.ended
        short = before.right < block.right - 3 * line.size
        hanging = before.left - block.left > 0.7 * line.size
        return self._paragraph.ended and (short or (indented and not hanging))

    def _whole(self, lines: Sequence[Line]) -> str:
        paragraph = Paragraph()
        for line in lines:
            paragraph.add(line, self._spelling)
        return paragraph.text

    def _is_apart(self, block: Block) -> bool:
        """Small print about the article, and whatever stands before its first section."""
        if not self._paper:
            return False
        first = block.lines[0]
        small = block.size < 0.93 * self._body.size
        if first.page <= 2 and small and _APART.match(block.text):
            return True
        if first.page == 1 and not self._started and not self._opens(block):
            return True
        return small and first.page == 1 and block.bottom < 130 and not known(first.text)

    def _opens(self, block: Block) -> bool:
        """Whether the text of the paper begins with this block."""
        if any(known(line.text) or lead(line) for line in block.lines[:2]):
            return True
        set_lines = sum(self._body.is_set(line) for line in block.lines)
        return reads_as_prose(block) and set_lines > 2 and not _APART.match(block.text)

    def _is_label(self, block: Block) -> bool:
        if not self._paper or reads_as_prose(block):
            return False
        return not any(self._body.is_set(line) for line in block.lines)

    def _close(self) -> None:
        """Write the paragraph, then the floats that waited for its end."""
        if self._paragraph.parts:
            self._enter(*path(self._stack))
            self.draft.spread(self._paragraph.parts)
            self._paragraph = Paragraph()
        for item in self._floats:
            self._float(item)
        self._floats = []

    def _enter(self, *titles: str) -> None:
        key = " > ".join(titles)
        if key == self._open and key:
            return
        evidence = all(is_evidence(title) and not _NO_EVIDENCE.match(title) for title in titles)
        self.draft.section(*(titles or ("Text",)), evidence=evidence)
        self._open = key or "Text"

    def _float(self, item: Float) -> None:
        outer = [title for _, title in self._stack[:1]] or ["Text"]
        if not is_evidence(outer[0]):
            outer = []
        self.draft.section(*outer, item.label)
        self._open = ""
        self.draft.paragraph(self._whole(item.caption), page=item.page)
        if item.notes:
            self.draft.paragraph(self._whole(item.notes), page=item.page)
        if item.rows:
            self._tables += 1
            self.draft.section(*outer, item.label, "Cells", evidence=False)
            self.draft.lines(item.rows, page=item.page)


def _leading(block: Block) -> float:
    drops = sorted(a.base - b.base for a, b in zip(block.lines, block.lines[1:], strict=False))
    return drops[len(drops) // 2] if drops else block.size * 1.2


def _following(flat: Sequence[Block | Float]) -> list[Line | None]:
    """For each item the first line of the next block."""
    out: list[Line | None] = []
    line: Line | None = None
    for item in reversed(flat):
        out.append(line)
        if isinstance(item, Block):
            line = item.lines[0]
    return out[::-1]
