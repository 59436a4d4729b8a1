"""Names and small words: which phrases stand for designs, levers, concepts and outcomes.

The phrases come from four places: vocabulary.toml, the synonyms of designs and levers, the names of
the parameters themselves, and the glossary of the corpus, which knows that CD137 is 4-1BB. A phrase is
compared by a key without case, hyphens, plural and British spelling; the longest match wins. A glossary
term for which nothing in the model stands is found too, so that it can be named as such.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from itertools import product
from typing import Any, Final, Literal, TypeAlias

from assistant.kinetics.quantities import Amount, amount_at, fold

NameKind: TypeAlias = Literal["design", "layer", "concept", "event", "outcome", "place", "term"]
ItemKind: TypeAlias = Literal[
    "design", "layer", "concept", "event", "outcome", "place", "term", "amount", "up", "down", "level", "off",
    "versus", "but-not", "instead", "replace", "compare", "from", "to", "by", "with", "without", "and", "or",
    "under", "both", "only", "keep", "side", "comma", "horizon", "loss", "gain", "stop", "unknown",
]  # fmt: skip

_RUN: Final = re.compile(r"\d+|[a-z]+")
_LONGEST: Final = 9
_SPELLING: Final = {
    "tumour": "tumor", "signalling": "signaling", "leukaemia": "leukemia", "hypoxaemia": "hypoxemia",
    "haematological": "hematological", "programme": "program", "ageing": "aging", "cart": "cart",
}  # fmt: skip

NEGATIONS: Final = frozenset(
    ("not", "never", "neither", "nor", "cannot", "don't", "doesn't", "didn't", "isn't", "aren't", "wasn't")
    + ("weren't", "won't", "wouldn't", "can't", "couldn't")
)
_HIGH: Final = frozenset(
    (
        "high",
        "large",
        "big",
        "strong",
        "deep",
        "dense",
        "bulky",
        "bright",
        "abundant",
        "intense",
        "heavy",
        "fast",
        "long",
        "huge",
        "massive",
        "enormous",
        "giant",
    )
)
_STRONGLY: Final = r"(?:strong|tight|avid|quick|rapid|efficient|potent|effective|intense|abundant)(?:ly)?"
_WEAKLY: Final = r"(?:weak|loose|slow|poor|sparse|dim|shallow|scarce)(?:ly)?"
_PHRASES: Final[tuple[tuple[re.Pattern[str], ItemKind], ...]] = (
    (
        re.compile(r"(?:single|double|triple)[\s-](?:knock(?:ed|ing)?[\s-]?outs?|kos?|deletions?|loss)\b"),
        "loss",
    ),
    (re.compile(r"knock(?:ed|ing|s)?(?:[\s-]ins?\b|\s(?=(?:the\s|a\s)?cars?\s(?:in|into|at)\b))"), "gain"),
    (
        re.compile(r"at\s(?:the\s(?:time|day)\sof\s)?(?:infusion|baseline|treatment)\b(?!\sof\b)"),
        "stop",
    ),
    (re.compile(r"no\s(?:more|less|fewer)\sthan\b|as\s(?:little|few|much|many)\sas\b"), "stop"),
    (
        re.compile(
            r"drop(?:s|ped|ping)?(?=\s(?:the\s)?(?:conditioning|lymphodepletion|flu)\b(?!\s(?:by|to)\b))"
        ),
        "off",
    ),
    (re.compile(r"on\stop\b(?!\sof\b)|one-off\b|(?:(?<=more\s)|(?<=less\s))prone\sto\b"), "stop"),
    (re.compile(r"(?:would|i'd|we'd)\slove\sto\b"), "stop"),
    (
        re.compile(
            r"(?:less|fewer|more|greater)\sthan(?=\s\d[\d.,]*(?:e\d+)?\s?(?:%|percent|cells|molecules|copies))"
        ),
        "stop",
    ),
    (re.compile(r"side\sby\sside\b|head\sto\shead\b"), "stop"),
    (re.compile(r"how\slong\b|look(?:s|ed|ing)?\slike\b"), "stop"),
    (re.compile(rf"(?:more\s{_WEAKLY}|less\s{_STRONGLY})\b"), "down"),
    (re.compile(rf"(?:more\s{_STRONGLY}|less\s{_WEAKLY})\b"), "up"),
    (
        re.compile(r"(?:over|across|in)(?=\s\w+\s(?:equal\s)?(?:dose|infusion|fraction|part|injection)s\b)"),
        "to",
    ),
    (re.compile(r"(?:leave|leaves|leaving|left)\sout\b"), "off"),
    (
        re.compile(
            r"against(?=\s(?:an?\s|the\s)?(?:(?!(?:in|at|with|on|for|by|over|and|or|under|from|of)\s|[a-z]+-cel\s|bbz\s)"
            r"[a-z-]+\s){0,2}(?:tumou?r|leuka?emia|lymphoma|disease|target|antigen|blast)s?\b)"
        ),
        "under",
    ),
    (re.compile(r"(?:bring|brings|brought|bringing)\b(?=.*\bdown\b)"), "stop"),
    (re.compile(r"(?:bring|brings|brought|bringing)\b(?=.*\bup\b)"), "stop"),
    (re.compile(r"but\snot\b(?:\s(?:in|for|with))?(?:\s(?:the|a))?"), "but-not"),
    (re.compile(r"no\slonger\b"), "off"),
    (re.compile(r"(?:go(?:es|ing)?|went)\sup\b"), "up"),
    (re.compile(r"(?:go(?:es|ing)?|went)\sdown\b"), "down"),
    (re.compile(r"(?:given|dosed|infused|administered)\sat\b"), "with"),
    (re.compile(r"instead\sof\b|rather\sthan\b|in\splace\sof\b|as\sopposed\sto\b"), "instead"),
    (
        re.compile(
            r"(?:in\s)?compar(?:ed|ison)\s(?:with|to|against)\b|relative\sto\b|as\sagainst\b"
            r"|vs\.?(?=\s)|versus\b|v\.\s"
        ),
        "versus",
    ),
    (re.compile(r"difference\sbetween\b"), "compare"),
    (
        re.compile(
            r"in\sboth\b(?:\s(?:designs|arms|cases|cars))?|for\sboth\b|each\sdesign\b"
            r"|both\s(?:designs|arms|cases|cars)\b"
        ),
        "both",
    ),
    (re.compile(r"makes?\sup\b|made\sup\sof\b"), "stop"),
    (re.compile(r"in\sthe\s(?:presence|setting|context)\sof\b"), "under"),
    (re.compile(r"in\sthe\sabsence\sof\b|free\sof\b"), "without"),
    (
        re.compile(
            r"in\saddition\sto\b|together\swith\b|along\swith\b|combined\swith\b|on\stop\sof\b|as\swell\sas\b"
        ),
        "with",
    ),
    (
        re.compile(
            r"what\s(?:would\s|will\s)?happens?\s(?:if|when|to)\b|what\sif\b|what\s(?:would|will)\shappen\b"
            r"|what\sabout\b|how\sabout\b|(?:let's\s)?say\sthat\b|i'd\slike\sto\b"
        ),
        "stop",
    ),
    (re.compile(r"knock(?:ed|ing)?[\s-]outs?\b|loss\sof\b|lacking\b"), "loss"),
    (
        re.compile(
            r"turn(?:ed|ing)?\soff\b|crispr(?:ed|ing)?[\s-]out\b|switch(?:ed|ing)?\soff\b|(?:get|gets|got|getting)\srid\sof\b|take\saway\b"
        ),
        "off",
    ),
)


@dataclass(frozen=True, slots=True)
class Concept:
    """Something that words can raise, lower or set."""

    id: str
    label: str
    moves: Mapping[str, int]
    low: float | str | None = None
    """What "low X" stands for: a lever, or a value in the model's unit."""
    high: float | str | None = None
    off: float | str | None = None
    with_: float | str | None = None
    asks: str = ""
    """The outcome that the bare word asks for."""
    reading: str = ""
    lever_fold: float = 0.0
    """The fold change that the levers of `low` and `high` stand for; 0 where a fold moves the parameter."""


@dataclass(frozen=True, slots=True)
class Item:
    """One recognised piece of the text."""

    kind: ItemKind
    start: int
    end: int
    text: str
    name: str = ""
    """Design, lever, concept, event or outcome id; "high" or "low" for a level."""
    amount: Amount | None = None


@dataclass(frozen=True)
class Vocabulary:
    """All phrases, by key."""

    names: Mapping[str, tuple[NameKind, str]]
    concepts: Mapping[str, Concept]
    labels: Mapping[str, str] = field(repr=False)
    """Every phrase as written -> what it stands for, in words; for suggestions."""
    events: Mapping[str, str] = field(default_factory=dict)
    terms: tuple[str, ...] = ()
    """Notations of the corpus glossary: words that are right, whatever the model has of them."""
    polarity: Mapping[str, str] = field(default_factory=dict)
    """Lever -> "loss" or "gain" of what it is named for."""


def runs(folded: str) -> list[tuple[str, int, int]]:
    """Runs of letters and of digits, in canonical spelling, with their places."""
    return [(_canonical(m.group()), m.start(), m.end()) for m in _RUN.finditer(folded)]


def _canonical(word: str) -> str:
    word = _SPELLING.get(word, word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
        return _SPELLING.get(word, word)
    return word


def key(phrase: str) -> str:
    """A phrase as it is compared."""
    return "".join(run for run, _, _ in runs(fold(phrase)))


def small(word: str) -> ItemKind | None:
    """What a small word does in a sentence, or None when it is not one."""
    return _small().get(word)


def small_words(*kinds: str) -> frozenset[str]:
    """The small words of some kinds, or of all."""
    return frozenset(
        w for kind, words in _file()["small"].items() if not kinds or kind in kinds for w in words.split()
    )


def is_absent(name: str) -> bool:
    """Whether a name is that of a product which the model has no design for."""
    return key(name) in {key(n) for n in _families(_file()["absent"]["names"])}


@lru_cache(maxsize=1)
def _small() -> dict[str, ItemKind]:
    found: dict[str, ItemKind] = {}
    for kind, words in _file()["small"].items():
        for word in words.split():
            found.setdefault(word, kind)
    return found


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    text = resources.files("assistant.kinetics").joinpath("vocabulary.toml").read_text("utf-8")
    return tomllib.loads(text)


class _Builder:
    """Collects phrases; the first owner of a phrase keeps it."""

    def __init__(self) -> None:
        self.names: dict[str, tuple[NameKind, str]] = {}
        self.labels: dict[str, str] = {}

    def enter(self, phrases: Iterable[str], kind: NameKind, target: str, label: str) -> None:
        """Enter phrases, except those that the grammar reads better by itself."""
        for phrase in _families(phrases):
            if kind in ("design", "layer") and _qualified_concept(phrase, self.names):
                continue
            if self.names.setdefault(key(phrase), (kind, target)) == (kind, target):
                self.labels.setdefault(phrase, label)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary of this installation: designs and levers are read from their files."""
    from assistant.kinetics import designs, levers
    from assistant.kinetics.parameters import meanings

    raw = _file()
    found = _Builder()
    concepts = {identity: _concept(identity, entry) for identity, entry in raw["concept"].items()}
    for identity, entry in raw["concept"].items():
        found.enter(entry["names"], "concept", identity, entry["label"])
    for identity in designs.names():
        own = raw["design"].get(identity, {}).get("names", ())
        found.enter((identity, *designs.synonyms(identity), *own), "design", identity, f"design {identity}")
    for identity in levers.names():
        lever, own = levers.load(identity), raw["lever"].get(identity, {}).get("names", ())
        found.enter((identity, lever.name, *lever.synonyms, *own), "layer", identity, f"lever {identity}")
    for name, meaning in meanings().items():
        off = 0.0 if meaning.minimum == 0.0 and not meaning.above_minimum else None
        concepts.setdefault(name, Concept(name, meaning.text, {name: 1}, off=off))
        found.enter((meaning.text,), "concept", name, name)
    kinds: tuple[NameKind, ...] = ("event", "outcome", "place")
    for kind in kinds:
        for identity, entry in raw[kind].items():
            found.enter(entry["names"], kind, identity, entry.get("label", identity))
    terms = []
    for phrase in _families(raw["absent"]["names"]):
        found.names.setdefault(key(phrase), ("term", phrase))
    for phrase, kind, target in _glossary(found.names):
        terms.append(phrase)
        found.names.setdefault(key(phrase), (kind, target))
    events = {k: v["label"] for k, v in raw["event"].items()}
    polarity = {k: v["polarity"] for k, v in raw["lever"].items() if "polarity" in v}
    return Vocabulary(found.names, concepts, found.labels, events, tuple(terms), polarity)


def _families(phrases: Iterable[str]) -> Iterator[str]:
    """Phrases with their alternatives written out: "(tumor|disease) load" is two."""
    for phrase in phrases:
        parts = [part.split("|") for part in re.split(r"\(([^()]*\|[^()]*)\)", phrase)]
        yield from (" ".join("".join(choice).split()) for choice in product(*parts))


def _qualified_concept(phrase: str, names: Mapping[str, tuple[NameKind, str]]) -> bool:
    """Whether a lever's name is a small word before a concept ("high tumour burden").

    Those are left to the grammar, which also understands "high tumour burden of 3e11 cells".
    """
    parts = runs(fold(phrase))
    if len(parts) < 2 or small(parts[0][0]) not in ("up", "down", "level", "off", "without"):
        return False
    found = names.get("".join(run for run, _, _ in parts[1:]))
    if found is None or found[0] != "concept":
        return False
    # "Block CAR signalling": what the grammar cannot switch off by itself is better read as the lever's name.
    entry = _file()["concept"].get(found[1], {})
    return small(parts[0][0]) not in ("off", "without") or "off" in entry


def _concept(identity: str, raw: Mapping[str, Any]) -> Concept:
    return Concept(
        id=identity,
        label=raw["label"],
        moves=raw["moves"],
        low=raw.get("low"),
        high=raw.get("high"),
        off=raw.get("off"),
        with_=raw.get("with"),
        asks=raw.get("asks", ""),
        reading=raw.get("reading", ""),
        lever_fold=raw.get("lever_fold", 0.0),
    )


def _glossary(names: Mapping[str, tuple[NameKind, str]]) -> Iterator[tuple[str, NameKind, str]]:
    """Further notations of known names from the corpus glossary, and its terms that the model lacks."""
    import yaml

    # Read here and not through the retrieval lexicon, whose stemming costs 0.3 s that only a search needs.
    text = (resources.files("corpus") / "glossary.yaml").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for entry in entries:
        notations = (entry["term"], *entry["synonyms"])
        found = next((names[key(n)] for n in notations if key(n) in names), None)
        for notation in notations:
            if key(notation) and small(key(notation)) is None:
                yield (notation, *(found or ("term", entry["term"])))


def lex(text: str) -> tuple[Item, ...]:
    """Cut a text into recognised pieces, in order; what nothing recognises is `unknown`."""
    folded = fold(text)
    words = vocabulary()
    pieces = runs(folded)
    at = {start: i for i, (_, start, _) in enumerate(pieces)}
    items: list[Item] = []
    here = 0
    while here < len(folded):
        item = _comma(text, here) or _parameter(text, here) or _aged(text, folded, here)
        item = item or _phrase(text, folded, here)
        if item is None and here in at:
            item = _name(text, pieces, at[here], words) or _amount(text, folded, here)
            item = item or _word(text, folded, here)
        elif item is None and folded[here] in "-.+":
            item = _amount(text, folded, here)
        if item is None:
            here += 1
            continue
        items.append(item)
        here = item.end
    return tuple(items)


def _comma(text: str, here: int) -> Item | None:
    if text[here] == "&":
        return Item("and", here, here + 1, "and")
    return Item("comma", here, here + 1, text[here]) if text[here] in ",;:" else None


def _parameter(text: str, here: int) -> Item | None:
    """A parameter under its own name, case kept: "kX", "A50", "fM = 0.5"."""
    from assistant.kinetics.equations import PARAMETERS

    if here and (text[here - 1].isalnum() or text[here - 1] in "_-"):
        return None
    match = re.compile(r"[A-Za-z]\w*").match(text, here)
    if match is None or match.group() not in PARAMETERS:
        return None
    if len(match.group()) == 1 and not re.match(r"\s*(?:=|to\s[\d.]|[x×]\s?\d)", text[match.end() :]):
        return None  # "a", "b", "f", "k": letters of a sentence unless a value follows
    end = match.end()
    equals = re.compile(r"\s*=\s*").match(text, end)
    if equals is None and match.group() in ("rest", "dose", "detect", "eng"):
        return None  # words of their own
    return Item("concept", here, equals.end() if equals else end, match.group(), match.group())


_AGE: Final = re.compile(
    r"(?P<years>\d{2,3})[\s-]?(?:years?|yrs?|y)[\s-]?(?:olds?\b|/o\b)|(?P<decade>[6-9]0)s\b"
)
OLD: Final = 60
"""Years from which a donor is an older one; the model has no other age."""


def _aged(text: str, folded: str, here: int) -> Item | None:
    """ "A 70 year old": the lever of an older donor; a younger age stands for nothing."""
    match = _AGE.match(folded, here)
    if match is None or (here and folded[here - 1].isalnum()):
        return None
    said = text[here : match.end()]
    if int(match["years"] or match["decade"]) >= OLD:
        return Item("layer", here, match.end(), said, "older-donor")
    return Item("unknown", here, match.end(), said)


def _phrase(text: str, folded: str, here: int) -> Item | None:
    if here and folded[here - 1].isalnum():
        return None
    for pattern, kind in _PHRASES:
        match = pattern.match(folded, here)
        if match is not None:
            return Item(kind, here, match.end(), text[here : match.end()])
    return None


def _name(text: str, pieces: list[tuple[str, int, int]], first: int, words: Vocabulary) -> Item | None:
    """The longest phrase of the vocabulary that begins at a run and ends at the end of a word."""
    start = pieces[first][1]
    if start and text[start - 1].isalnum():
        return None
    for last in range(min(len(pieces), first + _LONGEST) - 1, first - 1, -1):
        end = pieces[last][2]
        if end < len(text) and text[end].isalnum() and text[end].isascii():
            continue
        if re.search(r"[,;:()]|\.\s", text[start:end]):
            continue
        found = words.names.get("".join(run for run, _, _ in pieces[first : last + 1]))
        if found is not None:
            kind, target = found
            if kind == "term" and last == first and small(pieces[first][0]):
                continue
            equals = re.compile(r"\s*=\s*").match(text, end) if kind == "concept" else None
            return Item(kind, start, equals.end() if equals else end, text[start:end], target)
    return None


def _amount(text: str, folded: str, here: int) -> Item | None:
    if here and folded[here - 1].isalnum():
        return None
    found = amount_at(folded, here)
    if found is None:
        return None
    return Item("amount", here, found.end, text[here : found.end].strip(), amount=found)


_MULTIPLES: Final = re.compile(r"(doubl|tripl|quadrupl|quintupl|halv)(?:e|es|ed|ing)$")


def _word(text: str, folded: str, here: int) -> Item:
    match = re.compile(r"[a-z0-9_]+(?:'[a-z]+)?").match(folded, here)
    end = match.end() if match else here + 1
    word = folded[here:end]
    size = _MULTIPLES.match(word)
    if size is not None:
        value = {"doubl": 2.0, "tripl": 3.0, "quadrupl": 4.0, "quintupl": 5.0, "halv": 2.0}[size[1]]
        way: Literal["up", "down"] = "down" if size[1] == "halv" else "up"
        return Item("amount", here, end, text[here:end], amount=Amount("fold", value, end, way=way))
    kind = small(word) or small(_canonical(word))
    if kind is None:
        return Item("unknown", here, end, text[here:end])
    name = ("high" if word in _HIGH else "low") if kind == "level" else ""
    return Item(kind, here, end, text[here:end], name)
