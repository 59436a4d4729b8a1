"""The shipped corpus as the tests of this folder read it, each file once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from tests.eval.corpus_rules import Digest, split_digest


@cache
def digests() -> tuple[Digest, ...]:
    """Every digest, by file name."""
    folder = files("corpus") / "papers"
    papers = sorted((entry for entry in folder.iterdir() if entry.is_file()), key=lambda entry: entry.name)
    return tuple(split_digest(paper.name, paper.read_text("utf-8")) for paper in papers)


@cache
def findings() -> Mapping[str, str]:
    """Every statement by its reference, `paper-id#F2`."""
    return {
        f"{digest.front['id']}#F{finding.number}": finding.text
        for digest in digests()
        for finding in digest.findings()
    }


def entries(name: str) -> list[dict[str, Any]]:
    """The entries of `claims.yaml` or `glossary.yaml`."""
    loaded = yaml.safe_load((files("corpus") / name).read_text("utf-8"))
    assert isinstance(loaded, list)
    return loaded


def readme() -> str:
    """What the corpus says about itself."""
    return (files("corpus") / "README.md").read_text("utf-8")
