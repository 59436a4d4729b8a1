"""The machine code on disk: keyed by what it was made from, checked when read, made again when damaged."""

from __future__ import annotations

import hashlib
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from assistant.kinetics import equations as eq
from assistant.kinetics import kernel, stepper
from assistant.kinetics.designs import FIRST_DOSE, load
from assistant.kinetics.ensemble import Tolerances
from assistant.kinetics.events import schedule


@pytest.fixture(scope="module")
def stored() -> bytes:
    """The kernel file of this machine."""
    kernel.load()
    return (kernel.cache_folder() / "kernel.o").read_bytes()


def run_once(integrate: kernel.Integrator) -> float:
    plan, out, acc = (
        schedule((FIRST_DOSE,), 20.0),
        np.zeros((1, 1, eq.N_STATES)),
        np.zeros((1, stepper.N_ACC)),
    )
    p, status = load("bbz").vector()[None, :], np.ones(1)
    where = (plan.factor, plan.offset, plan.bounds, plan.jumps)
    integrate(p, *where, np.array([20.0]), out, acc, Tolerances().vector(), status)
    assert status[0] == stepper.OK
    return float(acc[0, stepper.CMAX])


def test_the_cache_folder_changes_with_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    before = kernel.cache_folder()
    monkeypatch.setattr(metadata, "version", lambda _: "another")
    assert kernel.cache_folder() != before


def test_the_cache_lies_in_the_home_that_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SENESCOPE_HOME", str(tmp_path))
    assert kernel.cache_folder().parent == tmp_path / "kernels"
    assert not kernel.ready()


def test_an_unwritable_folder_is_noticed(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert not kernel._writable(blocked / "kernels")


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 5000])
def test_a_damaged_file_is_refused_before_it_is_run(damage: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        kernel._link(damage)


def test_a_flipped_byte_is_noticed(stored: bytes) -> None:
    broken = bytearray(stored)
    broken[len(broken) // 2] ^= 1
    with pytest.raises(ValueError, match="damaged"):
        kernel._link(bytes(broken))


@pytest.mark.parametrize("damage", [b"", b"x" * 100])
def test_a_damaged_cache_is_built_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stored: bytes, damage: bytes
) -> None:
    monkeypatch.setenv("SENESCOPE_HOME", str(tmp_path))
    built: list[int] = []

    def again() -> bytes:
        # Compiling takes 10 to 30 s; the same code from this machine's cache stands in for it.
        built.append(1)
        return stored[32:]

    monkeypatch.setattr(kernel, "_build", again)
    path = kernel.cache_folder() / "kernel.o"
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    assert run_once(kernel._load.__wrapped__()) == run_once(kernel.load())
    assert built == [1]
    assert path.read_bytes() == stored
    kernel._load.__wrapped__()
    assert built == [1], "the second process reads what the first one made"


def test_the_stored_file_is_checked_by_its_own_hash(stored: bytes) -> None:
    assert hashlib.sha256(stored[32:]).digest() == stored[:32]


def test_preparing_compiles_in_another_process_and_only_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[list[str]] = []

    def run(command: list[str], **_: object) -> None:
        started.append(command)
        folder = kernel.cache_folder()
        folder.mkdir(parents=True)
        (folder / "kernel.o").write_bytes(b"")

    monkeypatch.setenv("SENESCOPE_HOME", "elsewhere")
    monkeypatch.setattr("subprocess.run", run)
    kernel.prepare(tmp_path)
    kernel.prepare(tmp_path)
    assert [command[0] for command in started] == [sys.executable]
    assert kernel.cache_folder().is_relative_to(tmp_path)
