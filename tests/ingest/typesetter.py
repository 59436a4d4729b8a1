"""Sets small PDFs for the tests: text at places, in the standard fonts, and columns."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

FONTS = {"roman": "Times-Roman", "bold": "Times-Bold", "italic": "Times-Italic", "sans": "Helvetica"}


@dataclass
class Sheet:
    """One page, 612 by 792 points."""

    commands: list[str] = field(default_factory=list)

    def put(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 10,
        font: str = "roman",
        turn: bool = False,
        mode: int = 0,
    ) -> None:
        """Text with its baseline at `y`; `turn` sets it upwards, `mode` 3 makes it invisible."""
        bare = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        matrix = f"0 1 -1 0 {x} {y}" if turn else f"1 0 0 1 {x} {y}"
        self.commands.append(f"BT /{font} {size} Tf {mode} Tr {matrix} Tm ({bare}) Tj ET")

    def column(
        self, x: float, y: float, text: str, *, width: int = 44, size: float = 10, indent: float = 0
    ) -> float:
        """Lines of at most `width` characters from `y` downwards; the height under the last."""
        for number, line in enumerate(textwrap.wrap(text, width, break_on_hyphens=False)):
            self.put(x if number else x + indent, y, line, size=size)
            y -= 1.2 * size
        return y

    def line(self, x: float, y: float, width: float, thick: float = 0.8) -> None:
        """A black bar, its lower edge at `y`."""
        self.commands.append(f"{x} {y} {width} {thick} re f")

    def picture(self) -> None:
        """A grey pixel over the whole page, as a scan would lie there."""
        self.commands.append("q 612 0 0 792 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q")


def pdf(sheets: list[Sheet], info: dict[str, str] | None = None, differences: str = "") -> bytes:
    """The file; `differences` names the glyphs of the codes from 1 on ("/fi /fl")."""
    encoding = f"<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [1 {differences}] >>"
    bodies = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    fonts = {}
    for name, base in FONTS.items():
        bodies.append(f"<< /Type /Font /Subtype /Type1 /BaseFont /{base} /Encoding {encoding} >>")
        fonts[name] = len(bodies)
    resources = (
        "<< /Font << " + " ".join(f"/{name} {number} 0 R" for name, number in fonts.items()) + " >> >>"
    )
    kids = []
    for sheet in sheets:
        stream = "\n".join(sheet.commands)
        bodies.append(f"<< /Length {len(stream.encode('latin-1'))} >>\nstream\n{stream}\nendstream")
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources {resources} /Contents {len(bodies)} 0 R >>"
        )
        kids.append(f"{len(bodies)} 0 R")
    bodies[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    bodies.append("<< " + " ".join(f"/{key} ({value})" for key, value in (info or {}).items()) + " >>")
    out = b"%PDF-1.4\n"
    places = []
    for number, text in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"<< /Size {len(bodies) + 1} /Root 1 0 R /Info {len(bodies)} 0 R >>"
    head = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}"
    return out + f"{head}trailer\n{trailer}\nstartxref\n{len(out)}\n%%EOF\n".encode("latin-1")
