"""Compile the stepping loop once and keep the machine code on disk.

The functions of `equations` and `stepper` are plain Python; here they are bound to a private name
space in which every one of them is a Numba dispatcher. Importing Numba costs 0.3 to 0.9 s, so it
happens on the first run of the fast path and never at import. The cache folder carries a hash of the
sources and versions, because Numba's own cache only looks at the file of the outermost function and
would keep stale machine code after a change in `equations`. It lies under SENESCOPE_HOME (or the
user's cache folder) and not beside the sources, which may be read-only.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import threading
import types
from collections.abc import Callable
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from assistant.kinetics import equations, stepper

_FUNCTIONS: tuple[Callable[..., Any], ...] = (
    equations.derive,
    equations.stimulation,
    equations.kill_rate,
    equations.window,
    equations.failing,
    equations.rhs,
    equations.start,
    equations.infuse,
    equations.induce,
    equations.deplete,
    equations.jump,
    equations.blood,
    stepper.stages,
    stepper.error,
    stepper.spline,
    stepper.at,
    stepper.slope,
    stepper.crossing,
    stepper.turning,
    stepper.totals,
    stepper.watch_blood,
    stepper.watch_targets,
    stepper.span,
    stepper.die_out,
    stepper.begin,
    stepper.trial,
    stepper.fill,
    stepper.accept,
    stepper.clear,
    stepper.segment,
    stepper.integrate,
    stepper.integrate_many,
)

Integrator = Callable[..., None]


def cache_folder(home: Path | None = None) -> Path:
    """Where the machine code is kept for exactly these sources and versions.

    Arguments:
        home: state folder; by default $SENESCOPE_HOME, else the user's cache folder.
    """
    if home is None:
        named = os.environ.get("SENESCOPE_HOME")
        if named:
            home = Path(named)
        else:
            from platformdirs import user_cache_path

            home = user_cache_path("senescope")
    digest = hashlib.sha256()
    for module in (equations, stepper):
        digest.update(Path(str(module.__file__)).read_bytes())
    for package in ("numba", "numpy"):
        digest.update(metadata.version(package).encode())
    return home / "kernels" / digest.hexdigest()[:16]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


_COMPILING = threading.Lock()


def load() -> Integrator:
    """The compiled `integrate_many`; compiled now (10 to 30 s) or read from the cache (about 0.1 s).

    Threads and processes that need it at the same time wait for the first one. A cache that cannot be
    read is thrown away and built again; one that cannot be written costs a compilation per process.
    """
    with _COMPILING:
        return _load()


@lru_cache(maxsize=1)
def _load() -> Integrator:
    folder = cache_folder()
    if not _writable(folder):
        return _compile(None)
    from filelock import FileLock

    with FileLock(str(folder) + ".lock"):
        try:
            return _compile(folder)
        except (EOFError, OSError, ValueError, KeyError, pickle.UnpicklingError):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, exist_ok=True)
            return _compile(folder)


def _compile(folder: Path | None) -> Integrator:
    import numba

    settings: Any = numba.config
    before = settings.CACHE_DIR
    settings.CACHE_DIR = before if folder is None else str(folder)
    space: dict[str, Any] = {}
    for module in (equations, stepper):
        space.update({n: value for n, value in vars(module).items() if not n.startswith("__")})
    space["__name__"] = __name__
    try:
        for function in _FUNCTIONS:
            bound = types.FunctionType(
                function.__code__, space, function.__name__, function.__defaults__, function.__closure__
            )
            keep = folder is not None and function is stepper.integrate_many
            jit = numba.njit(nogil=True, cache=keep, error_model="numpy")
            space[function.__name__] = jit(bound)
        compiled = space[stepper.integrate_many.__name__]
        compiled.compile(_signature(numba))
    finally:
        settings.CACHE_DIR = before
    return compiled  # type: ignore[no-any-return]  # Numba dispatchers are untyped


def _signature(numba: Any) -> Any:
    f8 = numba.types.float64
    one, two, three = f8[::1], f8[:, ::1], f8[:, :, ::1]
    return (two, two, two, one, two, one, three, two, one, one)
