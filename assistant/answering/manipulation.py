"""What is done to a molecule: gain or loss of function, in a question and in a finding.

"Does PD-1 blockade reverse senescence?" is not answered by a finding on PD-1-positive cells in which p38
was inhibited: the word for the act and its target must stand together. A drug is an act on its target, so
that pembrolizumab counts as PD-1 blockade. Gain and loss of the same target are told apart, because a
knock-out says only by inference what over-expression does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from assistant.retrieval.tokens import fold, stem

if TYPE_CHECKING:
    from assistant.retrieval.lexicon import Entity, Lexicon

_LOSS_NOUN: Final = (
    r"knock[- ]?(?:outs?|downs?)|ko|deletions?|disruptions?|ablation|loss|inhibition|blockade|blockers?"
    r"|inhibitors?(?! (?:gene|transcript|protein|p\d))|block|blocking|antagonists?|antagonism"
    r"|deficien(?:cy|t)|null|silencing|negative|depletion|absence|lacking"
)
_GAIN_NOUN: Final = (
    r"over-?expression|over-?expressing|agonists?|agonism|activation|enforcement|secreting|armou?red|mrna|boost"
    r"|supplementation"
)
_LOSS_PASSIVE: Final = (
    r"knocked[- ](?:out|down)|deleted|disrupted|ablated|inhibited|blocked|silenced|lost|removed|lacking"
    r"|switched off|taken (?:away|out)|edited out"
)
_GAIN_PASSIVE: Final = r"over-?expressed|activated|added|enforced|forced|boosted|introduced|put in"
_LOSS_VERB: Final = (
    r"knock(?:ing|ed|s)?[- ](?:out|down)|delet(?:e|es|ed|ing|ion)|disrupt(?:s|ed|ing|ion)?|ablat(?:e|ing|ion)"
    r"|los(?:s|ing|e)|lack(?:s|ed|ing)?|remov(?:e|es|ed|ing|al)|silenc(?:e|es|ed|ing)|inactivat\w+"
    r"|inhibit(?:s|ed|ing|ion|ors?)?|block(?:s|ed|ing|ade)?|antagoni\w+|deficien(?:cy|t)|absence|without"
    r"|neutrali[sz]\w+|suppress(?:ing|ed)|unable to (?:interact with|bind|signal through)"
    r"|switch(?:ing)? off|deplet(?:ing|ion)|taking (?:away|out)|targeting"
)
_GAIN_VERB: Final = (
    r"over-?express(?:ion|ing|ed|es)?|enforc(?:e|ed|ing)|forc(?:ed|ing)|agoni\w+|boost(?:s|ing|ed)?|add(?:s|ed|ing)?"
    r"|activat(?:ion|ing|e)|secreting|restoring|armed|armou?red|raising|introduc(?:ing|tion)|deliver(?:ing|y)"
    r"|supplement(?:ing|ation)|express(?:ing)? more|stimulating|(?:turn|switch)(?:ing)? on"
)
_LINK: Final = (
    r"(?:(?:/[A-Z]?\d)+)?(?: (?:single|double|triple))?"
    r"(?:[- ](?:gene|mapk|kinase|receptor|protein|pathway|signal+ing|axis|checkpoint|locus|enzyme))?"
)
_BEING: Final = r"(?:is|are|was|were|being|been|gets?|has been|had been)"
_AFTER: Final = tuple(
    (
        re.compile(
            rf"{_LINK}(?:[- ]| {_BEING}(?: \w+ly| both)? )(?:{p})\b",
            re.I,
        ),
        gain,
    )
    for p, gain in ((f"{_LOSS_NOUN}|{_LOSS_PASSIVE}", False), (f"{_GAIN_NOUN}|{_GAIN_PASSIVE}", True))
)
"""What follows a target at once and acts on it."""
_BEFORE: Final = tuple(
    (re.compile(rf"\b(?P<verb>{p})\b(?:[- ](?:of|in|for|or|and|[\w'-]+)){{0,5}}?[- ]$", re.I), gain)
    for p, gain in ((_LOSS_VERB, False), (_GAIN_VERB, True))
)
"""What stands before a target, a few words between them."""
_VERB: Final = re.compile(
    r"\b(?:\w+ed|way|as|like|gave|made|kept|makes?|gives?|does|do|did|is|are|was|were|has|have|had|by|from|than|that|which|with|via"
    r"|against|through|after|before|but|while|when|not|(?:improve|raise|reduce|restore|reverse|rescue|cause|prevent|change"
    r"|lower|help|affect|impair)s?)\b",
    re.I,
)
"""Between the word for the act and its target none of these may stand."""
_PAUSE: Final = re.compile(r"[.;:,()]")
_LISTED: Final = re.compile(r"(?:,| and| or|, and|, or|/| and/or| ligand)? ?")
_REACH: Final = 70
"""Characters before a target in which the word that acts on it may stand."""
_ANTIBODY: Final = re.compile(r"(?<![\w-])anti-$", re.I)
_CARRIED: Final = re.compile(r"[^.;,]{0,12}\bCAR|/| plus| beads| and anti", re.I)
"""After an antibody name: a CAR against the target, or the antibodies that activate T cells."""
_CODE: Final = re.compile(
    r"\b(?=[\w-]*\d)[A-Za-z][A-Za-z]{1,5}-?\d{1,3}[A-Za-z]?\b|\b[A-Z]{3,6}\b|\b[A-Z]-[a-z]{6,}\b"
)
_NOT_A_TARGET: Final = frozenset(
    ("CAR", "CARS", "DNA", "RNA", "CLL", "ALL", "AND", "NOT", "BUT", "TCR", "FMC63", "CRISPR", "AP1", "IRF")
    + ("CART19",)
)
"""Codes that are no molecule, or the family that the molecule named next belongs to."""
_MAKES_ITS_OWN: Final = re.compile(r"\b(IL-?\d+)[- ]CARs?\b|\b\w*CAR\w*-(IL-?\d+)\b", re.I)
"""A construct named after the cytokine that its cells make: "IL-15 CAR T cells", "huCART19-IL18"."""
_CARRIES: Final = re.compile(r"\+|[- ]?(?:positive|negative)\b", re.I)
_TARGET_KINDS: Final = frozenset(("gene", "marker", "domain"))


@dataclass(frozen=True, slots=True)
class Act:
    """Gain or loss of function of one target."""

    target: str
    """Entity token, or the stem of a gene symbol that the glossary lacks."""
    gain: bool
    words: str
    """As written."""
    start: int
    end: int
    drug: bool = False
    """Whether a drug or a class of drugs stands for it."""

    @property
    def token(self) -> str:
        """Stands for this act in any wording."""
        return f"{'+' if self.gain else '-'}{self.target}"

    @property
    def opposite(self) -> str:
        """Stands for the opposite manipulation of the same target."""
        return f"{'-' if self.gain else '+'}{self.target}"


def acts_in(text: str, lexicon: Lexicon) -> tuple[Act, ...]:
    """The manipulations that `text` names, in order, each act once."""
    found = [*_by_drug(text, lexicon), *_by_words(text, lexicon), *_by_construct(text, lexicon)]
    first: dict[str, Act] = {}
    for act in sorted(found, key=lambda a: (a.start, -a.end)):
        first.setdefault(act.token, act)
    return tuple(first.values())


def _by_words(text: str, lexicon: Lexicon) -> Iterable[Act]:
    targets = _targets(text, lexicon)
    after = [
        Act(token, gain, text[start : match.end()], start, match.end())
        for token, start, end in targets
        for pattern, gain in _AFTER
        if (match := pattern.match(text, end))
    ]
    yield from after
    for number, (token, start, end) in enumerate(targets):
        if _ANTIBODY.search(text[:start]) and not _CARRIED.match(text, end):
            yield Act(token, False, text[start - len("anti-") : end], start - len("anti-"), end)
        elif (before := _before(text, targets, number, after)) is not None:
            at, gain = before
            yield Act(token, gain, text[at:end], at, end)


def _before(
    text: str, targets: Sequence[tuple[str, int, int]], number: int, after: Sequence[Act]
) -> tuple[int, bool] | None:
    """Where the word stands that acts on a target from before it, and whether it is a gain."""
    # A list ("loss of CD27 and CD28") shares the word before its first member.
    begin = number
    while begin and _LISTED.fullmatch(text[targets[begin - 1][2] : targets[begin][1]]):
        begin -= 1
    head = targets[begin][1]
    window = max(0, head - _REACH)
    for pattern, gain in _BEFORE:
        match = pattern.search(text[window:head])
        if match is None:
            continue
        at = window + match.start()
        own, between = match["verb"], text[window + match.end("verb") : head]
        taken = any(act.start <= at < act.end for act in after)
        other = any(at < end <= head for _, _, end in targets[:begin])
        if not (taken or other or _PAUSE.search(own + between) or _VERB.search(" " + between)):
            return at, gain
    return None


def _targets(text: str, lexicon: Lexicon) -> list[tuple[str, int, int]]:
    """What can be acted on: genes, markers and domains of the glossary, and symbols of other genes."""
    entities: Sequence[Entity] = lexicon.entities_in(text)
    found = [(lexicon.token_of(e), e.start, e.end) for e in entities if e.kind in _TARGET_KINDS]
    for match in _CODE.finditer(text):
        apart = all(match.end() <= e.start or match.start() >= e.end for e in entities)
        if apart and match.group().upper().replace("-", "") not in _NOT_A_TARGET:
            found.append((stem(fold(match.group()).replace("-", "")), match.start(), match.end()))
    # "CD57-positive cells" are a population, and nothing is done to the marker.
    return sorted((f for f in found if not _CARRIES.match(text, f[2])), key=lambda target: target[1])


def _by_drug(text: str, lexicon: Lexicon) -> Iterable[Act]:
    for pattern, target, gain in _drugs():
        for match in pattern.finditer(text):
            term = lexicon.get(target)
            token = stem(fold(target)) if term is None else term.token
            yield Act(token, gain, match.group(), match.start(), match.end(), drug=True)


def _by_construct(text: str, lexicon: Lexicon) -> Iterable[Act]:
    names = [(e.start, e.end) for e in lexicon.entities_in(text)]
    for match in _MAKES_ITS_OWN.finditer(text):
        if any(start < match.start() < end for start, end in names):
            continue  # "membrane IL-15 CAR T cells" are a product
        term = lexicon.get(match[1] or match[2])
        if term is not None:
            yield Act(term.token, True, match.group(), match.start(), match.end())


@cache
def _drugs() -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    """Names of drugs with their target and whether they raise its function; see drug_targets.txt."""
    table = []
    for line in (files(__package__) / "drug_targets.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            target, sign, names = (part.strip() for part in line.split(";"))
            either = "|".join(re.escape(name.strip()) for name in names.split(","))
            table.append((re.compile(rf"(?<![\w-])(?:{either})s?(?!\w)", re.I), target, sign == "gain"))
    return tuple(table)
