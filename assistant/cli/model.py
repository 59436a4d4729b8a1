"""`senescope model`: what the kinetic model is made of, and what can be done with it beyond one what-if."""

from __future__ import annotations

import shutil
import sys
from typing import Annotated

import typer

from assistant.cli.model_runs import register
from assistant.cli.options import Desk, at_desk

app = typer.Typer(
    help="The kinetic model: designs, parameters with sources, scans, cohorts, export.", no_args_is_help=True
)


def columns() -> int | None:
    """Width of the terminal, or None when stdout is piped."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


@app.command("designs")
@at_desk
def designs_command(place: Desk) -> None:
    """List the designs and the levers that can be laid over them."""
    from assistant.kinetics import designs, levers
    from assistant.kinetics.tables import table

    loaded = [designs.load(name) for name in designs.names()]
    laid = [levers.load(name) for name in levers.names()]
    if place.as_json:
        place.emit(
            {
                "version": 1,
                "designs": [
                    {
                        "id": d.id,
                        "name": d.name,
                        "base": d.base,
                        "layers": list(d.layers),
                        "product": d.product,
                        "synonyms": list(designs.synonyms(d.id)),
                        "note": d.note,
                    }
                    for d in loaded
                ],
                "levers": [
                    {
                        "id": v.id,
                        "name": v.name,
                        "synonyms": list(v.synonyms),
                        "bases": list(v.bases),
                        "findings": list(v.findings),
                        "note": v.note,
                        "conflict": v.conflict,
                    }
                    for v in laid
                ],
            }
        )
        return
    rows = [(d.id, d.name, ", ".join(designs.synonyms(d.id))) for d in loaded]
    place.emit(table(("Design", "Name", "Also called"), rows, columns()) + "\n")
    lever_rows = [
        (
            v.id,
            v.name,
            f"{len(v.findings)} finding{'s' if len(v.findings) > 1 else ''}" if v.findings else "assumed",
        )
        for v in laid
    ]
    place.emit(table(("Lever", "Name", "Direction rests on"), lever_rows, columns()) + "\n")
    place.emit("Lay a lever over a design with +, e.g. --design bbz+c-jun\n")


@app.command("parameters")
@at_desk
def parameters_command(
    place: Desk,
    design: Annotated[
        str, typer.Option("--design", help="Design id, synonym, id+layer or FILE.toml.")
    ] = "bbz",
) -> None:
    """Print every parameter of a design: value, range, unit, status and source."""
    from assistant.kinetics import designs
    from assistant.kinetics.equations import PARAMETERS
    from assistant.kinetics.tables import parameters

    found = designs.load(design)
    if place.as_json:
        from assistant.kinetics.citations import cite

        listed = {n: found.parameters[n].to_json() for n in PARAMETERS}
        for entry in listed.values():
            entry["source"] = cite(entry["source"])
        place.emit({"version": 1, "design": found.id, "name": found.name, "parameters": listed})
        return
    place.emit(parameters(found.name, {n: found.parameters[n] for n in PARAMETERS}, columns()))


@app.command("show")
@at_desk
def show_command(
    place: Desk,
    name: Annotated[str, typer.Argument(help="A parameter, a design or a lever.")],
) -> None:
    """Show one parameter, design or lever with everything that justifies it."""
    from assistant.kinetics.showing import describe

    found = describe(name)
    place.emit(found.data if place.as_json else found.text)


register(app)
