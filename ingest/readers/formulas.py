"""Formulas as readable text: MathML and LaTeX become one line such as `dN/dt = r N (1 - N/K)`.

MathML has no small, living, permissively licensed converter to plain text (py-asciimath and mathml-to-text
stand still), so the dozen elements that papers use are written out here. LaTeX goes through pylatexenc (MIT).
"""

from __future__ import annotations

import logging
import re
import unicodedata

from ingest.readers.markup import Element, local, plain

_SPACED = frozenset("=<>≤≥≠≈≃≅∼~→←↔⇒⇔∝∈∉⊂⊆∪∩+−-±∓×·∗*÷≪≫∧∨|")
_INVISIBLE = str.maketrans("", "", "\u2061\u2062\u2063\u2064")
_ACCENTS = {
    "¯": "\u0304", "‾": "\u0304", "_": "\u0304", "―": "\u0304", "^": "\u0302", "ˆ": "\u0302", "~": "\u0303",
    "˜": "\u0303", "˙": "\u0307", ".": "\u0307", "¨": "\u0308", "→": "\u20d7", "⇀": "\u20d7",
}  # fmt: skip
_BODY = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.S)
_SETTING = re.compile(
    r"\\(?:usepackage|documentclass|setlength)(?:\[[^\]]*\])?(?:\{[^{}]*\})+(?:\{[^{}]*\})?"
)


def mathml(element: Element) -> str:
    """The formula below a `math` element."""
    return " ".join(_term(element).translate(_INVISIBLE).split())


def latex(source: str) -> str:
    """The formula of a `tex-math` element, with or without the document around it."""
    from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped] # it ships no types
    from pylatexenc.latexwalker import LatexWalkerParseError  # type: ignore[import-untyped] # likewise

    body = _BODY.search(source)
    source = (body.group(1) if body else _SETTING.sub("", source)).strip()
    source = re.sub(
        r"\\(?:displaystyle|limits|nonumber|boldsymbol|left|right)(?![A-Za-z])\.?", " ", source
    ).replace("&", " ")
    source = _held_groups(source)
    logging.getLogger("pylatexenc").setLevel(logging.ERROR)
    try:
        told = LatexNodes2Text(math_mode="text", strict_latex_spaces=False).latex_to_text(source)
    except (LatexWalkerParseError, IndexError, ValueError, RecursionError):
        told = source  # a formula that cannot be read is still better shown than dropped
    return re.sub(r" (?=[\^_])", "", " ".join(str(told).translate(_INVISIBLE).split()))


def _held_groups(source: str) -> str:
    """`^{a+b}` as `^(a+b)`: the converter drops braces, and with them what is raised and what is not."""
    group = re.compile(r"([\^_])\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
    return group.sub(
        lambda found: (
            found.group()
            if re.fullmatch(r"\s*(?:[\w*+−-]|\\[A-Za-z]+)\s*", found.group(2))
            else f"{found.group(1)}({_held_groups(found.group(2))})"
        ),
        source,
    )


def _term(element: Element) -> str:
    tag = local(element)
    children = [child for child in element if local(child)]
    if tag in ("mi", "mn", "mtext", "ms"):
        return plain(element)
    if tag == "mo":
        return _operator(plain(element).translate(_INVISIBLE))
    if tag == "mspace":
        return " "
    if tag in (
        "mphantom",
        "annotation",
        "annotation-xml",
        "maligngroup",
        "malignmark",
        "none",
        "mprescripts",
    ):
        return ""
    if tag == "semantics":
        return _term(children[0]) if children else ""
    if tag == "mfenced":
        return _fenced(element, children)
    if tag == "mtable":
        rows = (
            ", ".join(filter(None, (_term(cell).strip() for cell in row if local(cell)))) for row in children
        )
        return "; ".join(filter(None, rows))
    if tag == "msqrt":
        return f"√({_row(children).strip()})"
    parts = [_term(child).strip() for child in children] if tag in _LAID_OUT else []
    if len(parts) >= 2:
        return _laid_out(tag, parts)
    return _row(children) or plain(element)


_LAID_OUT = frozenset(
    {"mfrac", "msup", "msub", "msubsup", "mover", "munder", "munderover", "mroot", "mmultiscripts"}
)


def _row(children: list[Element]) -> str:
    out = ""
    for number, child in enumerate(children):
        term = _term(child)
        if local(child) == "mo" and not number:
            term = term.strip()  # a sign in front, not between
        if not out or not term or not out[-1].isalnum() or not term[0].isalnum():
            out += term
            continue
        # Two names side by side are a product; without a blank they would read as one word.
        wide = local(child) in ("mi", "mtext", "mn", "mfrac", "msub", "msup") and len(term.strip()) > 1
        out += f" {term}" if wide or len(_last_word(out)) > 1 else term
    return out


def _last_word(text: str) -> str:
    return re.split(r"\W", text)[-1]


def _operator(sign: str) -> str:
    if sign in (",", ";"):
        return f"{sign} "
    return f" {sign} " if sign in _SPACED else sign


def _fenced(element: Element, children: list[Element]) -> str:
    separator = (element.get("separators", ",").strip() or " ")[:1]
    inner = f"{separator} ".join(_term(child).strip() for child in children)
    return f"{element.get('open', '(')}{inner}{element.get('close', ')')}"


def _laid_out(tag: str, parts: list[str]) -> str:
    base, first, last = parts[0], parts[1], parts[-1]
    if tag == "mfrac":
        return f"{_held(base)}/{_held(first)}"
    if tag == "mroot":
        return f"{_held(base)}^(1/{first})"
    if tag == "msup":
        return f"{base}^{_held(first)}" if first not in "′'″" else base + first
    if tag in ("msub", "munder"):
        return f"{base}_{_held(first)}"
    if tag == "mover":
        # Publishers write an accent as a sign of its own or as the mark that combines.
        accent = first if len(first) == 1 and unicodedata.combining(first) else _ACCENTS.get(first)
        return base + accent if accent and len(base) == 1 else (base if accent else f"{base}^{_held(first)}")
    if tag == "mmultiscripts":
        return base + "".join(
            f"_{_held(part)}" if i % 2 == 0 else f"^{_held(part)}" for i, part in enumerate(parts[1:]) if part
        )
    return f"{base}_{_held(first)}^{_held(last)}"


def _held(term: str) -> str:
    """`term` in brackets unless it is one word, number or already bracketed."""
    bare = term.strip()
    single = re.fullmatch(r"[−-]?[\w.,′∞]+|\([^()]*\)", bare)
    return bare if single else f"({bare})"
