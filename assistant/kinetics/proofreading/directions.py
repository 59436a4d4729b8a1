"""What is said to fall must fall, and what is added must not be lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from assistant.kinetics.proofreading.mentions import Mention
from assistant.kinetics.proofreading.sheet import Sheet, sign_of
from assistant.kinetics.proofreading.tallies import explains
from assistant.kinetics.wording import WordChange
from assistant.kinetics.words import vocabulary

_UP: Final = re.compile(
    r"\b(?:rais|increas|high|more\b|boost|enhanc|strong|great(?:er|est)|larg|big|fast|quick|rapid|dens|up\b"
    r"|elevat|improv"
    r"|long(?:er|est)?\b|amplif|augment|ris(?:e|es|en|ing)\b|rose\b|climb|doubl|tripl|quadrupl|quintupl"
    r"|twice|thrice|tight"
    r"|extend|prolong|accelerat|escalat|intens|heav|bulk|bright|huge|massive|enormous|giant|abundan|deep"
    r"|rich|potent"
    r"|upregulat|multipl|surg|soar|jump|sooner|earlier|lots?\b|plenty|avid|times\b)\w*"
)
_DOWN: Final = re.compile(
    r"\b(?:low|reduc|decreas|less|few|weak|cut|drop|small|slow|diminish|shallow|short|attenuat|halv|half"
    r"|fall|fell|declin"
    r"|shrink|shr[au]nk|trim|curb|limit(?!\sof)|suppress|blunt|scarce|sparse|dim\b|dimm|tiny|mild|down|loos"
    r"|poor|minim"
    r"|thin|dilut|dampen|taper|shav|slash|light|curtail|soften|delay|little|faint|gentl|modest|lose|losing"
    r"|lost"
    r"|third|quarter|fifth|tenth|hundredth|fraction)\w*"
)
_PAIRED: Final = re.compile(
    r"\b(?P<how>more|less)\s(?P<adverb>weak|loose|slow|poor|sparse|dim|shallow|scarce|strong|tight|avid"
    r"|quick|rapid"
    r"|efficient|potent|fast|intens|dens|dilut|sensitiv|high|low)\w*"
)
_SMALL: Final = ("weak", "loose", "slow", "poor", "sparse", "dim", "shallow", "scarce", "dilut", "low")
_NO_WAY: Final = re.compile(
    r"\b(?:up\sto|how\s(?:long|much|many|fast|quickly|high|low)|as\s(?:long|much|many|high|fast|strong\w*"
    r"|well|quick\w*"
    r"|often|far|good|big|large|dense|tight\w*|rapid\w*)(?:\sas)?|(?:no|not)\s(?:more|less|longer"
    r"|fewer)(?:\sthan)?"
    r"|(?:more|less|fewer|greater|lower|higher)\sthan(?=\s\d)|mak\w+\sup|made\sup|set\sup|end\sup|low-dose"
    r"|high-dose"
    r"|long[- ](?:term|lived|lasting|run)|more\sprone|one\smore|once\smore|first\s\w+\stimes|shortly|fewest"
    r"|lowest\sdose"
    r"|times\s(?:a|per|each|every)|times\s(?=(?:lower|less|fewer|weaker|slower|smaller|shorter))|follow\sup"
    r"|third[- ]gen\w*)\b"
)
_AS_LITTLE: Final = re.compile(r"\bas\s(?:low|few|small|little|slow|weak|short|sparse|dim)\w*")
_PLAIN: Final = re.compile(r"half|halv|third|quarter|fifth|tenth|hundredth|times")
"""Sizes that carry a direction of their own only where no other word gives one: "increase by half"."""
_LOSS: Final = re.compile(
    r"(?:knock|\bko\b|\btko\b|\bdko\b|\bkos\b|ko'd|loss|lost|los[ei]|delet|disrupt|deficien|inactivat"
    r"|silenc|inhibit|block"
    r"|remov|null|ablat|excis|\boff\b|\bout\b|suppress|less|low|reduc|lack|without|\bno\b|minus|negative"
    r"|edit|crispr|rid\b"
    r"|down|elimin|absen|free|antibod|anti|mutat|targeted|gone|goes|depriv|\bnot\b|n't|never|prevent|stop"
    r"|disabl|abolish|dead)"
)
_GAIN: Final = re.compile(
    r"(?:over-?express|\bexpress|restor|rescu|reintroduc|more|increas|boost|upregulat|armou?r|transgen"
    r"|reactivat|\bforc"
    r"|enforc|ectopic|secret|produc|\bactive|hyperactiv|\bgain|rais|elevat|intact|functional|enhanc|keep"
    r"|kept|retain"
    r"|preserv|maintain|wild|normal|stays?\b|present|\bup\b|double\b(?!.*knock)|triple\b(?!.*knock)|\badd)"
)


_SIZED: Final = re.compile(r"big|larg|huge|massive|bulk|small|tiny|enormous|giant")


_MARK: Final = re.compile(r"\s?(?:\+/\+|\+(?=\s|$|,|\))|-/-|-(?=\s|$|,|\)))")
"""Genotypes and phenotypes: "TET2-/-", "c-Jun+"."""


class Way(NamedTuple):
    """A word of direction."""

    start: int
    end: int
    sign: int
    text: str


def ways(sheet: Sheet) -> Iterator[str]:
    """What speaks against the directions of a reading."""
    told = words(sheet)
    for change in sheet.found.changes:
        polarity = vocabulary().polarity.get(change.target, "") if change.kind == "layer" else ""
        for anchor in sheet.anchors(change):
            if sheet.arms.compared and change.side != "both" and sheet.side(anchor.start) != change.side:
                continue
            if polarity and anchor.kind == "layer":
                yield from _polar(sheet, anchor, polarity)
                continue
            sign, way = sign_of(change, anchor), _told(sheet, anchor, told)
            if sign and way and sign != way:
                yield f"'{change.said}' goes the other way than the words beside '{anchor.text}'"
            if sign < 0 and change.kind == "times" and not _may_fall(sheet, change, told):
                yield f"no word says that '{anchor.text}' falls"
    yield from _unanswered(sheet, told)


def _may_fall(sheet: Sheet, change: WordChange, told: Sequence[Way]) -> bool:
    """Whether anything in the words lets a change go down: a word, or a part ("20 % of the dose")."""
    if any(w.sign < 0 for w in told) or _AS_LITTLE.search(sheet.folded):
        return True
    return any(
        (n.kind in ("part", "percent") or n.value < 1.0) and explains(sheet, n, change) for n in sheet.numbers
    )


def words(sheet: Sheet) -> list[Way]:
    """Words of direction and their signs, without those in names and bounds."""
    skip = [(n.start, n.end) for n in sheet.names]
    skip += [m.span() for p in (_NO_WAY, _AS_LITTLE) for m in p.finditer(sheet.folded)]
    out: list[Way] = []
    for match in _PAIRED.finditer(sheet.folded):
        small = match["adverb"] in _SMALL
        out.append(Way(*match.span(), 1 if (match["how"] == "more") != small else -1, match.group()))
        skip.append(match.span())
    for sign, pattern in ((1, _UP), (-1, _DOWN)):
        out += [
            Way(*m.span(), sign, m.group())
            for m in pattern.finditer(sheet.folded)
            if not any(s <= m.start() < e for s, e in skip)
        ]
    return sorted(out)


def _told(sheet: Sheet, anchor: Mention, told: Sequence[Way]) -> int:
    """The sign of the words of direction that belong to a name; 0 where there are none, or both."""
    start, end = sheet.window(anchor.start)
    if any(start <= m.start() < end for m in _AS_LITTLE.finditer(sheet.folded)):
        return -1
    ways = [w for w in told if start <= w.start < end and _belongs(sheet, w, anchor)]
    signs = {w.sign for w in ways if not _PLAIN.match(w.text)} or {w.sign for w in ways}
    return signs.pop() if len(signs) == 1 else 0


def _belongs(sheet: Sheet, way: Way, anchor: Mention) -> bool:
    owner = _owner(sheet, way)
    return owner is None or owner.start == anchor.start


def _owner(sheet: Sheet, way: Way) -> Mention | None:
    """The name that a word of direction stands nearest to, in its stretch."""
    kinds = ("layer", "concept", "event", "outcome")
    aliases = [a for c in sheet.found.changes for a in sheet.anchors(c) if a.kind == "alias"]
    named = [n for n in sheet.names if n.kind in kinds]
    near = sheet.within(sheet.window(way.start), [*aliases, *named])
    return min(
        near, key=lambda n: n.start - way.end if n.start >= way.end else way.start - n.end + 1, default=None
    )


def _unanswered(sheet: Sheet, told: Sequence[Way]) -> Iterator[str]:
    """Words of direction that no change, no outcome and no note took."""
    anchors = [(c, a) for c in sheet.found.changes for a in sheet.anchors(c)]
    set_apart = sheet.arms.kind in ("versus", "instead", "pair", "or")
    for way in told:
        owner = _owner(sheet, way)
        if _PLAIN.match(way.text) or way.text in sheet.told:
            continue
        if owner is not None:
            own = [
                c
                for c, a in anchors
                if a.start == owner.start or (a.kind == owner.kind and a.target == owner.target)
            ]
            side = sheet.side(way.start)
            if set_apart and own and all(c.side not in (side, "both") for c in own):
                yield f"'{way.text} ... {owner.text}' is in no change of design {side}"
            sized = owner.target == "tumour_nadir" and _SIZED.match(way.text)
            if sized and not any(a.start == owner.start for _, a in anchors):
                yield f"'{way.text} {owner.text}' is not in the comparison"
            continue
        span = sheet.window(way.start)
        if any(span[0] <= a.start < span[1] for _, a in anchors):
            continue
        # "High versus low burden": the name stands in the other arm, and the change must be in this one.
        side = sheet.side(way.start)
        signs = [sign_of(c, a) for c, a in anchors if not sheet.arms.compared or c.side in (side, "both")]
        if signs and way.sign not in signs and any(signs):
            yield f"'{way.text}' is in no change of design {side}"
        if not anchors:
            yield f"'{way.text}' belongs to nothing in the comparison"


def _polar(sheet: Sheet, anchor: Mention, polarity: str) -> Iterator[str]:
    """A gene that the words add must not be one that the lever takes, nor the other way."""
    start, end = sheet.window(anchor.start)
    words = sheet.folded[start:end]
    mark = _MARK.match(sheet.folded, anchor.end)
    if mark is not None and ("+" in mark.group()) != (polarity == "gain"):
        yield f"'{anchor.text}{mark.group()}' is the other way than what was read"
    loss, gain = _LOSS.search(words), _GAIN.search(words)
    if polarity == "loss" and gain is not None and loss is None:
        yield f"'{gain.group()}' stands beside '{anchor.text}', and its loss was read"
    if polarity == "gain" and loss is not None and gain is None:
        yield f"'{loss.group()}' stands beside '{anchor.text}', and more of it was read"
