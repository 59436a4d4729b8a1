"""What the what-if room asks of the kinetic model: designs, their parameters, runs, and files.

As in `backend`, everything heavy is imported inside the methods.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from assistant.errors import EnvironmentFault, InputError
from assistant.models.chat import Cancelled, Stopped, never
from assistant.tui.logbook import LOG

if TYPE_CHECKING:
    from assistant.kinetics.requests import Request as Asked
    from assistant.models.chat import ChatModel
    from assistant.sessions.turns import Json
    from assistant.settings import Settings
    from assistant.tui.levers import Request

Step: TypeAlias = Callable[[int, int], None]


def quiet(done: int, total: int) -> None:
    """Tell nobody how far a search is."""


FOLDER = "designs"
"""Where saved designs lie in the home folder."""
ENDINGS = (".md", ".json", ".csv", ".svg", ".png", ".xml", ".ant")


class Model(Protocol):
    """Designs and comparisons."""

    def prepare(self) -> None:
        """Compile the model where that was not done."""

    def designs(self) -> tuple[tuple[str, str], ...]:
        """The designs that can be compared, saved ones last: how to load each, and its name."""

    def parameters(self, design: str) -> Mapping[str, Json]:
        """The parameters of a design as it stands."""

    def whatif(self, request: Request, step: Step = quiet, cancelled: Cancelled = never) -> Json:
        """Compare two designs, or rank the levers of one.

        Arguments:
            step: told how many levers of a ranking are done of how many.
            cancelled: asked between levers and by a chat model; ends the run with `Stopped`.
        """

    def save(self, request: Request, side: str, name: str) -> Path:
        """Write design `a` or `b` of a comparison to a file that can be compared again."""

    def export(self, request: Request, payload: Json, target: Path) -> Path:
        """Write a comparison; the ending of the name decides what."""


class KineticModel:
    """The real one."""

    def __init__(
        self, settings: Settings, writer: Callable[[str], ChatModel | None] = lambda name: None
    ) -> None:
        """Arguments: writer: opens a chat model by name, to propose what the grammar does not read."""
        self._settings = settings
        self._writer = writer

    def prepare(self) -> None:
        """Compile the model where that was not done."""
        from assistant.kinetics import kernel

        kernel.prepare(self._settings.home)

    def designs(self) -> tuple[tuple[str, str], ...]:
        """Shipped designs by id, then the saved ones by path."""
        from assistant.kinetics import designs

        found = [(name, designs.load(name).name) for name in designs.names()]
        for path in sorted((self._settings.home / FOLDER).glob("*.toml")):
            try:
                found.append((str(path), designs.load(path).name))
            except InputError as error:  # one bad file must not take the others away
                LOG.warning("saved design: %s", error)
        return tuple(found)

    def parameters(self, design: str) -> Mapping[str, Json]:
        """The parameters of a design as it stands, sources spelled out."""
        from assistant.kinetics import designs
        from assistant.kinetics.citations import cite

        listed = {name: found.to_json() for name, found in designs.load(design).parameters.items()}
        return {name: {**found, "source": cite(found["source"])} for name, found in listed.items()}

    def whatif(self, request: Request, step: Step = quiet, cancelled: Cancelled = never) -> Json:
        """Compare two designs, or rank the levers of one."""
        from assistant.kinetics import replay, whatif

        def told(done: int, total: int) -> None:
            if cancelled():
                raise Stopped("The reader cancelled.")
            step(done, total)

        self.prepare()
        asked, note = self._read(request, cancelled)
        done = whatif.answer(asked, progress=told)
        payload = done.payload()
        if note:
            payload["warnings"].append(note)
        if not request.draws:  # a draft under a slider is no run to come back to
            try:
                replay.store(self._settings.home, done)
            except EnvironmentFault as problem:
                payload["warnings"].append(f"this what-if is not kept for --replay: {problem.message}")
        return payload

    def save(self, request: Request, side: str, name: str) -> Path:
        """Write design `a` or `b` of a comparison as TOML.

        Raises:
            InputError: there is a design of that name, or the name is empty.
            EnvironmentFault: the file cannot be written.
        """
        from assistant.kinetics.saving import save

        asked = self._asked(request)
        design, base = (asked.a, request.a) if side == "a" else (asked.b, request.b or request.a)
        return save(design, base, name, self._settings.home / FOLDER)

    def export(self, request: Request, payload: Json, target: Path) -> Path:
        """Write a comparison as Markdown, JSON, CSV or a picture, or design A as SBML or Antimony.

        Raises:
            InputError: the ending is none of those.
            EnvironmentFault: the file cannot be written.
        """
        ending = target.suffix.lower()
        if ending not in ENDINGS:
            raise InputError(
                f"{target.name!r} ends in nothing that can be written.", hint=f"Use {', '.join(ENDINGS)}."
            )
        try:
            if ending in (".svg", ".png"):
                from assistant.kinetics.plot import picture

                names = tuple(str(design["name"]) for design in payload["designs"])
                picture(payload["series"], target, names=(names[0], names[-1]))
            elif ending in (".xml", ".ant"):
                from assistant.kinetics import sbml

                asked = self._asked(request)
                sbml.write(asked.a, target, days=asked.days)
            else:
                target.write_text(_text(payload, ending), encoding="utf-8")
        except OSError as error:
            raise EnvironmentFault(
                f"{str(target)!r} cannot be written: {error}.", hint="Choose another folder."
            ) from error
        return target.resolve()

    def _asked(self, request: Request) -> Asked:
        return self._read(request, never)[0]

    def _read(self, request: Request, cancelled: Cancelled) -> tuple[Asked, str]:
        """What is to be run, and what is to be said about who read the words."""
        from assistant.kinetics import requests

        days, draws, seed = (self._settings.integer(f"whatif.{name}") for name in ("days", "draws", "seed"))
        draws = min(request.draws or draws, draws)
        if not request.text:
            parts = requests.from_parts(
                design=request.a,
                vs=request.b or None,
                sets_a=tuple(f"{name}={value}" for name, value in request.sets_a.items()),
                sets_b=tuple(f"{name}={value}" for name, value in request.sets_b.items()),
                days=days,
                draws=draws,
                seed=seed,
            )
            return parts, ""
        if request.proposal:
            from assistant.kinetics.proposal import Proposal

            proposal = Proposal.from_json(request.proposal)
            asked, note = (
                requests.from_proposal(
                    proposal, request.text, by=request.model, days=days, draws=draws, seed=seed
                ),
                "",
            )
        else:
            asked, note = self._worded(request, days, draws, seed, cancelled)
        by_hand = (
            tuple(f"{name}={value}" for name, value in sets.items())
            for sets in (request.sets_a, request.sets_b)
        )
        return requests.with_sets(asked, *by_hand), note

    def _worded(
        self, request: Request, days: int, draws: int, seed: int, cancelled: Cancelled
    ) -> tuple[Asked, str]:
        from assistant.answering.proposing import worded
        from assistant.models.prompts import load

        folder = self._settings.text("prompts.folder")
        return worded(
            request.text,
            lambda: self._writer(request.model),
            lambda: load(Path(folder).expanduser() if folder else None)["what-if"],
            days=days,
            draws=draws,
            seed=seed,
            seconds=self._settings.integer("models.seconds"),
            cancelled=cancelled,
        )


def _text(payload: Json, ending: str) -> str:
    if ending == ".json":
        return json.dumps(payload, ensure_ascii=False, indent=1) + "\n"
    if ending == ".csv":
        from assistant.kinetics.plot import to_csv

        return to_csv(payload["series"])
    from assistant.sessions.markdown import whatif_lines

    return "\n".join(whatif_lines(payload)) + "\n"
