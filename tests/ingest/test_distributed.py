"""The cluster's engine gives what one machine gives; the same functions run here without Ray."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest import distributed
from ingest.distributed import ClusterUnavailable, ShardedEngine, ray_engine
from ingest.pipeline import Engine, Index, Ingest, Limits, LocalEngine, ensure
from tests.reliability.test_killed import made_up


def in_place(index: Index) -> ShardedEngine:
    """Tasks that are run when they are collected."""
    return ShardedEngine(
        index,
        Limits(),
        submit=lambda function, *arguments: (function, arguments),
        collect=lambda task: task[0](*task[1]),
        put=lambda value: value,
    )


def on_ray(index: Index) -> ShardedEngine:
    pytest.importorskip("ray", reason="needs the cluster extra: pip install 'senescope[cluster]'")
    return ray_engine(index, Limits())


@pytest.mark.parametrize("sharded", [in_place, on_ray])
def test_a_cluster_makes_the_same_index_as_one_machine(
    own_home: Path, tmp_path: Path, sharded: Callable[[Index], ShardedEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "SHARD", 3)
    folder = made_up(tmp_path / "papers", range(8))
    (folder / "broken.md").write_text("---\nid: x\nstudy_type: y\n", encoding="utf-8")
    other = tmp_path / "other home"
    shutil.copytree(own_home, other)
    engines: tuple[Callable[[Index], Engine], ...] = (lambda index: LocalEngine(index, Limits()), sharded)
    results: list[Any] = []
    for home, engine in zip((own_home, other), engines, strict=True):
        index = ensure(home)
        with Ingest(index, engine=engine(index)) as run:
            outcomes = list(run.files([folder]))
            mark = run.finish().fingerprint
        results.append((outcomes, mark, index.catalog.rows(), index.catalog.embeddings.matrix().tobytes()))
        index.catalog.close()
    assert results[0] == results[1]
    assert [o.status for o in results[0][0]].count("added") == 8


def test_without_ray_the_repair_is_said(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "ray", None)
    index = ensure(own_home)
    with pytest.raises(ClusterUnavailable, match=r"senescope\[cluster\]"):
        ray_engine(index, Limits())
    index.catalog.close()
