"""Prompt templates: checked when loaded, overridden from a folder, filled once."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ConfigError
from assistant.models import prompts

OWN = """---
name: judge
version: 7
inputs: [sentence, quotes]
returns: a word
---
## system
Be strict.
## user
{{quotes}} against {{sentence}}
"""


def test_every_job_has_a_template_that_ships() -> None:
    loaded = prompts.load()
    assert set(loaded) == set(prompts.JOBS)
    assert all(p.label == f"{job}@{p.version}" and p.returns for job, p in loaded.items())


def test_a_folder_overrides_single_jobs_and_leaves_its_mark(tmp_path: Path) -> None:
    (tmp_path / "judge.md").write_text(OWN)
    loaded = prompts.load(tmp_path)
    assert loaded["judge"].label.startswith("judge@7+")
    assert loaded["answer"] == prompts.load()["answer"]


def test_what_is_filled_in_is_never_read_as_template() -> None:
    system, user = prompts.parse(OWN, "x", "judge").fill(sentence="{{quotes}}", quotes="{{sentence}}")
    assert user.text == "{{sentence}} against {{quotes}}"
    assert system.role == "system"


def test_a_value_that_is_missing_is_a_defect() -> None:
    with pytest.raises(ValueError, match="takes"):
        prompts.parse(OWN, "x", "judge").fill(sentence="a")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("---\nname", "name", "front matter"),
        ("returns: a word\n", "", "lacks returns"),
        ("returns: a word", "returns: a word\nmodel: x", "unknown keys model"),
        ("name: judge", "name: jury", "'jury'"),
        ("version: 7", "version: new", "no whole number"),
        ("[sentence, quotes]", "[sentence]", "inputs are"),
        ("{{quotes}}", "{{quote}}", "{{quote}} is unknown; did you mean 'quotes'"),
        ("{{quotes}}", "", "{{quotes}} is missing"),
        ("## user", "## User", "`## user` is missing"),
        ("name: judge", "name: [judge", "not YAML"),
    ],
)
def test_a_slip_in_a_template_names_file_and_repair(tmp_path: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "judge.md").write_text(OWN.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        prompts.load(tmp_path)
    assert said in caught.value.message
    assert "judge.md" in caught.value.message
    assert caught.value.hint


def test_a_template_for_no_job_is_a_typing_error(tmp_path: Path) -> None:
    (tmp_path / "answers.md").write_text(OWN)
    with pytest.raises(ConfigError, match="did you mean 'answer'"):
        prompts.load(tmp_path)
    with pytest.raises(ConfigError, match="no folder"):
        prompts.load(tmp_path / "nowhere")
