"""Damage to any file of the home folder: mended, or named with what to do; never a wrong answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.catalog import Catalog
from ingest.embedding import BulkEmbedder
from ingest.pipeline import Home
from tests.cli.shell import CAPITAL, SENESCENCE, Shell


def garbage(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def torn(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def scratched(path: Path) -> None:
    """Overwrite pages in the middle, leaving the header."""
    with path.open("r+b") as file:
        for page in range(3, 120):
            file.seek(page * 4096)
            file.write(b"\xa5" * 4096)


def foreign(path: Path) -> None:
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.commit()
    other.close()


def newer(path: Path) -> None:
    catalog = Catalog.open(path)
    catalog._db.execute("PRAGMA user_version=99")
    catalog.close()


@pytest.mark.parametrize("damage", [garbage, torn, scratched, foreign, newer])
@pytest.mark.parametrize(
    "name", [("ask", SENESCENCE), ("corpus", "list"), ("corpus", "status"), ("search", "x")], ids=" ".join
)
def test_a_damaged_catalog_is_code_5_with_advice(
    own_shell: Shell, damage: Callable[[Path], None], name: tuple[str, ...]
) -> None:
    damage(Home(own_shell.home).catalog)
    ran = own_shell(*name)
    assert (ran.code, ran.out, ran.complaints) == (5, "", 1)
    assert "corpus rebuild" in ran.err
    assert "catalog" in ran.err


def cut(path: Path) -> None:
    data = path.read_bytes()
    path.unlink()  # it is a hard link to the shared weights
    path.write_bytes(data[: len(data) // 3])


def altered(path: Path) -> None:
    """Weights that load without complaint and embed wrongly."""
    data = bytearray(path.read_bytes())
    for at in range(5_000_000, len(data) - 100_000, 5_000_000):
        data[at : at + 40_000] = b"\x3f" * 40_000
    path.unlink()
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [Path.unlink, cut, altered])
def test_damaged_query_weights_are_exported_again_and_the_answer_is_the_same(
    own_shell: Shell, damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = own_shell("ask", SENESCENCE).out
    (weights,) = Home(own_shell.home).models.iterdir()
    damage(weights)
    ran = own_shell("ask", SENESCENCE)
    assert (ran.code, ran.out) == (0, good)
    assert weights.is_file()
    monkeypatch.setattr(BulkEmbedder, "model", property(lambda _: pytest.fail("the weights were not kept")))
    assert own_shell("ask", SENESCENCE).out == good


@pytest.mark.parametrize("content", [b"", b"not an archive", None])
def test_a_damaged_search_cache_is_made_again(own_shell: Shell, content: bytes | None) -> None:
    good = own_shell("ask", SENESCENCE).out
    caches = [path for path in own_shell.home.glob("*.npz")]
    assert caches
    for cache in caches:
        cache.write_bytes(cache.read_bytes()[:-500] if content is None else content)
    ran = own_shell("ask", SENESCENCE)
    assert (ran.code, ran.out) == (0, good)


def test_a_user_s_embedder_that_is_none_is_named(
    own_shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, reason in (
        (tmp_path / "nowhere", "model.safetensors"),
        (broken_model(tmp_path), "cannot be"),
    ):
        monkeypatch.setenv("SENESCOPE_RETRIEVAL_EMBEDDER", str(folder))
        ran = own_shell("ask", CAPITAL)
        assert (ran.code, ran.out, ran.complaints) == (5, "", 1)
        assert reason in ran.err
    monkeypatch.delenv("SENESCOPE_RETRIEVAL_EMBEDDER")
    assert own_shell("ask", CAPITAL).code == 4


def broken_model(parent: Path) -> Path:
    folder = parent / "broken-model"
    folder.mkdir()
    for name in ("model.safetensors", "tokenizer.json", "modules.json"):
        (folder / name).write_text("{")
    return folder
