"""The inside of a paragraph as text: what markup says with position is said with characters.

Conventions, decided once. A numeric superscript after a letter, digit or bracket is a power and gets a
caret (10^6, cm^2, s^-1); before a word it is an isotope and stands bare (51Cr); charges, phenotypes and
names stand bare (Ca2+, CD8+, PD-1hi, p16INK4a), as the field writes them in plain text. A subscript stands
bare (CO2, Treg, IC50), behind `_` where two digits would meet. A superscript that only cites becomes a
bracket set off from the word (cells [12,13]); a footnote mark becomes one too. Formulas: see `formulas`.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

from lxml import etree

from ingest.readers.formulas import latex, mathml
from ingest.readers.markup import Element, local, plain

BLOCKS = frozenset(
    [
        "fig",
        "fig-group",
        "table-wrap",
        "table-wrap-group",
        "boxed-text",
        "list",
        "def-list",
        "disp-quote",
        "supplementary-material",
        "media",
        "fn",
        "fn-group",
        "verse-group",
        "speech",
        "statement",
        "preformat",
        "code",
        "p",
        "sec",
        "array",
        "graphic",
        "table",
        "sub-article",
        "figr",
        "tblr",
        "tbl",
        "tblfn",
        "suppl",
    ]
)
"""Elements that a paragraph may hold and that are not part of its running text."""
_DROPPED = frozenset(
    [
        "object-id",
        "alt-text",
        "long-desc",
        "index-term",
        "milestone-start",
        "milestone-end",
        "private-char",
        "permissions",
        "copyright-statement",
        "graphic",
        "inline-graphic",
        "inline-media",
        "xref-label",
        "citation-alternatives",
        "processing-meta",
        "email-label",
    ]
)
_NUMERIC = re.compile(r"[\[(]?\s*[A-Z]?\d+[a-z]?(?:\s*[,;–—‐-]\s*[A-Z]?\d+[a-z]?)*\s*[\])]?[,;]?")
_POWER = re.compile(r"[+−–-]?\d+(?:[.,/]\d+)*")
_LOOSE = re.compile(r"\[ ?(\d{1,3}(?: ?[,–—-] ?\d{1,3})* ?)\]")
_FOOTNOTE = re.compile(r"(?:[a-h]|[*†‡§¶#]{1,3})(?:\s*,\s*(?:[a-h]|[*†‡§¶#]{1,3}))*")
"""Marks that lead from a cell to a note below the table."""
_TABLE = ("td", "th", "entry", "table-wrap-foot")
_GLUED = re.compile(r"(?<=[^\W\d_]|[.,;:)”\"])\[(?=\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\])")

Run = str | Element


def text_of(element: Element | None) -> str:
    """The running text of `element`; blocks inside it are left out."""
    return tidy("".join(run for run in runs(element) if isinstance(run, str))) if element is not None else ""


def runs(element: Element) -> list[Run]:
    """The content of `element` in order: stretches of text, and the blocks that stand between them."""
    out: list[Run] = []
    _inside(element, out)
    return out


def tidy(text: str) -> str:
    """One line, with blanks where a marker was set off and none where one was taken out."""
    text = " ".join(text.split())
    text = re.sub(r" +([,;:.)\]](?:\s|$))", r"\1", text)
    text = _LOOSE.sub(lambda match: "[" + match.group(1).replace(" ", "") + "]", text)
    text = re.sub(r"[\[(]\s*(?:[,;–-]\s*)*[\])]", "", text) if "[" in text or "(" in text else text
    text = re.sub(r"(?<=[(\[]) (?=\w)", "", text)
    text = _GLUED.sub(" [", text)
    return " ".join(text.split())


def _inside(element: Element, out: list[Run]) -> None:
    if element.text:
        out.append(str(element.text))
    for child in element:
        tag = local(child)
        if tag in BLOCKS:
            out.append(child)
        elif tag in _RENDERED:
            if tag in ("sub", "sup") and out and isinstance(out[-1], str) and _leans(child, out[-1]):
                out[-1] = out[-1].rstrip()
            out.append(_RENDERED[tag](child, _tail(out)))
        elif tag and tag not in _DROPPED:
            _inside(child, out)
        elif isinstance(child, etree._Entity):  # left as it stands where records are streamed
            out.append(html.unescape(str(child.text or "")))
        if child.tail:
            out.append(str(child.tail))


def _leans(element: Element, before: str) -> bool:
    """Whether an index belongs to the word before it although the layout of the file puts a blank between."""
    if local(element) == "sub":
        return True
    # An isotope number leans on what follows; anything else behind an indented line leans backwards.
    laid_out = re.search(r"\n[ \t]{2,}$", before) is not None
    return plain(element) in ("st", "nd", "rd", "th") or (laid_out and not (element.tail or " ")[0].isalpha())


def _tail(out: list[Run]) -> str:
    """The last characters written so far: what a superscript or a marker leans on."""
    tail = ""
    for run in reversed(out):
        if isinstance(run, str):
            tail = run + tail
            if len(tail) >= 80:
                break
    return tail[-80:]


def _superscript(element: Element, before: str) -> str:
    marks = [x for x in element.iter("xref", "abbr") if x.get("ref-type", "bibr") in _MARKS]
    if marks and not _letters(plain(element), marks):
        return _marker(plain(element).strip(" ,;"), before)
    inner = text_of(element)
    if _FOOTNOTE.fullmatch(inner) and next(element.iterancestors(*_TABLE), None) is not None:
        return _marker(inner, before)
    if _POWER.fullmatch(inner) and before and (before[-1].isalnum() or before[-1] in ")]%"):
        return "^" + inner + _gap(element)
    return inner + _gap(element)


def _gap(element: Element) -> str:
    """The blank at the end of an index, which belongs behind it."""
    return " " if "".join(map(str, element.itertext()))[-1:].isspace() else ""


_MARKS = frozenset({"bibr", "fn", "table-fn", "aff", "corresp", "author-notes", "ref"})


def _letters(inner: str, marks: list[Element]) -> bool:
    """Whether more than the marks and what joins them stands in a superscript."""
    rest = inner
    for mark in marks:
        rest = rest.replace(plain(mark), "", 1)
    return bool(re.search(r"\w", re.sub(r"\d+", "", rest)))


def _subscript(element: Element, before: str) -> str:
    inner = text_of(element)
    mark = "_" if inner[:1].isdigit() and before[-1:].isdigit() else ""
    return mark + inner + _gap(element)


def _reference(element: Element, before: str) -> str:
    kind = element.get("ref-type", "bibr" if local(element) == "abbr" else "")
    inner = plain(element) or _label_of(element)
    if kind == "bibr" and _NUMERIC.fullmatch(inner):
        return _marker(inner, before)
    if kind in _MARKS - {"bibr"} and len(inner) <= 3:
        return _marker(inner, before) if inner else ""
    return text_of(element) or inner


def _label_of(element: Element) -> str:
    """The label of what an empty cross-reference points at: some journals leave it to the printer."""
    target = element.get("rid")
    return _labels(element.getroottree().getroot()).get(target, "") if target else ""


@lru_cache(maxsize=1)
def _labels(root: Element) -> dict[str, str]:
    """Id -> label of everything in a tree that has both."""
    return {
        name: plain(label)
        for label in root.iter("label")
        if (parent := label.getparent()) is not None and (name := parent.get("id"))
    }


def _marker(inner: str, before: str) -> str:
    """A citation or footnote mark, in brackets unless the author put them."""
    if inner[:1] in "[(" or _bracket_is_open(before):
        return inner
    if not before.strip():
        return f"[{inner}] "
    if re.search(r"\b(?:refs?\.?|references?|no\.|ref\. nos?\.?)\s*$", before, re.I):
        return inner
    return f"{' ' if before and not before[-1].isspace() else ''}[{inner}]"


def _bracket_is_open(before: str) -> bool:
    return before.rfind("[") > before.rfind("]") or before.rfind("(") > before.rfind(")")


def _formula(element: Element, before: str) -> str:
    """One rendering of a formula that may be given in several: MathML before LaTeX before characters."""
    display = local(element) in ("disp-formula", "disp-formula-group", "chem-struct-wrap")
    math = next(iter(element.iter("math")), None)
    tex = next(iter(element.iter("tex-math")), None)
    told = mathml(math) if math is not None else ""
    if not told and tex is not None:
        told = latex(plain(tex))
    label = plain(element.find("label"))
    if not told and math is None and tex is None:
        bare = [child for child in element if local(child) not in ("label", "alternatives")]
        told = tidy((element.text or "") + "".join(text_of(c) + (c.tail or "") for c in bare))
    if display:
        return f" {told} {label} " if label else f" {told} "
    gap = " " if told and before[-1:].isalnum() and told[0].isalnum() else ""
    return gap + told


def formula(element: Element) -> str:
    """A displayed formula with its number."""
    return tidy(_formula(element, ""))


def _bare_math(element: Element, before: str) -> str:
    return mathml(element)


def _bare_tex(element: Element, before: str) -> str:
    return latex(plain(element))


def _blank(element: Element, before: str) -> str:
    return " "


_RENDERED = {
    "sup": _superscript,
    "sub": _subscript,
    "xref": _reference,
    "abbr": _reference,
    "inline-formula": _formula,
    "disp-formula": _formula,
    "disp-formula-group": _formula,
    "chem-struct-wrap": _formula,
    "alternatives": _formula,
    "math": _bare_math,
    "tex-math": _bare_tex,
    "break": _blank,
    "hr": _blank,
    "x": _blank,
}
