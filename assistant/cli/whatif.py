"""`senescope whatif`: two designs side by side, in words or by name."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.options import AsJson, Desk, HomeDir, Offline, Quiet, desk
from assistant.errors import EnvironmentFault, ExitCode, UsageError

if TYPE_CHECKING:
    from assistant.kinetics.requests import Request
    from assistant.kinetics.whatif import Answered
    from assistant.models.prompts import Prompt

CURVES = ("blood_cells_per_uL", "senescent_fraction")
"""What the terminal shows unless --plot names another."""

Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Set a parameter: dose=1e7, A50=x2, fM='50 %'; A:NAME=VALUE for one design.",
    ),
]
Days = Annotated[int | None, typer.Option("--days", help="Simulated time in days (365).")]
Draws = Annotated[
    int | None, typer.Option("--draws", help="Parameter draws behind the bands (200); 1 is nominal.")
]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of the draws (1).")]


def whatif(
    text: Annotated[str | None, typer.Argument(help="A what-if in words; or use --design.")] = None,
    design: Annotated[
        str | None, typer.Option("--design", help="Design A: id, synonym, id+layer or FILE.toml.")
    ] = None,
    vs: Annotated[
        str | None, typer.Option("--vs", help="Design B; without it A is compared with itself unchanged.")
    ] = None,
    set_: Sets = None,
    days: Days = None,
    draws: Draws = None,
    seed: Seed = None,
    plot: Annotated[
        str | None, typer.Option("--plot", help="Curve to draw in the terminal, e.g. H, S, tumour_cells.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write all curves with bands.")
    ] = None,
    png: Annotated[
        Path | None, typer.Option("--png", metavar="FILE", help="Write a picture (needs matplotlib).")
    ] = None,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Write a vector picture.")] = None,
    scan: Annotated[
        str | None, typer.Option("--scan", metavar="NAME=FROM..TO", help="Go through values in --design.")
    ] = None,
    methods: Annotated[bool, typer.Option("--methods", help="Add a methods paragraph and BibTeX.")] = False,
    replay: Annotated[
        str | None, typer.Option("--replay", metavar="ID", help="Run a stored what-if again.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="PROVIDER:NAME",
            help="Chat model that may propose the change where the grammar falls short.",
        ),
    ] = None,
    as_json: AsJson = False,
    offline: Offline = False,
    quiet: Quiet = False,
    home: HomeDir = None,
) -> None:
    """Compare two designs in the kinetic model: outcomes with ranges, curves, and why each number."""
    flags = {"whatif.days": days, "whatif.draws": draws, "whatif.seed": seed, "model": model}
    place = desk(as_json=as_json, offline=offline, quiet=quiet, home=home, flags=flags)
    if text is not None and _sourced(place, text):
        return
    if scan is not None:
        _scanned(place, scan, design, text, draws)
        return
    if replay is not None:
        request = _replayed(place, replay, text, design)
    elif text is not None:
        if design or vs or set_:
            raise UsageError(
                "A what-if in words takes no --design, --vs or --set.",
                hint="Say it in the words, or use only options.",
            )
        request = _worded(place, text, explicit_days=days is not None)
    else:
        request = _listed(place, design, vs, set_)
    done = run(place, request)
    if csv is not None:
        from assistant.kinetics.plot import to_csv

        _write(csv, to_csv(done.comparison.to_json()["series"]), place)
    for path in (png, svg):
        if path is not None:
            _picture(path, done, place)
    show(place, done, plot=plot, methods=methods)


def run_words(place: Desk, text: str) -> int:
    """Answer a what-if in words on stdout; returns the exit code. Used by `ask`."""
    show(place, run(place, _worded(place, text)))
    return ExitCode.DONE


def run(place: Desk, request: Request) -> Answered:
    """Run a request and store it in the history."""
    from assistant.kinetics import whatif as model

    _prepare(place)
    done = model.answer(request, progress=_told(place))
    _remember(place, done)
    return done


def show(place: Desk, done: Answered, *, plot: str | None = None, methods: bool = False) -> None:
    """Write the answer: JSON, Markdown when piped, or text with curves in a terminal."""
    from assistant.kinetics import tables

    if place.as_json:
        payload = done.payload()
        if methods:
            from assistant.kinetics.methods import bibtex, paragraph

            payload["methods"] = {"text": paragraph(done), "bibtex": bibtex(done)}
        place.emit(payload)
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    place.emit(tables.answer(done, width=width, plot=_curves(done, width, plot)))
    if methods:
        from assistant.kinetics.methods import bibtex, paragraph

        place.emit("\n" + paragraph(done) + "\n\n" + bibtex(done))


def _told(place: Desk) -> Callable[[int, int], None]:
    """Progress of a long search on stderr, in the words of the index."""
    from ingest.pipeline import Progress

    return lambda done, total: place.progress(Progress("trying levers", done + 1, total))


def _curves(done: Answered, width: int | None, wanted: str | None) -> str:
    """Plots for a terminal; when piped only what --plot asked for."""
    from assistant.kinetics.plot import braille

    names = (wanted,) if wanted else CURVES if width is not None else ()
    if not names:
        return ""
    series = done.comparison.to_json()["series"]
    return "\n\n".join(braille(series, name, width=min(width or 78, 110), height=12) for name in names)


def _worded(place: Desk, text: str, *, explicit_days: bool = False) -> Request:
    from assistant.answering.proposing import worded
    from assistant.cli.ask import chat_model

    settings = place.settings
    request, note = worded(
        text,
        lambda: chat_model(place),
        lambda: _prompt(place),
        days=settings.integer("whatif.days"),
        draws=settings.integer("whatif.draws"),
        seed=settings.integer("whatif.seed"),
        seconds=settings.integer("models.seconds"),
    )
    if note:
        place.say(note)
    words = request.understood
    if (
        explicit_days
        and words is not None
        and words.days is not None
        and words.days != settings.integer("whatif.days")
    ):
        raise UsageError(
            f"The words ask for {words.days:g} days and --days for {settings.integer('whatif.days')}.",
            hint="Use one of them.",
        )
    return request


def _prompt(place: Desk) -> Prompt:
    """The template of the job "what-if"."""
    from assistant.models.prompts import load

    folder = place.settings.text("prompts.folder")
    return load(Path(folder).expanduser() if folder else None)["what-if"]


def _listed(place: Desk, design: str | None, vs: str | None, sets: list[str] | None) -> Request:
    from assistant.kinetics.requests import from_parts

    if design is None:
        raise UsageError(
            "Nothing to compare.",
            hint='For example: senescope whatif --design bbz --vs 28z, or senescope whatif "4-1BB vs CD28"',
        )
    if vs is None and not sets and "+" not in design:
        vs = "28z" if design != "28z" else "bbz"
        place.say(f"no --vs and no --set: compared with {vs}")
    settings = place.settings
    return from_parts(
        design,
        vs,
        sets=sets or (),
        days=settings.integer("whatif.days"),
        draws=settings.integer("whatif.draws"),
        seed=settings.integer("whatif.seed"),
    )


def _sourced(place: Desk, text: str) -> bool:
    """Answer "why is kS higher in 4-1BB?" from the source of the number; False for anything else."""
    from assistant.kinetics.provenance import asked

    if asked(text) is None:
        return False
    place.say("this asks where a number comes from: answering from its source")
    answer = place.engine().ask(text)
    place.emit(answer.to_json() if place.as_json else answer.answer)
    return True


def _scanned(place: Desk, scan: str, design: str | None, text: str | None, draws: int | None) -> None:
    """`--scan`: the same as `model scan`, for those who look for it here."""
    from assistant.kinetics import designs
    from assistant.kinetics import scan as scanning
    from assistant.kinetics.run_tables import SCANNED
    from assistant.kinetics.run_tables import scan as table

    if text is not None:
        raise UsageError(
            "--scan takes a --design and no words.", hint="senescope whatif --design bbz --scan dose=1e6..1e9"
        )
    _prepare(place)
    settings = place.settings
    done = scanning.scan(
        designs.load(design or "bbz"),
        scanning.parse_range(scan),
        days=float(settings.integer("whatif.days")),
        draws=draws or 64,
        seed=settings.integer("whatif.seed"),
    )
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    place.emit(done.to_json() if place.as_json else table(done, SCANNED, width))


def _prepare(place: Desk) -> None:
    """Keep the compiled model in the home folder, and say so when it must be compiled first."""
    os.environ["SENESCOPE_HOME"] = str(place.settings.home)
    from assistant.kinetics import kernel

    folder = kernel.cache_folder()
    if not folder.exists() or not any(folder.iterdir()):
        place.say("compiling the model, once (about 10 seconds)")


def _remember(place: Desk, done: Answered) -> None:
    """Store inputs under the run's id; a home folder that cannot be written is no reason to fail."""
    from assistant.kinetics.replay import store

    try:
        store(place.settings.home, done)
    except EnvironmentFault as problem:
        place.say(f"this what-if is not kept for --replay: {problem.message}")


def _replayed(place: Desk, run_id: str, text: str | None, design: str | None) -> Request:
    from assistant.kinetics.replay import changed_since, recall

    if text is not None or design is not None:
        raise UsageError("--replay takes nothing else to compare.", hint="senescope whatif --replay ID")
    request = recall(place.settings.home, run_id)
    warning = changed_since(place.settings.home, run_id)
    if warning:
        place.say(warning)
    return request


def _write(path: Path, text: str, place: Desk) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise EnvironmentFault(
            f"cannot write {str(path)!r}: {problem}", hint="Check the folder and the disk."
        ) from problem
    place.say(f"wrote {path}")


def _picture(path: Path, done: Answered, place: Desk) -> None:
    from assistant.kinetics.plot import picture

    run_ = done.comparison
    picture(run_.to_json()["series"], path, names=(run_.a.name, run_.b.name))
    place.say(f"wrote {path}")
