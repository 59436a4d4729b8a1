"""Denials, exceptions and wishes: what is denied is not changed, what hangs on an event is not run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from assistant.kinetics.proofreading.directions import words
from assistant.kinetics.proofreading.mentions import Mention
from assistant.kinetics.proofreading.sheet import Sheet, is_of
from assistant.kinetics.proofreading.tallies import explains
from assistant.kinetics.wording import WordChange
from assistant.kinetics.words import vocabulary

_OFF: Final = re.compile(
    r"\b(?:no(?!\s(?:more|less|fewer|matter|change|longer)\b)|without|w/o|minus(?!\s\d)|lack\w*|absen\w+|omit\w*"
    r"|skip\w*|avoid\w*|remov\w*|free\sof|devoid|forgo\w*|withh[eo]ld\w*|leav\w+\sout|left\sout|zero|eliminat\w*"
    r"|abolish\w*|block\w*|prevent\w*|stop\w*(?!\s\w+\s(?:on|at|after)\b)|rid\sof|disabl\w*|no\slonger)\b"
)
_OFF_LIST: Final = re.compile(
    r"\b(?:without|no|neither|lacking|free of)\s(?:[\w-]+\s){1,4}(?:or|nor)\s(?:an?\s|any\s)?$|\bwithout\s?$"
)
_NOT: Final = re.compile(
    r"\b(?:not|never|neither|nor|cannot|non|\w+n't|hardly|barely|rarely|fail\w*\sto|nothing|none|nobody)\b"
)
_KEEP: Final = re.compile(
    r"\b(?:keep\w*|kept|unchanged|same|constant|fixed|retain\w*|preserv\w*|maintain\w*|stays?|stayed|intact"
    r"|unaltered|untouched|unaffected|leav\w+(?!\sout)|equal(?!\s(?:to|parts|doses|fractions))|spar(?:e|es|ed|ing)"
    r"|remain\w*|normal|usual|wild[- ]type)\b"
)
_EXCEPT: Final = re.compile(
    r"\b(?:except\w*|unless|apart\sfrom|other\sthan|aside\sfrom|save\sfor|but\sfor|excluding|excluded|regardless"
    r"|irrespective|whether\sor\snot|no\smatter|like|similar\sto|resembl\w+|mimic\w*|as\sif"
    r"|half\sof\sthe\spatients|tak(?:e|es|en|ing)\s(?:\w+\s){0,4}(?:as\s)?long(?:er)?|needed|required|necessary|enough|sufficient|must|so\sthat|in\sorder\sto"
    r"|how\s(?:much|many|low|high|far|often)|until\s(?:the|it|they|we))\b"
)
"""Exceptions, likenesses and aims: what is said by them is never a change."""
_LOOKS_LIKE: Final = re.compile(
    r"\b(?:look\w*|what\w*(?:\s\w+){0,4})\slike\b|\bi(?:'d|\swould)\slike\b|\bwould\slike\sto\b"
)
_TREATED: Final = re.compile(r"loss|knock|\bko\b|delet|antibod|inhibit|blockade|anti|mab\b|therap")
"""Names of what is done to a gene: without it nothing is done, while "no TET2" is the loss itself."""
_TOUCHED: Final = re.compile(
    r"\s(?!(?:hav|giv|us|add|receiv|undergo|becom|gett|be|any)\w*)\w{3,}ing\s(?:the\s|any\s|its\s|their\s)?$"
)
"""What is done to a thing after "without": it is the doing that is denied."""
_NO_CHANGE: Final = re.compile(r"\bno\s(?:change|alteration|effect)s?\s(?:of|in|to|on)\s(?:the\s|its\s)?$")
_NO: Final = re.compile(r"\bno\s$")
_CHANGE: Final = re.compile(r"\schanges?\b")
_ELSE: Final = re.compile(
    r"\b(?:all|everything|anything|things?|rest|conditions?)\s(?:else\s|other\s)?(?:\w+\s){0,3}"
    r"(?:equal|same|unchanged|constant|fixed)\b|\botherwise\s(?:the\ssame|equal|unchanged|identical)"
    r"|\b(?:the\s)?same\s(?:car|car-t|design|construct|product|patient|tumou?r|cells|conditions|time|thing|setting"
    r"|protocol|schedule|way)\b|\bceteris\sparibus\b|\bat\sthe\ssame\stime\b"
    r"|\b(?:keep|keeping|leave|leaving)\severything\b|\bstays?\sas\s(?:is|it\sis)\b"
    r"|\bnormal\s(?:tissue|[bt]\s?cells?)\b|\bthe\s(?:usual|normal)\b(?!.*\bstays?)"
)
_MEANS: Final = re.compile(r"\b(?:by|through|via|using|thanks\sto)\s(?:\w+ing\s)?(?:the\s|an?\s)?$")
_OBJECT: Final = re.compile(
    r"\s(?:the|a|his|her|their)\s(?:tumou?r|lymphoma|leuka?emia|myeloma|disease|cancer)s?\b(?!\scells?)"
)
_KILLED: Final = re.compile(
    r"\bkill\w*\s(?:off\s)?(?:[\w%-]+\s){0,2}(?:of\s)?(?:the\s|all\s)?(?:car|t\scells|infused|product)"
)
_ASKED: Final = re.compile(
    r"\b(?:which|what|who|does|do|is|are|will|would)\b[^,;]*\b(?:more|less|fewer|higher|lower|most|least)\s$"
)
_ORDERED: Final = re.compile(r"\b(?:after|before|prior\sto|following|upon)\s(?:the\s|an?\s|each\s|every\s)?$")
_EVENT: Final = re.compile(
    r"\b(?:if|when|once|upon|after|until|in case of|should)\s(?:the\s|a\s|there\sis\s|they\s|patients?\s)*$"
)


def staged(sheet: Sheet) -> Iterator[str]:
    """What the model is to do when something happens in it, and what is wished for and by what means."""
    for name in sheet.names:
        before = sheet.folded[: name.start]
        outcome = name.kind == "outcome" and name.target != "tumour_nadir" and not sheet.is_told(name)
        happens = outcome and _EVENT.search(before) is not None
        if happens and any(c.events or c.target == "second-infusion" for c in sheet.found.changes):
            yield f"'{name.text}' happens in the model, and a schedule is told in days"
        order = _ORDERED.search(before) if name.kind in ("layer", "event") else None
        if order is not None and not sheet.is_told(name):
            yield f"'{order.group().strip()} {name.text}': an order is told in days, e.g. 'from day 30'"
        target = _OBJECT.match(sheet.folded, name.end) if name.kind == "layer" else None
        if target is not None:
            yield f"'{name.text}{target.group()}': what is done to the tumour is not in the model"
        if name.kind != "layer" or not _MEANS.search(before):
            continue
        for change in sheet.found.changes:
            concept = vocabulary().concepts.get(change.concept)
            if concept is not None and concept.asks and change.guessed:
                yield f"'{change.said}' is what '{name.text}' is hoped to do: leave it to the model"


def is_off(sheet: Sheet, name: Mention) -> bool:
    """Whether the words say that there is none of what is named: "without senescence or exhaustion"."""
    start, end = sheet.window(name.start)
    led = sheet.folded[: name.start]
    return _OFF.search(sheet.folded, start, end) is not None or _OFF_LIST.search(led) is not None


def is_denied(sheet: Sheet, name: Mention) -> bool:
    """Whether a denial stands over a name that is not changed, and leaving it is what was meant."""
    start, end = sheet.window(name.start)
    around = sheet.folded[start:end]
    if sheet.arms.kind == "with-without":
        return False
    if _KEEP.search(around):
        return True
    led = sheet.folded[max(0, start - 9) : start]
    not_ = _NOT.search(around) or re.search(r"\bn(?:or|either)\s?$", led)
    off = _OFF.search(around) or re.search(r"without\s?$", led)
    if name.kind == "concept" and vocabulary().concepts[name.target].off is not None:
        # "Never exhausts" is a change; "not reduced" is none.
        moved = any(start <= w.start < end for w in words(sheet)) or sheet.within((start, end), sheet.numbers)
        return bool(not_) and bool(moved)
    gene = vocabulary().polarity.get(name.target) == "loss" and _TREATED.search(name.text.lower()) is None
    return bool(not_ or off) and not (off and gene)


def denials(sheet: Sheet) -> Iterator[str]:
    """What is denied, kept or left out is not changed; what makes an exception is not run."""
    likes = [m.span() for m in _LOOKS_LIKE.finditer(sheet.folded)]
    likes += [(n.start, n.end) for n in sheet.names]
    for match in _EXCEPT.finditer(sheet.folded):
        if match.group() not in sheet.told and not any(s <= match.start() < e for s, e in likes):
            yield f"'{match.group()}' says something that no rule reads"
    if sheet.arms.kind == "with-without":
        return
    for name in sheet.things:
        still = _NO_CHANGE.search(sheet.folded[: name.start])
        if _CHANGE.match(sheet.folded, name.end):
            still = still or _NO.search(sheet.folded[: name.start])
        zero = (c for c in sheet.found.changes if is_of(name, c) and c.kind == "set" and not c.amount)
        yield from (
            f"'{still.group()}{name.text}' leaves it alone, and '{c.said}' was read" for c in zero if still
        )
    skip = [(n.start, n.end) for n in sheet.names] + [(sheet.arms.start, sheet.arms.end)]
    elses = [m.span() for m in _ELSE.finditer(sheet.folded)]
    for kind, pattern in (("off", _OFF), ("not", _NOT), ("keep", _KEEP)):
        spans = [*skip, *(elses if kind == "keep" else ())]
        for match in pattern.finditer(sheet.folded):
            if not any(s <= match.start() < e for s, e in spans):
                yield from _denial(sheet, match, kind)


def _denial(sheet: Sheet, match: re.Match[str], kind: str) -> Iterator[str]:
    scope = _scope(sheet, match, kind)
    yield from _taken_away(sheet, match, kind, scope)
    for name in scope:
        for change in sheet.found.changes:
            if is_of(name, change) and not _agrees(sheet, kind, name, change):
                yield f"'{match.group()}' stands over '{name.text}', and '{change.said}' was read"
    told = match.group() in sheet.told
    if not scope and kind != "off" and not told and not _is_of_other(sheet, match):
        yield f"'{match.group()}' turns something round, and it is not clear what"


def _taken_away(sheet: Sheet, match: re.Match[str], kind: str, scope: Sequence[Mention]) -> Iterator[str]:
    """A quantity set to nothing where the words only leave it alone: "without touching", ", not the ..."."""
    for name in scope:
        between = sheet.folded[match.end() : name.start]
        leading = sheet.folded[: match.start()].rstrip()
        touched = kind == "off" and _TOUCHED.match(between) is not None
        bare = match.group() == "not" and between.strip() in ("", "the", "its", "their")
        excluded = bare and leading.endswith((",", " but", " and")) and not name.text.lower().endswith("ed")
        for change in sheet.found.changes if touched or excluded else ():
            if is_of(name, change) and change.kind == "set" and not change.amount:
                yield f"'{match.group()}{between}{name.text}' leaves it alone, and '{change.said}' was read"


def asked(sheet: Sheet) -> Iterator[str]:
    """What is only asked about, or done to other cells, is not changed."""
    for change in sheet.found.changes:
        concept = vocabulary().concepts.get(change.concept)
        if concept is None:
            continue
        for anchor in sheet.anchors(change):
            question = concept.asks and change.guessed and _ASKED.search(sheet.folded[: anchor.start])
            if question:
                yield f"'{question.group()}{anchor.text}' asks for an outcome, and '{change.said}' was read"
        if concept.id == "killing" and (killed := _KILLED.search(sheet.folded)):
            yield f"'{killed.group()}' is what is done to those cells, and '{change.said}' was read"


def _scope(sheet: Sheet, match: re.Match[str], kind: str) -> list[Mention]:
    """The names that a denial stands over."""
    if match.group() == "none" and re.match(r"\s*(?:[,;.]|$)", sheet.folded[match.end() :]):
        before = [
            n for n in sheet.within(sheet.window(match.start()), sheet.things) if n.start < match.start()
        ]
        if before:
            return before[-1:]  # "LD none; dose 3e8"
    ahead = [n for n in sheet.within(sheet.window(match.end()), sheet.things) if n.start >= match.end()]
    if ahead and not (kind == "keep" and match.group() in ("unchanged", "stays", "stay", "intact", "same")):
        return ahead
    behind = [n for n in sheet.within(sheet.window(match.start()), sheet.things) if n.start < match.start()]
    return behind[-1:] or ahead


def _is_of_other(sheet: Sheet, match: re.Match[str]) -> bool:
    """Whether a denial stands over a design or a value, which is then the other arm's."""
    end = sheet.window(match.end())[1]
    start = sheet.window(match.start())[0] if _KEEP.fullmatch(match.group()) else match.end()
    return bool(sheet.within((start, end), (*sheet.designs, *sheet.numbers)))


def _agrees(sheet: Sheet, kind: str, name: Mention, change: WordChange) -> bool:
    """Whether a change does what a denial over its name says."""
    if sheet.arms.compared and change.side != "both" and sheet.side(name.start) != change.side:
        return True
    if kind == "keep":
        return any(explains(sheet, n, change) for n in sheet.numbers)
    if change.kind == "layer" and vocabulary().polarity.get(change.target, "") == "loss":
        return _TREATED.search(name.text.lower()) is None
    if change.kind in ("set", "times") and not change.amount:
        return True
    if any(c.off == change.target for c in vocabulary().concepts.values()):
        return True
    own = sheet.within(sheet.window(name.start), sheet.numbers)
    return kind == "off" and any(explains(sheet, n, change) for n in own)
