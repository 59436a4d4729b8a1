"""Headings of a paper and their order of rank."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ingest.readers.backmatter import is_evidence
from ingest.readers.pdf_lines import Line
from ingest.readers.pdf_style import Body

Style = tuple[float, bool, bool, str]
"""Size, bold, capitals, font: headings of one rank share it."""

_NAMES = re.compile(
    r"^(?:abstract|summary|author summary|plain language summary|significance(?: statement)?|highlights"
    r"|key ?words|key ?points"
    r"|introduction|background|aims?|objectives?|rationale"
    r"|(?:(?:patients?|subjects?|materials?|study design|experimental|methods?|statistical)(?:,| and"
    r"| &)? ?)?(?:and )?(?:materials?|methods?|methodology|procedures?|section|design)"
    r"|(?:materials?|patients?|subjects?) (?:and|&) methods?|methods? (?:and|&) materials?"
    r"|(?:experimental|online|star|extended)[\s★]* (?:procedures?|methods?|section)"
    r"|results?(?: (?:and|&) discussions?)?|findings|discussions?(?: (?:and|&) conclusions?)?"
    r"|conclusions?(?: remarks)?|concluding remarks|limitations.*|perspectives?"
    r"|statistic(?:s|al analys[ie]s)|ethics(?: statement)?|ethical (?:approval|considerations).*"
    r"|supplementary (?:material|data|information)s?|supporting information|appendix(?: [a-z\d])?"
    r"|resumo|resumen|palavras[- ]chave|palabras clave|introdu(?:ção|cción)|m[eé]todos?|materia(?:l|is"
    r"|les) [ey] m[eé]todos?|resultados?(?: [ey] discus(?:ão|ión))?|discus(?:ão|ión)|conclus(?:ão|ões"
    r"|ión|iones)|considerações finais"
    r"|zusammenfassung|einleitung|methoden|ergebnisse|diskussion|schlussfolgerung(?:en)?|r[eé]sum[eé]"
    r"|m[eé]thodes|r[eé]sultats)$",
    re.I,
)
_OUTERMOST = re.compile(
    r"^(?:abstract|author summary|resumo|resumen|r[eé]sum[eé]|zusammenfassung|introduction"
    r"|introdu(?:ção|cción)|references?|refer[eê]ncias|bibliography|acknowledge?ments?)$",
    re.I,
)
_NUMBER = re.compile(r"^(?P<number>(?:\d{1,2}|[A-H])(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.)\s+(?P<title>\S.*)$")
_LEAD = re.compile(
    r"^(?P<name>abstract|a b s t r a c t|summary|resumo|resumen|r[eé]sum[eé]|zusammenfassung|key ?words"
    r"|palavras[- ]chave|palabras clave"
    r"|(?:list of )?abbreviations?|fundings?|acknowledge?ments?|(?:conflicts?"
    r"|competing) (?:of )?interests?)\s*(?:[:.—–-]|\b(?=\s[A-Z]))\s*(?P<rest>\S.*)$",
    re.I,
)


def bare(text: str) -> str:
    """A heading without its number, its letters not spaced out."""
    if re.fullmatch(r"(?:\S ){3,}\S", text.strip()):
        text = text.replace(" ", "")
    found = _NUMBER.match(text)
    return (found["title"] if found else text).strip(" .:—–")


def known(text: str) -> bool:
    """Whether it is a customary title of a section, of evidence or of what is never evidence."""
    title = bare(text)
    return bool(title) and (_NAMES.match(title) is not None or not is_evidence(title))


def lead(line: Line) -> tuple[str, str] | None:
    """A customary title that runs into its text ("Abstract: We ..."): the title, and the rest of the line."""
    found = _LEAD.match(line.text)
    if found is None:
        return None
    marked = line.lead.strip(" :.—–-").lower() == found["name"].lower() or found["name"].isupper()
    if not marked and not re.match(r"^[^:]{0,30}:", line.text):
        return None
    return found["name"].replace(" ", "") if found["name"].startswith("A B") else found["name"], found["rest"]


def style(line: Line) -> Style:
    """What headings of one rank share."""
    letters = [sign for sign in line.text if sign.isalpha()]
    capitals = bool(letters) and sum(map(str.isupper, letters)) > 0.9 * len(letters)
    return round(line.size * 2) / 2, line.bold, capitals, line.font


def is_heading(line: Line, body: Body, before: Line | None, after: Line | None) -> bool:
    """Whether a line is a heading: in other type than the text, short, and above text.

    `before` is the line above it in its block, None at the top of one; `after` the line that is read next.
    """
    if before is not None and not known(line.text) and not _free(line, before, body):
        return False
    if (
        after is not None
        and after.text[:1].islower()
        and not (style(after) == style(line) and _differs(line, body))
    ):
        return False
    text = line.text
    words = text.split()
    if not 1 <= len(words) <= 22 or len(text) > 160 or not any(map(str.isalpha, text)):
        return False
    name = known(text)
    if after is None or text[-1] in ",;" or (text[-1] == "." and not name and not _NUMBER.match(text)):
        return False
    if not (text[0].isupper() or text[0].isdigit() or name) or line.size < 0.9 * body.size:
        return name and _differs(line, body)
    if name:
        return _differs(line, body) or len(words) <= 4
    return _differs(line, body) and sum(map(str.isalpha, text)) > 0.5 * len(text.replace(" ", ""))


def headings(lines: Sequence[Line], body: Body, following: Line | None) -> set[int]:
    """Which lines of a block are headings, by their place; `following` is read after the block."""
    styles = Counter(map(style, lines))
    found: set[int] = set()
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else None
        after = lines[index + 1] if index + 1 < len(lines) else following
        # Four lines in one style are a paragraph in that style.
        if (styles[style(line)] <= 3 or known(line.text)) and is_heading(line, body, before, after):
            found.add(index)
    return found


def _free(line: Line, before: Line, body: Body) -> bool:
    """Whether a line does not go on with the one above it."""
    if before.base - line.base > 1.6 * line.size or not body.is_set(before) and style(before) != style(line):
        return True
    return style(before) != style(line) and re.search(r"[.!?:;)\]”\"]$", before.text) is not None


def _differs(line: Line, body: Body) -> bool:
    rare = body.fonts[line.font] < 0.15 * max(body.fonts[body.font], 1)
    return (
        line.size > 1.06 * body.size
        or (line.bold and not line.lead)
        or (rare and not line.lead and line.font != body.font)
        or style(line)[2]
    )


class Ranks:
    """Which rank the style of a heading has: that of Introduction first, later ones as they nest."""

    def __init__(self, headings: Sequence[Line]) -> None:
        main = Counter(style(line) for line in headings if known(line.text))
        largest = max((key[0] for key, count in main.items() if count > 1 or len(main) == 1), default=0.0)
        self._main = {key for key in main if key[0] >= largest - 0.5} if largest else set(main)
        self._seen: list[Style] = []

    def rank(self, line: Line) -> int:
        """1 for the outermost."""
        if _OUTERMOST.match(bare(line.text)):
            return 1
        found = _NUMBER.match(line.text)
        if found and found["number"][0].isdigit():
            return min(found["number"].strip(".").count(".") + 1, 3)
        key = style(line)
        if key in self._main or (known(line.text) and not self._main):
            return 1
        if key not in self._seen:
            self._seen.append(key)
        return min(self._seen.index(key) + 2, 3) if self._main else 1


def path(stack: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    """Titles from the outermost inwards."""
    return tuple(title for _, title in stack)
