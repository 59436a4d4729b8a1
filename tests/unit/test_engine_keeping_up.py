"""An open chat answers from the index of before while papers come in, and sees them afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.answering.engine import Engine
from assistant.settings import Settings
from ingest.pipeline import Ingest, ensure
from tests.ingest.test_digest import GOOD

ASKED = "a made-up paper in which the design aged faster"


def test_papers_of_another_process_are_found_without_opening_again(
    own_home: Path, tmp_path: Path, settings_for: Callable[..., Settings]
) -> None:
    (tmp_path / "paper.md").write_text(GOOD, encoding="utf-8")
    other = ensure(own_home)
    with Engine.open(settings_for(own_home)) as engine:
        before = engine.search(ASKED)
        mark = engine.index.fingerprint
        with Ingest(other) as run:
            assert [outcome.status for outcome in run.files([tmp_path / "paper.md"])] == ["added"]
            assert engine.search(ASKED) == before
            run.finish()
        assert engine.search(ASKED)[0].paper.id == "made-up-paper"
        assert engine.index.fingerprint != mark
    other.catalog.close()
