"""Where a number of the model comes from, as an answer: its value, its status and the finding behind it.

A what-if shows numbers; a reader asks why. The value and its standing (published, fitted, guided, assumed)
are facts about the model, told in our own words; what a paper says is its finding, quoted and cited like
in every other answer. A number without a source is called assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from assistant.answering.citing import Bibliography
from assistant.answering.extractive import badge, source
from assistant.evidence import Sentence
from assistant.kinetics.provenance import SIDES, Asked, half_life, values

if TYPE_CHECKING:
    from assistant.evidence import Citation
    from assistant.kinetics.parameters import Parameter, Source
    from ingest.catalog import Catalog

STANDING = {
    "published": "published",
    "fitted": "fitted to published kinetics",
    "guided": "guided by a published direction or range, size assumed",
    "assumed": "assumed",
}


@dataclass
class Told:
    """An answer in the making."""

    markdown: list[str] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    whatif: str = ""

    def say(self, text: str, cited: Sequence[Citation] = (), *, quote: bool = False) -> None:
        """Add a sentence: a finding's own words, or a fact about the model."""
        marks = "".join(f"[{c.n}]" for c in cited)
        quoted = any(s.role != "link" for s in self.sentences)
        role: Literal["lead", "evidence", "link"] = "link" if not quote else "evidence" if quoted else "lead"
        self.sentences.append(Sentence(text, tuple(c.n for c in cited), "supported", role=role))
        tail = f" *({badge(cited[0])})*" if quote and cited else ""
        self.markdown.append(f"- {text} {marks}{tail}".replace("  ", " ").rstrip())


def compose(asked: Asked, catalog: Catalog) -> tuple[Told, Bibliography]:
    """The answer to a question about the model's numbers."""
    told, bibliography = Told(), Bibliography(catalog)
    for name in asked.parameters:
        found = values(name, asked.design)
        if told.markdown:
            told.markdown.append("")
        told.say(_value(name, found, asked))
        for quoted in _quotes(found, bibliography):
            told.say(quoted.quote, (quoted,), quote=True)
        for line in _standing(found):
            told.say(line)
    told.whatif = _offer(asked)
    told.markdown += ["", f"**Try it on the model** `{told.whatif}`"]
    if bibliography.citations:
        told.markdown += ["", "**Sources**", *(source(c) for c in bibliography.citations)]
    return told, bibliography


def _value(name: str, found: dict[str, Parameter], asked: Asked) -> str:
    """What the model holds, and whether the question's premise is true of it."""
    from assistant.kinetics.parameters import meanings

    meaning = meanings()[name]
    if "" in found:
        listed = f"{_number(found[''], asked)} in every design"
        return f"{_premise(found, asked)}In the model {name} ({meaning.text}) is {listed}."
    parts = [f"{_number(p, asked)} in {label}" for label, p in found.items()]
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{_premise(found, asked)}In the model {name} ({meaning.text}) is {listed}."


def _premise(found: dict[str, Parameter], asked: Asked) -> str:
    side = SIDES.get(asked.design, "")
    if not asked.premise or not side:
        return ""
    if "" in found:
        return f"It is not {asked.premise} in {side}. "
    other = next(label for label in SIDES.values() if label != side)
    gap = found[side].value - found[other].value
    true = gap > 0.0 if asked.premise == "higher" else gap < 0.0
    return "" if true else f"It is not {asked.premise} in {side}. "


def _number(p: Parameter, asked: Asked) -> str:
    from assistant.kinetics.sentences import number

    unit = "" if p.unit == "1" else f" {p.unit}"
    text = f"{number(p.value)}{unit}"
    life = half_life(p)
    if asked.half_life and life is not None:
        text += f", a half-life of {number(life)} days"
    span = f"{number(p.low)} to {number(p.high)}{unit}" if p.low != p.high else "no range"
    return f"{text} ({STANDING.get(p.status, p.status)}; plausible range {span})"


def _quotes(found: dict[str, Parameter], bibliography: Bibliography) -> list[Citation]:
    """The findings behind the values, each once."""
    ids = dict.fromkeys(p.source.finding for p in found.values() if p.source and p.source.finding)
    cited = [bibliography.cite_id(finding) for finding in ids]
    return [c for c in cited if c is not None]


def _standing(found: dict[str, Parameter]) -> list[str]:
    """How far each source carries: the number, or only its direction, or nothing."""
    told: dict[str, list[str]] = {}
    for label, p in found.items():
        parts = []
        if p.source and p.source.doi:
            began = {"published": "the number is from", "fitted": "fitted, from a start in"}
            parts.append(f"{began.get(p.status, 'compare')} {_paper(p.source)}")
        if p.source and p.source.finding and p.status != "published" and "direction" not in p.note:
            parts.append("the finding is no source of the number itself")
        if p.source is None:
            parts.append("no source gives this number")
        parts += [p.note] if p.note else []
        told.setdefault("; ".join(parts) or STANDING.get(p.status, p.status), []).append(label)
    return [f"{' and '.join(sides)}: {text}." if any(sides) else f"{text}." for text, sides in told.items()]


def _paper(where: Source) -> str:
    """The paper of a number, by name where the corpus holds it."""
    from assistant.kinetics.citations import cite, short

    known = cite({"doi": where.doi}) or {}
    place = f", {where.table}" if where.table else ""
    return f"{short(known)} (doi {where.doi}{place})" if known.get("paper") else f"doi {where.doi}{place}"


def _offer(asked: Asked) -> str:
    """A what-if that shows what the number does."""
    name = asked.parameters[0]
    found = values(name)
    base = asked.design or "bbz"
    if "" in found:
        one = found[""]
        return f"senescope whatif --design {base} --set {name}=" + ("x2" if one.value else f"{one.high:g}")
    other = found["CD28" if base != "28z" else "4-1BB"]
    return f"senescope whatif --design {base} --set {name}={other.value:g}"
