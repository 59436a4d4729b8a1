"""A what-if from request to answer: two designs, the runs, the changes with their reasons, one sentence.

The command line, the chat and `ask` all go through here, so that the same words give the same object.
A is what was asked for and B the reference; the difference is A minus B.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.kinetics.compare import Comparison
    from assistant.kinetics.doubts import Doubt
    from assistant.kinetics.ranked import Found
    from assistant.kinetics.requests import Request

FEW_DRAWS = 20


@dataclass(frozen=True, slots=True)
class Answered:
    """A finished what-if."""

    request: Request
    comparison: Comparison
    changes: tuple[dict[str, Any], ...]
    sentence: str
    drivers: tuple[dict[str, Any], ...]
    driven: str
    """The outcome that the drivers explain."""
    contested: tuple[Doubt, ...] = ()
    """What in the corpus speaks against the result; the first stand in `sentence`."""
    ranked: Found | None = None
    """All levers, when the words asked which does most: A is then the design with the first of them."""

    def payload(self) -> dict[str, Any]:
        """The object of `whatif --json`, version 1, with sentence, drivers and what was understood."""
        from assistant.kinetics.citations import cite
        from assistant.kinetics.reasons import label

        out = self.comparison.to_json()
        for design in out["designs"]:
            for parameter in design["parameters"].values():
                parameter["source"] = cite(parameter["source"])
        for design in out["designs"]:
            design["label"] = label(self.request, design["id"], self.changes)
        out["changes"] = list(self.changes)
        out["measured"] = [{**m, "source": cite(m.get("source"))} for m in out["measured"]]
        words = self.request.understood
        out["sentence"] = self.sentence
        out["understood"] = (
            None
            if words is None
            else {
                "echo": words.echo,
                "by": words.by or "grammar",
                "unknown": list(words.unknown),
                "assumed": list(words.assumed),
            }
        )
        out["contested"] = [d.to_json() for d in self.contested]
        out["drivers"] = list(self.drivers)
        if self.ranked is not None:
            out["ranking"] = self.ranked.to_json()
        out["inputs"] = dict(self.request.inputs)
        return out


def answer(
    request: Request,
    *,
    threads: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Answered:
    """Run the comparison and work out what is said about it.

    Arguments:
        progress: told how far the search of a ranking is, levers done of all; what it raises ends the run.
    """
    from assistant.kinetics import compare, doubts, ranked
    from assistant.kinetics.drivers import drivers
    from assistant.kinetics.reasons import explain
    from assistant.kinetics.sentences import headline, told

    if not 1 <= request.draws <= 100_000:
        raise UsageError(f"{request.draws} draws are not possible.", hint="Use 1 to 100000.")
    found = None
    if request.ranking is not None:
        request, found = ranked.search(request, threads=threads, progress=progress)
    run = compare.compare(
        request.a,
        request.b,
        days=request.days,
        draws=request.draws,
        seed=request.seed,
        threads=threads,
        question=request.question,
    )
    words = request.understood
    notes = [f"not understood: {u}" for u in (words.unknown if words else ())]
    if 1 < request.draws < FEW_DRAWS:
        notes.append(f"only {request.draws} draws: 95 % agreement means little below {FEW_DRAWS}")
    asks = words.asks if words else ()
    contested = doubts.against(request, [row.name for row in told(run, asks)])
    more = ranked.doubts(found) if found is not None else ()
    warnings = tuple(dict.fromkeys((*notes, *(d.said for d in contested), *more, *run.warnings)))
    run = replace(run, warnings=warnings)
    driven = headline(run, asks)
    changes = tuple(explain(request))
    return Answered(
        request=request,
        comparison=run,
        changes=changes,
        sentence=_sentence(request, run, changes, contested, found),
        drivers=tuple(drivers(run, driven)) if driven else (),
        driven=driven,
        contested=contested,
        ranked=found,
    )


def _sentence(
    request: Request,
    run: Comparison,
    changes: tuple[dict[str, Any], ...],
    contested: tuple[Doubt, ...],
    found: Found | None,
) -> str:
    """The result in words, with what speaks against it in the same breath."""
    from assistant.kinetics import doubts, ranked
    from assistant.kinetics.reasons import label
    from assistant.kinetics.sentences import result

    beside = [d.said for d in contested if d.beside]
    if found is None:
        names = (label(request, "A", changes), label(request, "B", changes))
        said = result(run, request.understood.asks if request.understood else (), names)
    else:
        said = ranked.sentence(found, label(request, "B", changes))
        beside = [*ranked.doubts(found), *beside]
    but = list(dict.fromkeys(beside))[: doubts.MOST_BESIDE]
    said += f" But {'; and '.join(but)}." if but else ""
    own = [c for c in changes if c["design"] != "A to B"]
    guessed = bool(own) and all(c["because"] == "assumed" for c in own)
    return said + (" The change itself is assumed: no finding stands behind it." if guessed else "")
