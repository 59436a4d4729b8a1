"""`senescope model scan`, `sensitivity`, `cohort`, `export`, `compare`, `report` and `fit`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.options import Desk, at_desk
from assistant.errors import UsageError

DesignName = Annotated[str, typer.Option("--design", help="Design id, synonym, id+layer or FILE.toml.")]
Outcome = Annotated[str, typer.Option("--outcome", help="Outcome to look at, e.g. Cmax, persistence.")]
DEFAULT_OUTCOME = "senescent_fraction_d28"


def keep_compiled(place: Desk) -> None:
    """Let the home folder of this command keep the compiled model."""
    os.environ["SENESCOPE_HOME"] = str(place.settings.home)


@at_desk
def scan(
    place: Desk,
    ranges: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=FROM..TO", help="dose=1e6..1e9, kX=0.05,0.1")
    ] = None,
    design: DesignName = "bbz",
    levers: Annotated[
        bool, typer.Option("--levers", help="Rank all levers by what they do to --outcome.")
    ] = False,
    outcome: Outcome = DEFAULT_OUTCOME,
    days: Annotated[float, typer.Option("--days")] = 365.0,
    draws: Annotated[int, typer.Option("--draws")] = 64,
    seed: Annotated[int, typer.Option("--seed")] = 1,
) -> None:
    """Go through values of a parameter, or rank single changes (--levers)."""
    from assistant.cli.model import columns
    from assistant.kinetics import designs
    from assistant.kinetics import run_tables as tables
    from assistant.kinetics import scan as scanning

    if bool(ranges) == levers:
        raise UsageError(
            "Give one or more NAME=FROM..TO, or --levers.", hint="senescope model scan dose=1e6..1e9"
        )
    keep_compiled(place)
    base = designs.load(design)
    if levers:
        ranked = scanning.rank(base, outcome, days=days, draws=draws, seed=seed)
        if place.as_json:
            place.emit(
                {"version": 1, "kind": "ranking", "design": base.id, "outcome": outcome,
                 "levers": [r.to_json() for r in ranked], "run": {"days": days, "draws": draws, "seed": seed}}
            )  # fmt: skip
            return
        place.emit(tables.ranking(base.name, outcome, ranked, draws, columns()))
        return
    for text in ranges or ():
        done = scanning.scan(base, scanning.parse_range(text), days=days, draws=draws, seed=seed)
        place.emit(done.to_json() if place.as_json else tables.scan(done, tables.SCANNED, columns()))


@at_desk
def sensitivity(
    place: Desk,
    design: DesignName = "bbz",
    outcome: Outcome = DEFAULT_OUTCOME,
    sobol: Annotated[
        bool, typer.Option("--sobol", help="Global indices over the ranges instead of local ones.")
    ] = False,
    sample: Annotated[int, typer.Option("--sample", help="Base sample of --sobol, a power of two.")] = 128,
    days: Annotated[float, typer.Option("--days")] = 365.0,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    top: Annotated[int, typer.Option("--top", help="Rows in the text output.")] = 15,
) -> None:
    """What an outcome depends on: local elasticities, or Sobol indices over the ranges."""
    from assistant.cli.model import columns
    from assistant.kinetics import designs
    from assistant.kinetics import run_tables as tables
    from assistant.kinetics import sensitivity as analysis

    keep_compiled(place)
    base = designs.load(design)
    if sobol:
        done = analysis.sobol(base, outcome, days=days, n=sample, seed=seed)
    else:
        done = analysis.local(base, outcome, days=days)
    place.emit(done.to_json() if place.as_json else tables.sensitivity(done, top, columns()))


@at_desk
def cohort(
    place: Desk,
    design: DesignName = "bbz",
    vs: Annotated[str | None, typer.Option("--vs", help="A second design in the same patients.")] = None,
    patients: Annotated[int, typer.Option("--patients", "-n", help="Virtual patients.")] = 1000,
    days: Annotated[float, typer.Option("--days")] = 1095.0,
    seed: Annotated[int, typer.Option("--seed")] = 1,
) -> None:
    """Follow virtual patients under one or two designs: response and relapse-free share over time."""
    from assistant.cli.model import columns
    from assistant.kinetics import cohort as cohorts
    from assistant.kinetics import designs
    from assistant.kinetics import run_tables as tables

    keep_compiled(place)
    other = designs.load(vs) if vs is not None else None
    done = cohorts.run(designs.load(design), other, n=patients, days=days, seed=seed)
    place.emit(done.to_json() if place.as_json else tables.cohort(done, columns()))


@at_desk
def export(
    place: Desk,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Ends in .xml (SBML L3) or .ant (Antimony).")],
    design: DesignName = "bbz",
    days: Annotated[
        float, typer.Option("--days", help="Repeated events are written out up to this day.")
    ] = 1095.0,
) -> None:
    """Write a design as SBML or Antimony, initial values and events included."""
    from assistant.kinetics import designs
    from assistant.kinetics.sbml import write

    base = designs.load(design)
    write(base, file, days=days)
    if place.as_json:
        place.emit({"version": 1, "kind": "export", "path": str(file), "design": base.id, "days": days})
    else:
        place.say(f"wrote {file} ({base.name}, events up to day {days:g})")


@at_desk
def compare(
    place: Desk,
    file: Annotated[Path, typer.Argument(metavar="FILE.xml", help="A published model in SBML.")],
    vs: Annotated[str, typer.Option("--vs", help="Our design.")] = "bbz",
    days: Annotated[float, typer.Option("--days")] = 365.0,
    map_: Annotated[
        list[str] | None, typer.Option("--map", metavar="ROLE=ID", help="cart=C, tumour=T, b_cells=B")
    ] = None,
) -> None:
    """Run a published SBML model beside one of our designs where the states can be mapped."""
    from assistant.cli.model import columns
    from assistant.kinetics import designs, published
    from assistant.kinetics import run_tables as tables

    keep_compiled(place)
    done = published.compare(file, designs.load(vs), days=days, given=map_ or ())
    place.emit(done.to_json() if place.as_json else tables.published(done, columns()))


@at_desk
def report(
    place: Desk,
    records: Annotated[
        Path | None, typer.Option("--records", help="Another file of clinical records (YAML).")
    ] = None,
) -> None:
    """Hold the model against facts and clinical records: value, measurement, verdict."""
    from assistant.cli.model import columns
    from assistant.kinetics import report as reporting
    from assistant.kinetics import run_tables as tables

    keep_compiled(place)
    place.say("running facts and virtual patients (10 to 20 seconds)")
    done = reporting.report(records)
    place.emit(done.to_json() if place.as_json else tables.report(done, columns()))


@at_desk
def fit(
    place: Desk,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Write the fitted files here.")
    ] = None,
    evaluations: Annotated[
        int, typer.Option("--evaluations", help="Most evaluations of the residuals.")
    ] = 60,
) -> None:
    """Calibrate again from the clinical records and priors; about a minute."""
    from assistant.cli.model import columns
    from assistant.kinetics import fit as fitting
    from assistant.kinetics import run_tables as tables

    keep_compiled(place)
    place.say("fitting, about a minute")
    done = fitting.fit(evaluations)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        fitting.write(done, out)
        place.say(f"wrote the fitted parameters to {out}")
    found: dict[str, Any] = done.to_json()
    place.emit({"version": 1, "kind": "fit", **found} if place.as_json else tables.fit(found, columns()))


def register(app: typer.Typer) -> None:
    """Add these commands to `senescope model`."""
    for name, command in (
        ("scan", scan),
        ("sensitivity", sensitivity),
        ("cohort", cohort),
        ("export", export),
        ("compare", compare),
        ("report", report),
        ("fit", fit),
    ):
        app.command(name)(command)
