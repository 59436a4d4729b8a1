"""What determines a what-if: two designs, a length, draws and a seed; from words, a proposal or options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError
from assistant.kinetics import guidance
from assistant.kinetics.wording import NotUnderstood, Understood, parse

if TYPE_CHECKING:
    from assistant.kinetics.designs import Design
    from assistant.kinetics.proposal import Proposal
    from assistant.kinetics.rankings import Ranking


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that determines a what-if."""

    a: Design
    b: Design
    base_a: Design
    """A before the changes that were asked for."""
    base_b: Design
    days: float = 365.0
    draws: int = 200
    seed: int = 1
    question: str | None = None
    understood: Understood | None = None
    guessed: frozenset[str] = frozenset()
    """Parameters whose size the words did not give."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """What the user gave, to run the same again."""
    ranking: Ranking | None = None
    """When set, all levers are tried on B first, and A becomes B with the one that does most."""


def from_words(text: str, *, days: float | None = None, draws: int = 200, seed: int = 1) -> Request:
    """A request from a what-if in words, or from words that ask which change does most.

    Arguments:
        days: length of the run unless the words name one; 365 when neither does.
    Raises:
        InputError: nothing was understood, or a value cannot be; the hint shows what works.
    """
    from assistant.kinetics.rankings import asks_for_ranking, ranking

    search = ranking(text)
    if search is not None:
        return _ranked(search, text, days, draws, seed)
    found = parse(text)
    if isinstance(found, NotUnderstood) and asks_for_ranking(text):
        raise InputError(
            f"{text.strip()[:200]!r} asks for a ranking, but not of one outcome in one design.",
            hint="Name one of each, e.g. 'what most delays senescence in a 4-1BB design?' or 'which lever"
            " most improves persistence in 28z?' (senescence, exhaustion, persistence, peak, relapse,"
            " remission).",
        )
    if isinstance(found, NotUnderstood):
        raise InputError(
            f"{text.strip()[:200]!r} is not understood as a what-if. {found.reason}",
            hint=guidance.told(text, found),
        )
    return _understood(found, days, draws, seed, {"text": text})


def from_proposal(
    proposal: Proposal, text: str, *, by: str, days: float | None = None, draws: int = 200, seed: int = 1
) -> Request:
    """A request from what a chat model proposed for the reader's words; see `proposal.understood`.

    Arguments:
        by: PROVIDER:NAME of the model, shown with the answer.
    Raises:
        ProposalError: a value cannot be, or nothing would be compared.
    """
    from assistant.kinetics.proposal import understood

    found = understood(proposal, text, by=by)
    return _understood(found, days, draws, seed, {"text": text, "by": by, "proposal": proposal.to_json()})


def _ranked(search: Ranking, text: str, days: float | None, draws: int, seed: int) -> Request:
    """A ranking as a request: both designs are the one whose levers are tried."""
    from assistant.kinetics import designs

    scene, named = search.scene()
    bare = designs.load(search.design)
    length = named or days or 365.0
    return Request(
        a=scene,
        b=scene,
        base_a=bare,
        base_b=bare,
        days=length,
        draws=draws,
        seed=seed,
        question=text,
        inputs={"text": text, "days": length, "draws": draws, "seed": seed},
        ranking=search,
    )


def _understood(
    found: Understood, days: float | None, draws: int, seed: int, inputs: Mapping[str, Any]
) -> Request:
    from assistant.kinetics import designs

    a, b = found.designs()
    length = found.days or days or 365.0
    return Request(
        a=a,
        b=b,
        base_a=designs.load(found.design_a),
        base_b=designs.load(found.design_b),
        days=length,
        draws=draws,
        seed=seed,
        question=found.text,
        understood=found,
        guessed=frozenset(c.target for c in found.changes if c.guessed),
        inputs={**inputs, "days": length, "draws": draws, "seed": seed},
    )


def from_parts(
    design: str = "bbz",
    vs: str | None = None,
    *,
    sets: Sequence[str] = (),
    sets_a: Sequence[str] = (),
    sets_b: Sequence[str] = (),
    days: float = 365.0,
    draws: int = 200,
    seed: int = 1,
) -> Request:
    """A request from designs and NAME=VALUE settings.

    Arguments:
        design: A, an id, synonym, `id+layer` or a TOML file.
        vs: B; without it, or with the same design, B is the design as it stands and `sets` go to A alone.
        sets: settings for both designs (for A when there is one design). "A:NAME=VALUE" is for one side.
    """
    from assistant.kinetics import designs
    from assistant.kinetics.shares import with_setting

    single = vs is None or vs == design
    other = design if vs is None else vs
    a, b = designs.load(design), designs.load(other)
    base_a, base_b = designs.load(_bare(design)), designs.load(_bare(other))
    plan = (
        [("A" if single else "AB", s) for s in sets] + [("A", s) for s in sets_a] + [("B", s) for s in sets_b]
    )
    for sides, setting in plan:
        sides, name, value = _setting(sides, setting)
        a = with_setting(a, name, value) if "A" in sides else a
        b = with_setting(b, name, value) if "B" in sides else b
    return Request(
        a=a,
        b=b,
        base_a=base_a,
        base_b=base_b,
        days=days,
        draws=draws,
        seed=seed,
        inputs={
            "design": design, "vs": vs, "set": list(sets), "set_a": list(sets_a), "set_b": list(sets_b),
            "days": days, "draws": draws, "seed": seed,
        },
    )  # fmt: skip


def with_sets(request: Request, sets_a: Sequence[str] = (), sets_b: Sequence[str] = ()) -> Request:
    """A request with further NAME=VALUE settings on one side each, kept in its inputs for a replay."""
    from assistant.kinetics.shares import with_setting

    a, b = request.a, request.b
    for setting in sets_a:
        _, name, value = _setting("A", setting)
        a = with_setting(a, name, value)
    for setting in sets_b:
        _, name, value = _setting("B", setting)
        b = with_setting(b, name, value)
    given = {"set_a": list(sets_a), "set_b": list(sets_b)}
    return replace(request, a=a, b=b, inputs={**request.inputs, **{k: v for k, v in given.items() if v}})


def _bare(design: str) -> str:
    """A design without the levers laid over it, so that they are shown as changes."""
    return design if design.endswith(".toml") else design.split("+")[0]


def _setting(sides: str, setting: str) -> tuple[str, str, str]:
    name, equals, value = setting.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise InputError(
            f"--set {setting!r} is not NAME=VALUE.",
            hint="For example --set dose=1e7, --set A50=x2, --set fM='50 %'.",
        )
    name = name.strip()
    if name[:2] in ("A:", "B:"):
        return name[0], name[2:].strip(), value.strip()
    return sides, name, value.strip()
