"""Compile the stepping loop once and keep the machine code on disk.

The functions of `equations` and `stepper` are plain Python; here they are bound to a private name
space in which every one of them is a Numba dispatcher, compiled into one function that takes plain
pointers, and written out as an object file. Later processes hand that file to LLVM's loader and never
import Numba, whose import and registries cost 0.9 s; loading takes 0.05 s. The folder carries a hash of
the sources, the versions and the processor. It lies under SENESCOPE_HOME (or the user's cache folder)
and not beside the sources, which may be read-only.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import os
import subprocess
import sys
import threading
import types
from collections.abc import Callable
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from assistant.kinetics import equations, stepper
from assistant.kinetics.equations import N_PARAMETERS, N_STATES, N_VECTOR, Vector
from assistant.kinetics.stepper import N_ACC, N_SCRATCH

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
SYMBOL = "senescope_integrate"
_ARRAYS = 11
"""Pointers that the compiled function takes, before the sizes."""


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
    for package in ("numba", "llvmlite", "numpy"):
        digest.update(metadata.version(package).encode())
    llvm = _llvm()
    digest.update(f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}".encode())
    return home / "kernels" / digest.hexdigest()[:16]


def _llvm() -> Any:
    # Neither library tells mypy its types; both are imported late because of their cost.
    return importlib.import_module("llvmlite.binding")


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


_COMPILING = threading.Lock()


def ready() -> bool:
    """True when the machine code is on disk, so that the first run does not have to compile."""
    return (cache_folder() / "kernel.o").is_file()


def load() -> Integrator:
    """The compiled `integrate_many`; compiled now (10 to 30 s) or read from the cache (about 0.05 s).

    Threads and processes that need it at the same time wait for the first one. A file that cannot be
    loaded is built again; a folder that cannot be written costs a compilation per process.
    """
    with _COMPILING:
        return _load()


def prepare(home: Path) -> None:
    """Compile into `home` in a process of its own, unless that has been done.

    Compiling holds Python's interpreter lock for seconds; in a thread of the chat it would freeze the
    screen. A failure is left to `load`, which says what is wrong.
    """
    os.environ["SENESCOPE_HOME"] = str(home)
    if not ready():
        command = [sys.executable, "-c", "from assistant.kinetics.kernel import load; load()"]
        quiet = subprocess.DEVNULL
        subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, check=False)


@lru_cache(maxsize=1)
def _load() -> Integrator:
    folder = cache_folder()
    if not _writable(folder):
        code = _build()
        return _link(hashlib.sha256(code).digest() + code)
    from filelock import FileLock

    path = folder / "kernel.o"
    with FileLock(str(folder) + ".lock"):
        if path.is_file():
            try:
                return _link(path.read_bytes())
            except (OSError, RuntimeError, ValueError):
                path.unlink(missing_ok=True)
        code = _build()
        draft = path.with_suffix(".part")
        draft.write_bytes(hashlib.sha256(code).digest() + code)
        draft.replace(path)
    return _link(path.read_bytes())


def _target() -> Any:
    llvm = _llvm()
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    triple = llvm.Target.from_triple(llvm.get_process_triple())
    return triple.create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        codemodel="jitdefault",
        jit=True,
    )


def _build() -> bytes:
    """Compile to an object file; the only place that imports Numba."""
    llvm, numba = _llvm(), importlib.import_module("numba")
    space: dict[str, Any] = {}
    for module in (equations, stepper):
        space.update({n: value for n, value in vars(module).items() if not n.startswith("__")})
    space["__name__"] = __name__
    jit = numba.njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
    for function in _FUNCTIONS:
        bound = types.FunctionType(
            function.__code__, space, function.__name__, function.__defaults__, function.__closure__
        )
        space[function.__name__] = jit(bound)
    entry = jit(_entry(space[stepper.integrate_many.__name__], numba.carray))
    numbers = numba.types.CPointer(numba.types.float64)
    signature = numba.types.void(*([numbers] * _ARRAYS), numba.types.CPointer(numba.types.int64))
    entry.compile(signature)
    (made,) = entry.overloads.values()
    (text,) = entry.inspect_llvm().values()
    text = text.replace(made.fndesc.llvm_func_name, SYMBOL)
    code: bytes = _target().emit_object(llvm.parse_assembly(text))
    return code


def _entry(integrate_many: Any, carray: Any) -> Callable[..., None]:
    """The function to compile: pointers to arrays (Numba's calling convention adds two more before)."""

    def entry(  # type: ignore[no-untyped-def]  # compiled, never called from Python
        p, factor, offset, bounds, jumps, grid, out, acc, control, status, ws, sizes
    ):
        n, segments, points = sizes[0], sizes[1], sizes[2]
        integrate_many(
            carray(p, (n, N_PARAMETERS)),
            carray(factor, (segments, N_PARAMETERS)),
            carray(offset, (segments, N_PARAMETERS)),
            carray(bounds, (segments + 1,)),
            carray(jumps, (segments, 4)),
            carray(grid, (points,)),
            carray(out, (n, points, N_STATES)),
            carray(acc, (n, N_ACC)),
            carray(control, (5,)),
            carray(status, (n,)),
            carray(ws, (N_SCRATCH, N_VECTOR)),
        )

    return entry


_KEPT: list[Any] = []
"""What LLVM must not free while the machine code is in use."""


def _link(stored: bytes) -> Integrator:
    """Load an object file and wrap its function; ValueError when it is damaged."""
    llvm = _llvm()
    check, code = stored[:32], stored[32:]
    if hashlib.sha256(code).digest() != check:
        raise ValueError("the kernel file is damaged")
    # Numba's array type refers to this destructor; our arrays own nothing, so it is never called.
    nothing = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _: None)
    if llvm.address_of_symbol("NRT_MemInfo_call_dtor") is None:
        llvm.add_symbol("NRT_MemInfo_call_dtor", ctypes.cast(nothing, ctypes.c_void_p).value)
    machine = _target()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    address = engine.get_function_address(SYMBOL)
    if not address:
        raise ValueError("the kernel file holds no kernel")
    _KEPT.extend((nothing, machine, engine))
    # ctypes releases the interpreter lock during the call.
    call = ctypes.CFUNCTYPE(ctypes.c_int32, *([ctypes.c_void_p] * (_ARRAYS + 3)))(address)

    def integrate_many(*arrays: Vector) -> None:
        p, bounds, grid = arrays[0], arrays[3], arrays[5]
        sizes = np.array([len(p), len(bounds) - 1, len(grid)], dtype=np.int64)
        scratch = np.zeros((N_SCRATCH, N_VECTOR))
        unused = np.zeros(2)
        call(
            unused.ctypes.data,
            unused.ctypes.data,
            *(a.ctypes.data for a in (*arrays, scratch)),
            sizes.ctypes.data,
        )

    return integrate_many
