"""XML from strangers: no DTD is read, no entity fetched or expanded, no tree without bounds.

The document type declaration is cut off before parsing, so that neither an external subset nor an entity
that expands into itself can exist. What old DTDs declare (`&alpha;`, `&nbsp;`) is known from HTML 5, which
contains the ISO entity sets of the NLM and BioMed Central DTDs; a plain text entity that the file itself
declares is replaced once. lxml (BSD) then parses with libxml2's own bounds (256 levels, 10 MB a text node).
By its documentation defusedxml does less here: its lxml module is deprecated, and its ElementTree knows
neither the ISO entities nor recovery.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import html5
from typing import cast

from lxml import etree

from ingest.documents import ReadError

Element = etree._Element

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_ENTITY = re.compile(
    r"<!\[CDATA\[.*?\]\]>|&(?:#[xX]([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z][\w.-]{0,40}))?(;?)", re.S
)
_OWN_ENTITY = re.compile(r"""<!ENTITY\s+([A-Za-z][\w.-]*)\s+(?:"([^"&<%]{0,200})"|'([^'&<%]{0,200})')\s*>""")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_STRAY = re.compile("[\udc80-\udcff]")
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed file; tags carry no namespace."""

    root: Element
    notes: tuple[str, ...]
    """What had to be guessed or repaired on the way."""


def decoded(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text of `data` by byte-order mark, declaration or UTF-8.

    Bytes that are not UTF-8 are read as Windows-1252 with a note; the others stay what they are, since one
    bad byte in a file does not make its Greek letters wrong.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data.decode(encoding).lstrip("\ufeff"), ()
            except UnicodeDecodeError:
                raise ReadError(
                    f"{name}: begins as {encoding} and does not go on so; save it as UTF-8"
                ) from None
    declared = _DECLARED.match(data[:400])
    for encoding in (declared.group(1).decode("ascii") if declared else "utf-8", "utf-8"):
        try:
            return data.decode(encoding), ()
        except (UnicodeDecodeError, LookupError):
            continue
    text, bad = rescued(data.decode("utf-8", "surrogateescape"))
    return text, (not_utf8(bad),)


def rescued(text: str) -> tuple[str, int]:
    """`text` as `surrogateescape` decoded it with each stray byte as its Windows-1252 character; how many."""
    return _STRAY.subn(lambda stray: bytes([ord(stray.group()) - 0xDC00]).decode("cp1252", "replace"), text)


def not_utf8(bad: int) -> str:
    """The note on bytes that `rescued` read."""
    return f"not UTF-8 in {bad:,} byte{'' if bad == 1 else 's'}: read as Windows-1252"


def parse(data: bytes, name: str) -> Tree:
    """The tree of an XML file.

    A slip inside (a stray `&`, a tag closed twice) is repaired and noted; a file that ends too early is an
    error, because what is missing cannot be known.

    Raises:
        ReadError: names the file, the line and the repair.
    """
    text, notes = decoded(data, name)
    text, told = sound(text)
    raw = text.encode("utf-8")
    try:
        root = etree.fromstring(raw, _parser())
        noted = (*notes, *told)
    except etree.XMLSyntaxError as error:
        root = _recovered(raw, error, name)
        noted = (*notes, *told, f"not well-formed ({_reason(error)}): repaired")
    for element in root.iter():
        if isinstance(element.tag, str) and "}" in element.tag:
            element.tag = element.tag.rpartition("}")[2]
    return Tree(root, noted)


def repaired(text: str) -> Element | None:
    """The tree of a scrap of XML that need not be well-formed; None when nothing can be made of it."""
    return _mended(sound(text)[0].encode("utf-8"))


def sound(text: str) -> tuple[str, list[str]]:
    """`text` without declaration and DTD, its named entities as characters, illegal characters dropped."""
    start, end = _doctype(text)
    own = {name: double or single for name, double, single in _OWN_ENTITY.findall(text[start:end])}
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text[:start]) + text[end:]
    unknown: set[str] = set()

    def replaced(match: re.Match[str]) -> str:
        hexadecimal, decimal, name, semicolon = match.groups()
        if match.group().startswith("<"):
            return match.group()
        if hexadecimal or decimal:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            return match.group() if semicolon and _legal(code) else ""
        if name in _PREDEFINED and semicolon:
            return match.group()
        if name in own and semicolon:
            return str(own[name])
        if name and semicolon and f"{name};" in html5:
            return "".join(_ESCAPED.get(c, c) for c in html5[f"{name};"])
        if name and semicolon:
            unknown.add(name)
        return "&amp;" + match.group()[1:]

    text = _ILLEGAL.sub("", _ENTITY.sub(replaced, text))
    return text, [f"unknown entity &{name}; kept as it stands" for name in sorted(unknown)[:5]]


def local(element: Element) -> str:
    """The tag; empty for comments and instructions."""
    return element.tag if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """The value of an attribute whatever its namespace, without surrounding blanks; None when empty."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value).strip() or None
    return None


def plain(element: Element | None) -> str:
    """All characters inside `element` on one line."""
    return " ".join("".join(map(str, element.itertext())).split()) if element is not None else ""


def found(element: Element, path: str) -> str | None:
    """The characters of the first element at `path`; None when it is absent or empty."""
    return plain(element.find(path)) or None


def _parser(*, recover: bool = False) -> etree.XMLParser[Element]:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
        recover=recover,
    )


def _recovered(raw: bytes, error: etree.XMLSyntaxError, name: str) -> Element:
    first = re.search(rb"<([A-Za-z_][\w:.-]*)", raw)
    closed = first and re.search(rb"</" + re.escape(first.group(1)) + rb"\s*>", raw[-4096:])
    if not closed or "Huge" in str(error) or "depth" in str(error):
        raise _unreadable(name, error) from None
    root = _mended(raw)
    if root is None:
        raise _unreadable(name, error) from None
    return root


def _mended(raw: bytes) -> Element | None:
    try:
        # lxml's types do not say that nothing at all may be left of a broken file.
        return cast("Element | None", etree.fromstring(raw, _parser(recover=True)))
    except etree.XMLSyntaxError:
        return None


def _unreadable(name: str, error: etree.XMLSyntaxError) -> ReadError:
    return ReadError(f"{name}: not readable as XML ({_reason(error)}); fetch the file again")


def _reason(error: etree.XMLSyntaxError) -> str:
    return re.sub(r"\s+", " ", str(error.msg or error)).partition(" (<string>")[0][:160]


def _legal(code: int) -> bool:
    return (
        code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
    )


def _doctype(text: str) -> tuple[int, int]:
    """Where the document type declaration begins and ends; an empty stretch at 0 when there is none."""
    start = text.find("<!DOCTYPE", 0, 20_000)
    if start < 0:
        return 0, 0
    depth, quote, place = 0, "", start + 9
    while place < len(text):
        c = text[place]
        if quote:
            quote = "" if c == quote else quote
        elif text.startswith("<!--", place):
            place = max(text.find("-->", place), place + 1) + 2
        elif c in "\"'":
            quote = c
        elif c == "[":
            depth += 1
        elif c == "]":
            depth -= 1
        elif c == ">" and depth <= 0:
            return start, place + 1
        place += 1
    return start, len(text)
