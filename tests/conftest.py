"""What every test stands on: no network, a clean environment, one indexed home for the whole run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.network import block_network
from assistant.settings import Settings, load

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Real files and benchmarks beside the checkout; absent on most machines."""

block_network()
# What names a rival for the measurements is no setting.
for _name in [n for n in os.environ if n.startswith("SENESCOPE_") and not n.startswith("SENESCOPE_BENCH_")]:
    del os.environ[_name]
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false", NO_COLOR="1")
# The workers share the cores: sums of small matrices on all of them wait for one another, for twice the time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, saying so, what needs the folder of real files where it is absent."""
    if SHARED.is_dir():
        return
    reason = pytest.mark.skip(reason="needs the real files of ../shared, which are not beside this checkout")
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files; use with `@pytest.mark.shared`."""
    return SHARED


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the shipped corpus indexed, built once a run and shared: read only."""
    from ingest.pipeline import ensure, mend

    base = tmp_path_factory.getbasetemp()
    # With xdist each worker has its own base inside a common one.
    common = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = common / "indexed-home"
    with FileLock(str(common / "indexed-home.lock")):
        index = ensure(folder)
        mend(index)
        index.catalog.close()
    return folder


@pytest.fixture
def own_home(home: Path, tmp_path: Path) -> Path:
    """A copy of the indexed home that a test may change."""
    target = tmp_path / "home"
    # The exported weights (90 MB) never change: a hard link is enough.
    shutil.copytree(home, target, copy_function=_link_weights, ignore=shutil.ignore_patterns("*.lock"))
    return target


@pytest.fixture
def settings_for() -> Callable[..., Settings]:
    """Settings of a home folder with an empty environment."""

    def build(folder: Path, **values: str | int | bool) -> Settings:
        flags = {key.replace("__", "."): value for key, value in values.items()}
        return load({"home": str(folder), **flags}, environment={})

    return build


@pytest.fixture(autouse=True)
def _no_leftover_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that sets SENESCOPE_* variables leaves none behind."""
    before = {name: value for name, value in os.environ.items() if name.startswith("SENESCOPE_")}
    yield
    for name in [name for name in os.environ if name.startswith("SENESCOPE_") and name not in before]:
        del os.environ[name]


def _link_weights(source: str, target: str) -> str:
    if source.endswith((".onnx", ".nbi", ".nbc")):
        os.link(source, target)
        return target
    try:
        return str(shutil.copy2(source, target))
    except FileNotFoundError:
        # Another worker closed the shared catalog since the folder was listed: SQLite took its side files.
        if source.endswith(("-wal", "-shm")):
            return target
        raise
