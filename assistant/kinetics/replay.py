"""What-ifs kept by id, so that the same run gives the same numbers again.

One small JSON file a run in `whatifs/` of the home folder: the inputs (words, or designs and settings),
seed, draws, tolerances and the versions of everything that decides a number. A replay with another
version of the model runs, and says that the numbers may differ.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sqlite3
from contextlib import closing
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import __version__
from assistant.errors import EnvironmentFault, InputError

if TYPE_CHECKING:
    from assistant.kinetics.requests import Request
    from assistant.kinetics.whatif import Answered

FOLDER = "whatifs"
_DECIDES = (
    "equations.py", "stepper.py", "draws.py", "events.py", "outcomes.py", "parameters.toml", "levers.toml",
    "designs.toml", "posterior.json",
)  # fmt: skip
KEPT = 500
"""Older runs are dropped beyond this number."""


def fingerprint() -> str:
    """Hash of the equations, the parameters and the levers: equal hashes give equal numbers."""
    digest = hashlib.sha256()
    folder = resources.files("assistant.kinetics")
    for name in _DECIDES:
        place = folder.joinpath(name)
        if place.is_file():
            digest.update(place.read_bytes())
    return digest.hexdigest()[:16]


def index_of(home: Path) -> str | None:
    """Fingerprint of the literature index in a home folder; None while there is none."""
    path = home / "catalog.sqlite"
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as catalog:
            row = catalog.execute("SELECT value FROM meta WHERE key='fingerprint'").fetchone()
    except sqlite3.Error:
        return None  # `doctor` reports a damaged index; a what-if does not read it
    return None if row is None else str(row[0])[:12]


def store(home: Path, done: Answered) -> Path:
    """Write one run; EnvironmentFault when the folder cannot be written."""
    run = done.comparison.run
    record = {
        "version": 1,
        "id": run["id"],
        "inputs": dict(done.request.inputs),
        "run": {k: v for k, v in run.items() if k != "seconds"},
        "model": fingerprint(),
        "index": index_of(home),
        "versions": versions(),
        "sentence": done.sentence,
    }
    folder = home / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{run['id']}.json"
        path.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
        for old in sorted(folder.glob("*.json"), key=lambda p: p.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as problem:
        raise EnvironmentFault(
            f"cannot write {str(folder)!r}: {problem}", hint="Choose another --home."
        ) from problem
    return path


def recall(home: Path, run_id: str) -> Request:
    """The request of a stored run.

    Raises:
        InputError: no such id (the nearest kept ones are named), or a file that is damaged.
    """
    from assistant.kinetics.requests import from_parts, from_proposal, from_words, with_sets

    if not re.fullmatch(r"[0-9a-f]{4,32}", run_id):
        raise InputError(f"{run_id!r} is not the id of a what-if.", hint="It is `run.id` of whatif --json.")
    folder = home / FOLDER
    found = sorted(folder.glob(f"{run_id}*.json")) if folder.is_dir() else []
    if len(found) != 1:
        kept = len(list(folder.glob("*.json"))) if folder.is_dir() else 0
        problem = (
            f"{len(found)} runs begin with {run_id!r}"
            if found
            else f"no what-if {run_id!r} is kept in {folder}"
        )
        raise InputError(f"{problem} ({kept} runs there).", hint="Give the whole id from whatif --json.")
    inputs = _read(found[0]).get("inputs") or {}
    length = {name: inputs[name] for name in ("days", "draws", "seed")}
    if "proposal" in inputs:
        from assistant.kinetics.proposal import Proposal

        proposal = Proposal.from_json(inputs["proposal"])
        proposed = from_proposal(proposal, inputs["text"], by=inputs["by"], **length)
        return with_sets(proposed, inputs.get("set_a", ()), inputs.get("set_b", ()))
    if "text" in inputs:
        asked = from_words(inputs["text"], **length)
        return with_sets(asked, inputs.get("set_a", ()), inputs.get("set_b", ()))
    return from_parts(
        inputs["design"],
        inputs.get("vs"),
        sets=inputs.get("set", ()),
        sets_a=inputs.get("set_a", ()),
        sets_b=inputs.get("set_b", ()),
        **length,
    )


def changed_since(home: Path, run_id: str) -> str:
    """A warning when model, versions or index are others than at the time of the run; "" when the same."""
    record = _read(next((home / FOLDER).glob(f"{run_id}*.json")))
    parts = []
    if record.get("model") != fingerprint():
        made = f"run {record.get('id')} was made with model {record.get('model')}"
        parts.append(f"{made}, this is {fingerprint()}: numbers may differ")
    elif any(v != versions().get(k) for k, v in (record.get("versions") or {}).items()):
        parts.append(f"run {record.get('id')} was made with other versions of Python or its libraries")
    if record.get("index") not in (None, index_of(home)):
        parts.append("the literature index is another one than at the time of the run")
    return "; ".join(parts)


def versions() -> dict[str, str]:
    """Versions of everything that decides a number, by name."""
    libraries = {name: metadata.version(name) for name in ("numpy", "scipy", "numba")}
    return {"senescope": __version__, "python": platform.python_version(), **libraries}


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
        if not isinstance(data, dict) or "inputs" not in data:
            raise ValueError("no inputs in it")
    except (OSError, ValueError) as problem:
        raise InputError(
            f"{path} is damaged: {problem}", hint="Delete it and run the what-if again."
        ) from problem
    return data
