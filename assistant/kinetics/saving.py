"""A design with the user's changes written as TOML, so that it can be named wherever a design can.

What is written is read again at once and held against the design: a file that would give other numbers is
an error, not a surprise later.
"""

from __future__ import annotations

import math
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from assistant.errors import EnvironmentFault, InputError
from assistant.kinetics import designs
from assistant.kinetics.designs import Design
from assistant.kinetics.equations import PARAMETERS
from assistant.kinetics.events import Event


def save(design: Design, base: str, name: str, folder: Path) -> Path:
    """Write `design` into `folder`, by its differences from the design `base`.

    Arguments:
        base: id or TOML file of the design that it was made from; layers after a `+` are written out.
        name: what it is called from now on; the file is named after it.

    Raises:
        InputError: the name is empty or taken, or the design holds something that no file can say.
        EnvironmentFault: the file cannot be written.
    """
    stem = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
    if not stem:
        raise InputError(f"{name!r} is no name for a design.", hint="Use letters and digits.")
    path = folder / f"{stem}.toml"
    if path.exists():
        raise InputError(
            f"There is a design {stem!r} already.", hint=f"Choose another name, or remove {path}."
        )
    text = written(design, base, name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise EnvironmentFault(
            f"{str(path)!r} cannot be written: {problem}.", hint="Check the disk, or choose another --home."
        ) from problem
    again = designs.load_file(path)
    differing = [
        p for p in PARAMETERS if not math.isclose(again.value(p), design.value(p), rel_tol=1e-9, abs_tol=0.0)
    ]
    if differing or again.events != design.events:
        path.unlink()
        what = ", ".join(differing) or "its events"
        raise InputError(
            f"This design cannot be written as a file without changing {what}.",
            hint="Export the run instead.",
        )
    return path


def written(design: Design, base: str, name: str) -> str:
    """The TOML of a design: its base, layers, the values that differ, and further events."""
    import tomlkit

    parent = designs.load(base if base.endswith(".toml") else base.split("+")[0])
    layered = parent
    layers = [layer for layer in design.layers if layer not in parent.layers]
    for layer in layers:
        layered = layered.with_layer(layer)
    document = tomlkit.document()
    document["name"] = name
    document["base"] = base if base.endswith(".toml") else parent.id
    if layers:
        document["layers"] = layers
    sets = {
        p: design.value(p)
        for p in PARAMETERS
        if not math.isclose(design.value(p), layered.value(p), rel_tol=1e-12, abs_tol=0.0)
    }
    if sets:
        document["set"] = sets
    events = [event for event in design.events if event not in layered.events]
    if events:
        document["events"] = [_event(event) for event in events]
    return tomlkit.dumps(document)


def _event(event: Event) -> dict[str, Any]:
    """The fields that differ from what an event has anyway."""
    default = Event(event.kind)
    return {"kind": event.kind} | {
        field.name: value
        for field in fields(Event)
        if field.name != "kind"
        and (value := getattr(event, field.name)) != getattr(default, field.name)
        and value is not None
    }
