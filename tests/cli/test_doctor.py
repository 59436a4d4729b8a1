"""`senescope doctor`: sound parts pass, broken ones fail with advice."""

from __future__ import annotations

from ingest.pipeline import Home
from tests.cli.shell import Shell


def test_a_sound_home_is_healthy(shell: Shell) -> None:
    ran = shell("doctor", "--json")
    assert ran.code == 0
    assert ran.json["healthy"]
    names = [check["name"] for check in ran.json["checks"]]
    assert names == ["versions", "home", "catalog", "embedder", "vector store", "search", "chat models"]


def test_a_damaged_catalog_is_found_with_advice(own_shell: Shell) -> None:
    Home(own_shell.home).catalog.write_bytes(b"no database" * 1000)
    ran = own_shell("doctor")
    assert ran.code == 5
    assert "FAIL index" in ran.out
    assert "corpus rebuild" in ran.out
