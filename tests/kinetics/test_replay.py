"""A run is made again from its id, and says what has changed since."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from assistant.kinetics import requests, whatif
from assistant.kinetics.replay import changed_since, recall, store


def test_words_with_settings_by_hand_are_replayed_with_both(tmp_path: Path) -> None:
    asked = requests.from_words("what if I lower affinity tenfold in BBz", draws=8, days=60.0)
    done = whatif.answer(requests.with_sets(asked, ("dose=1e7",), ("dose=2e7",)))
    store(tmp_path, done)
    again = recall(tmp_path, done.comparison.run["id"])
    assert (again.a.value("dose"), again.b.value("dose")) == (1e7, 2e7)
    assert whatif.answer(again).sentence == done.sentence


def test_a_run_keeps_versions_and_the_index_and_says_when_they_are_others(tmp_path: Path) -> None:
    done = whatif.answer(requests.from_parts("bbz", "28z", draws=4, days=60.0))
    path = store(tmp_path, done)
    record = json.loads(path.read_text("utf-8"))
    assert {"senescope", "python", "numpy", "numba"} <= set(record["versions"]) and record["index"] is None
    assert changed_since(tmp_path, record["id"]) == ""
    with closing(sqlite3.connect(tmp_path / "catalog.sqlite")) as catalog, catalog:
        catalog.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)")
        catalog.execute("INSERT INTO meta VALUES ('fingerprint', 'abcdefabcdefabcdef')")
    path = store(tmp_path, done)
    assert json.loads(path.read_text("utf-8"))["index"] == "abcdefabcdef"
    path.write_text(path.read_text("utf-8").replace("abcdefabcdef", "000000000000"), encoding="utf-8")
    assert "index is another one" in changed_since(tmp_path, record["id"])
