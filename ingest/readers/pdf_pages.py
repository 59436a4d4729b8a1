"""The pages of a PDF as pieces of text with their places: the one border to pdfium.

A piece is a run of glyphs in one font and size on one baseline, without a gap that could be a gutter.
pdfium is not safe in threads: one file at a time in a process.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # ships no type information
import pypdfium2.raw as c  # type: ignore[import-untyped]  # same

from ingest.documents import ReadError
from ingest.readers.pdf_glyphs import combining, composes, plain, unnamed
from ingest.readers.pdf_shapes import SUSPECTS, outline, sign

GUTTER = 0.9
"""A gap of so many ems ends a piece: wider than a word space, narrower than a gutter."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Glyphs in a row. Coordinates are points from the lower left corner of the upright page."""

    text: str
    left: float
    right: float
    base: float
    """Height of the baseline."""
    size: float
    """Effective type size, points."""
    bold: bool
    italic: bool
    font: str
    spaced: bool
    """Whether a blank stands before it."""
    number: int
    """Place in the order of drawing."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, counted from 1."""

    number: int
    width: float
    height: float
    pieces: tuple[Piece, ...]
    invisible: int
    """Glyphs drawn invisibly: the text layer that character recognition lays under a scan."""
    turned: int
    """Glyphs left out because they run in another direction than the page's text."""
    pictures: bool
    """Whether the page draws an image."""
    reshaped: frozenset[str] = frozenset()
    """Signs read by their shapes against their codes, as "5 is =" ."""


Signs = dict[tuple[str, str], str | None]
"""What the shapes of glyphs say, by font and code."""


class Pdf:
    """An open file. Iterate over it for its pages; use it in a `with`."""

    def __init__(self, data: bytes, source: str) -> None:
        self._source = source
        try:
            self._file = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            raise ReadError(f"{source}: {_reason(data, error)}") from error
        self.broken: list[int] = []
        """Pages that pdfium could not load."""
        self._signs: Signs = {}

    def __enter__(self) -> Pdf:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._file)

    def __iter__(self) -> Iterator[Page]:
        for index in range(len(self._file)):
            try:
                page = self._file[index]
                text = page.get_textpage()
            except pdfium.PdfiumError:
                self.broken.append(index + 1)
                continue
            yield _page(page, text, index + 1, self._signs)
            text.close()
            page.close()

    def metadata(self) -> dict[str, str]:
        """The Info dictionary: Title, Author, Subject, CreationDate ... as far as it is there."""
        return {key: value for key, value in self._file.get_metadata_dict().items() if value}


def _reason(data: bytes, error: pdfium.PdfiumError) -> str:
    """Why the file does not open, and what to do."""
    if not data.strip():
        return "the file is empty (0 bytes of content): fetch it again"
    if b"%PDF-" not in data[:1024]:
        seen = data[:24].decode("latin-1").split("\n")[0]
        return f"not a PDF (it begins with {seen!r}): give the file its right ending or fetch it again"
    if error.err_code == c.FPDF_ERR_PASSWORD:
        return "encrypted, and it needs a password: save a copy without one and ingest that"
    if error.err_code == c.FPDF_ERR_SECURITY:
        return "encrypted in a way that cannot be read here: save a copy without encryption and ingest that"
    if re.search(rb"/Count\s+0\b", data) and not re.search(rb"/Type\s*/Page\b", data):
        return "the PDF has no pages: fetch it again"
    if b"%%EOF" not in data[-2048:]:
        return "the PDF is cut off (its end is missing): fetch it again"
    return "the PDF is damaged and cannot be opened: fetch it again, or print it to a new PDF"


@dataclass(frozen=True, slots=True)
class _Style:
    """What the glyphs of one text object share."""

    font: str
    size: float
    bold: bool
    italic: bool
    quarter: int
    """Direction of writing in quarter turns; 9 where it runs askew."""
    invisible: bool
    handle: object = field(default=None, compare=False)
    """The font, as long as the page is open."""


_UPRIGHT = _Style("", 10.0, False, False, 0, False)
_BAR = 0.25
"""Most that a bar under a sign is thick, and lies aside of it, as a share of its width."""
_WIDEST = 10.0
"""Most that `_BAR` of a bar comes to, in points: longer lines are rules."""
_FEW = 12
"""A font with more codes than this on a page holds text, not signs."""


@dataclass(frozen=True, slots=True)
class _Glyph:
    sign: str
    style: _Style
    left: float
    right: float
    x: float
    y: float
    spaced: bool


def _page(page: pdfium.PdfPage, text: pdfium.PdfTextPage, number: int, signs: Signs) -> Page:
    glyphs, reshaped = _reshaped(list(_glyphs(text)), signs)
    left, bottom, right, top = page.get_cropbox()
    quarters = Counter(glyph.style.quarter for glyph in glyphs)
    # A table set sideways fills its page; a stamp in the margin does not.
    quarter = quarters.most_common(1)[0][0] if quarters else 0
    if quarter == 9:
        quarter = 0
    width, height = right - left, top - bottom
    upright = []
    for glyph in glyphs:
        inside = left - 2 <= glyph.x <= right + 2 and bottom - 2 <= glyph.y <= top + 2
        if glyph.style.quarter == quarter and inside:
            upright.append(_turn(glyph, quarter, left, bottom, width, height))
    if any(glyph.sign == "+" for glyph in upright) and _underscored(
        upright, list(_bars(page, quarter, left, bottom, width, height))
    ):
        reshaped |= {"± for + over a line"}
    if quarter % 2:
        width, height = height, width
    return Page(
        number=number,
        width=width,
        height=height,
        pieces=tuple(_pieces(upright)),
        invisible=sum(glyph.style.invisible for glyph in upright),
        turned=len(glyphs) - len(upright),
        pictures=any(True for _ in page.get_objects(filter=(c.FPDF_PAGEOBJ_IMAGE,), max_depth=3)),
        reshaped=reshaped,
    )


def _reshaped(glyphs: list[_Glyph], signs: Signs) -> tuple[list[_Glyph], frozenset[str]]:
    """Glyphs of fonts of signs, read by their shapes."""
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for glyph in glyphs:
        codes[glyph.style.font].add(glyph.sign)
    few = {font for font, seen in codes.items() if len(seen) <= _FEW}
    told: set[str] = set()
    for index, glyph in enumerate(glyphs):
        if glyph.style.font not in few or glyph.sign not in SUSPECTS or glyph.style.handle is None:
            continue
        key = glyph.style.font, glyph.sign
        if key not in signs:
            signs[key] = sign(outline(glyph.style.handle, ord(glyph.sign)), glyph.sign)
        found = signs[key]
        if found is not None:
            glyphs[index] = replace(glyph, sign=found)
            told.add(f"{found} for {glyph.sign}")
    return glyphs, frozenset(told)


def _bars(
    page: pdfium.PdfPage, quarter: int, left: float, bottom: float, width: float, height: float
) -> Iterator[tuple[float, float, float]]:
    """The short thin lines of a page as where they begin, end and lie, turned as `_turn` turns glyphs."""
    for drawn in page.get_objects(filter=(c.FPDF_PAGEOBJ_PATH,), max_depth=1):
        x0, y0, x1, y1 = drawn.get_bounds()
        x0, y0, x1, y1 = x0 - left, y0 - bottom, x1 - left, y1 - bottom
        begin, end, low, thick = (
            (x0, x1, y0, y1 - y0),
            (y0, y1, width - x1, x1 - x0),
            (width - x1, width - x0, height - y1, y1 - y0),
            (height - y1, height - y0, x0, x1 - x0),
        )[quarter]
        if thick <= _BAR * (end - begin) <= _WIDEST:
            yield begin, end, low


def _underscored(glyphs: list[_Glyph], bars: Sequence[tuple[float, float, float]]) -> bool:
    """Read each "+" that is drawn over a line of its own width as "±", in place; whether there was one."""
    found = False
    for index, glyph in enumerate(glyphs):
        slack, size = _BAR * (glyph.right - glyph.left), glyph.style.size
        if glyph.sign == "+" and any(
            abs(begin - glyph.left) <= slack
            and abs(end - glyph.right) <= slack
            and -size / 2 <= low - glyph.y <= size / 10
            for begin, end, low in bars
        ):
            glyphs[index] = replace(glyph, sign="±")
            found = True
    return found


def _turn(glyph: _Glyph, quarter: int, left: float, bottom: float, width: float, height: float) -> _Glyph:
    """The glyph in coordinates in which the page's text runs from left to right."""
    x0, x1, x, y = glyph.left - left, glyph.right - left, glyph.x - left, glyph.y - bottom
    advance = x1 - x0
    if quarter == 1:
        x, y = y, width - x
    elif quarter == 2:
        x, y = width - x, height - y
    elif quarter == 3:
        x, y = height - y, x
    else:
        return _Glyph(glyph.sign, glyph.style, x0, x1, x, y, glyph.spaced)
    return _Glyph(glyph.sign, glyph.style, x, x + advance, x, y, glyph.spaced)


def _glyphs(text: pdfium.PdfTextPage) -> Iterator[_Glyph]:
    raw = text.raw
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    box = tuple(ctypes.byref(value) for value in (left, right, bottom, top))
    origin = ctypes.byref(x), ctypes.byref(y)
    styles: dict[int, _Style] = {}
    spaced, style = False, _UPRIGHT
    for index in range(text.count_chars()):
        code = c.FPDFText_GetUnicode(raw, index)
        sign = chr(code)
        if sign.isspace():
            spaced = True
            continue
        if code == 0xFFFF or 0xD800 <= code <= 0xDFFF:
            continue
        thing = c.FPDFText_GetTextObject(raw, index)
        if thing:
            address = ctypes.addressof(thing.contents)
            if address not in styles:
                styles[address] = _style(raw, index, thing)
            style = styles[address]
        c.FPDFText_GetCharBox(raw, index, *box)
        c.FPDFText_GetCharOrigin(raw, index, *origin)
        ends = (bottom.value, top.value) if style.quarter % 2 else (left.value, right.value)
        low, high = ends
        yield _Glyph("-" if sign in "\x02\ufffe" else sign, style, low, high, x.value, y.value, spaced)
        spaced = False


def _style(raw: object, index: int, thing: object) -> _Style:
    size, matrix = ctypes.c_float(), c.FS_MATRIX()
    c.FPDFTextObj_GetFontSize(thing, ctypes.byref(size))
    c.FPDFText_GetMatrix(raw, index, ctypes.byref(matrix))
    font = c.FPDFTextObj_GetFont(thing)
    name = ctypes.create_string_buffer(256)
    c.FPDFFont_GetBaseFontName(font, name, 256)
    plain_name = name.value.decode("utf-8", "replace").split("+", 1)[-1] if name.value else ""
    low = plain_name.lower()
    turns = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
    nearest = round(turns)
    return _Style(
        font=plain_name,
        size=max(size.value * math.hypot(matrix.c, matrix.d), 0.1),
        bold=c.FPDFFont_GetWeight(font) >= 600
        or any(word in low for word in ("bold", "black", "heavy", ".b")),
        italic=any(word in low for word in ("italic", "oblique", ".i")),
        quarter=nearest % 4 if abs(turns - nearest) < 0.06 else 9,
        invisible=c.FPDFTextObj_GetTextRenderMode(thing) == c.FPDF_TEXTRENDERMODE_INVISIBLE,
        handle=font,
    )


def _pieces(glyphs: list[_Glyph]) -> Iterator[Piece]:
    """Runs of glyphs of one style on one baseline."""
    run: list[_Glyph] = []
    number = 0
    for glyph in glyphs:
        if run and not _continues(run[-1], glyph):
            yield _piece(run, number)
            number, run = number + 1, []
        run.append(glyph)
    if run:
        yield _piece(run, number)


def _continues(before: _Glyph, glyph: _Glyph) -> bool:
    em = before.style.size
    gap = glyph.left - before.right
    return (
        glyph.style == before.style
        and abs(glyph.y - before.y) < 0.12 * em
        # The letters of a ligature come with one box for all of them.
        and (-0.6 * em < gap < GUTTER * em or glyph.left == before.left)
    )


def _piece(run: list[_Glyph], number: int) -> Piece:
    style = run[0].style
    return Piece(
        text=plain(_spell(run)),
        left=min(glyph.left for glyph in run),
        right=max(glyph.right for glyph in run),
        base=run[0].y,
        size=style.size,
        bold=style.bold,
        italic=style.italic,
        font=style.font,
        spaced=run[0].spaced,
        number=number,
    )


def _spell(run: list[_Glyph]) -> str:
    """The characters of a run with their blanks; an accent goes onto the letter that it stands over."""
    out: list[str] = []
    before: _Glyph | None = None
    run = [_ligature(glyph, run[i + 1].sign if i + 1 < len(run) else "") for i, glyph in enumerate(run)]
    waiting: tuple[str, _Glyph] | None = None
    for glyph in run:
        mark = combining(glyph.sign)
        if mark and before and _over(glyph, before) and composes(out[-1], mark):
            out[-1] += mark
            continue
        if before and (glyph.spaced or glyph.left - before.right > 0.4 * glyph.style.size):
            out.append(" ")
        if waiting and _over(waiting[1], glyph) and composes(glyph.sign, waiting[0]):
            out.pop()
            if out and out[-1] == " " and not waiting[1].spaced:
                out.pop()
            out.append(glyph.sign + waiting[0])
        else:
            out.append(glyph.sign)
        waiting = (mark, glyph) if mark else None
        before = glyph
    return "".join(out)


def _ligature(glyph: _Glyph, after: str) -> _Glyph:
    """A glyph without a code inside a word is a ligature as a rule: which one, its width tells."""
    if glyph.sign != "\0":
        return glyph
    ems = (glyph.right - glyph.left) / glyph.style.size
    return replace(glyph, sign=unnamed(ems, after))


def _over(accent: _Glyph, letter: _Glyph) -> bool:
    middle = (accent.left + accent.right) / 2
    return letter.left - 0.05 * letter.style.size < middle < letter.right + 0.05 * letter.style.size
