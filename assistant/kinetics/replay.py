"""What-ifs kept by id, so that the same run gives the same numbers again.

One small JSON file a run in `whatifs/` of the home folder: the inputs (words, or designs and settings),
seed, draws, tolerances and the versions of everything that decides a number. A replay with another
version of the model runs, and says that the numbers may differ.
"""

from __future__ import annotations

import hashlib
import json
import re
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


def store(home: Path, done: Answered) -> Path:
    """Write one run; EnvironmentFault when the folder cannot be written."""
    run = done.comparison.run
    record = {
        "version": 1,
        "id": run["id"],
        "inputs": dict(done.request.inputs),
        "run": {k: v for k, v in run.items() if k != "seconds"},
        "model": fingerprint(),
        "versions": {name: metadata.version(name) for name in ("numpy", "scipy", "numba")},
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
    from assistant.kinetics.requests import from_parts, from_proposal, from_words

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
    if "proposal" in inputs:
        from assistant.kinetics.proposal import Proposal

        return from_proposal(
            Proposal.from_json(inputs["proposal"]),
            inputs["text"],
            by=inputs["by"],
            days=inputs["days"],
            draws=inputs["draws"],
            seed=inputs["seed"],
        )
    if "text" in inputs:
        return from_words(inputs["text"], days=inputs["days"], draws=inputs["draws"], seed=inputs["seed"])
    return from_parts(
        inputs["design"],
        inputs.get("vs"),
        sets=inputs.get("set", ()),
        sets_a=inputs.get("set_a", ()),
        sets_b=inputs.get("set_b", ()),
        days=inputs["days"],
        draws=inputs["draws"],
        seed=inputs["seed"],
    )


def changed_since(home: Path, run_id: str) -> str:
    """A warning when the model is another one than at the time of the run; "" when it is the same."""
    record = _read(next((home / FOLDER).glob(f"{run_id}*.json")))
    if record.get("model") == fingerprint():
        return ""
    made = f"run {record.get('id')} was made with model {record.get('model')}"
    return f"{made}, this is {fingerprint()}: numbers may differ"


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
