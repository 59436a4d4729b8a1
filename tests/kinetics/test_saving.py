"""Designs saved with the user's changes give the same numbers when they are named again."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import EnvironmentFault, InputError
from assistant.kinetics import designs
from assistant.kinetics.designs import Design
from assistant.kinetics.equations import PARAMETERS
from assistant.kinetics.requests import from_words
from assistant.kinetics.saving import save
from assistant.kinetics.shares import with_setting


def same(a: Design, b: Design) -> bool:
    return all(a.value(name) == pytest.approx(b.value(name), rel=1e-9) for name in PARAMETERS)


@pytest.mark.parametrize("base", ["bbz", "28z", "tisa-cel-like", "axi-cel-like", "bbz+low-affinity"])
def test_a_saved_design_is_the_design(tmp_path: Path, base: str) -> None:
    design = with_setting(designs.load(base), "aH", "x0.1").with_value("dose", 5e7)
    path = save(design, base, "My design (low)", tmp_path / "designs")
    assert path.name == "my-design-low.toml"
    again = designs.load(path)
    assert same(again, design) and again.events == design.events and again.layers == design.layers
    assert again.name.startswith("My design (low)") and again.product == design.product


def test_shares_that_made_room_for_another_are_kept(tmp_path: Path) -> None:
    design = with_setting(designs.load("28z"), "fM", "60 %")
    assert same(designs.load(save(design, "28z", "memory", tmp_path)), design)


def test_a_schedule_asked_for_in_words_is_kept(tmp_path: Path) -> None:
    asked = from_words("axi-cel with a four-day rest every week instead of continuous signal")
    design = asked.a if len(asked.a.events) > 1 else asked.b
    assert len(design.events) > 1
    again = designs.load(save(design, design.id, "rested", tmp_path))
    assert again.events == design.events and same(again, design)


def test_a_saved_design_can_be_the_base_of_the_next(tmp_path: Path) -> None:
    first = save(designs.load("bbz").with_value("aH", 300.0), "bbz", "one", tmp_path)
    design = designs.load(first).with_value("dose", 1e7)
    assert same(designs.load(save(design, str(first), "two", tmp_path)), design)


def test_a_name_that_is_taken_or_empty_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    path = save(designs.load("bbz").with_value("aH", 300.0), "bbz", "mine", tmp_path)
    before = path.read_text("utf-8")
    for name in ("Mine", " . "):
        with pytest.raises(InputError):
            save(designs.load("28z"), "28z", name, tmp_path)
    assert path.read_text("utf-8") == before and list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "designs").write_text("a file", encoding="utf-8")
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        save(designs.load("bbz"), "bbz", "mine", tmp_path / "designs")
