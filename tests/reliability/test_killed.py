"""Killed writers and several processes at one home: the next run goes on, and everything is there once.

These build whole indexes, over a part of the shipped corpus so that a build takes seconds. The bytes,
the readers and the processes are the real ones.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from ingest import vectors
from ingest.catalog import Catalog
from ingest.pipeline import Home
from ingest.readers.claims import LEDGER_ID
from tests.cli.shell import CHECKOUT, SENESCENCE, Ran, command, surroundings
from tests.ingest.test_digest import GOOD

PAPERS = 24


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of a run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def part(common: Path) -> Path:
    """A folder whose package `corpus` holds a few of the shipped papers."""
    corpus = common / "part" / "corpus"
    with FileLock(str(common / "part.lock")):
        if not corpus.exists():
            (corpus / "papers").mkdir(parents=True)
            for name in ("__init__.py", "claims.yaml", "glossary.yaml"):
                shutil.copy2(CHECKOUT / "corpus" / name, corpus / name)
            papers = sorted((CHECKOUT / "corpus" / "papers").glob("*.md"))
            for path in papers[:: len(papers) // PAPERS][:PAPERS]:
                shutil.copy2(path, corpus / "papers" / path.name)
    return corpus.parent


def start(home: Path, part: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command(*arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=part,  # Python looks there first, so this is the corpus that is shipped
        env=surroundings(home, [part]),
    )


def finished(process: subprocess.Popen[bytes]) -> Ran:
    out, err = process.communicate(timeout=300)
    assert b"Traceback" not in err, err.decode()
    return Ran(process.returncode, out.decode(), err.decode())


def kill_at(stage: str, building: subprocess.Popen[bytes]) -> None:
    """Kill a process, without a chance to clean up, when it says that it is at `stage`."""
    assert building.stderr is not None
    said = b""
    for line in building.stderr:
        said += line
        if stage.encode() in line:
            break
    else:
        pytest.fail(f"never came to {stage!r}: {said.decode()}")
    building.kill()
    building.communicate()
    assert building.returncode == -signal.SIGKILL


def whole(home: Path, papers: int) -> None:
    """Everything is there, once, and nothing half-written lies about."""
    catalog = Catalog.open(Home(home).catalog)
    counts = catalog.counts()
    ids = [row.passage.id for row in catalog.rows(embedded=False)]
    fingerprint = catalog.meta("fingerprint")
    assert (counts.papers, counts.claims, counts.without_embedding) == (papers, 40, 0)
    assert len(ids) == len(set(ids)) == counts.passages + counts.claims == len(catalog.embeddings.matrix())
    assert catalog.document(LEDGER_ID) is not None
    assert catalog.check() == "ok"
    catalog.close()
    assert fingerprint is not None
    assert vectors.check(Home(home).vectors, fingerprint).condition == "good"
    assert list(home.rglob("*.part")) == []


@pytest.fixture(scope="session")
def built(common: Path, part: Path) -> Path:
    """A home whose first build was killed at every stage, then finished by two processes at once."""
    home = common / "killed" / "home of Löffel ζ"
    with FileLock(str(common / "killed.lock")):
        if not home.exists():
            build_with_kills(home, part)
    return home


def build_with_kills(home: Path, part: Path) -> None:
    kill_at("reading papers", start(home, part, "corpus", "status"))
    both = [start(home, part, "corpus", "status") for _ in range(2)]
    # Whichever of the two came first builds; the other waits, and takes over when the first is gone.
    time.sleep(1)
    both[0].kill()
    both[0].communicate()
    kill_at("exporting query weights", both[1])
    kill_at("writing the vector store", start(home, part, "corpus", "status"))
    last = [start(home, part, "search", "--json", "senescence") for _ in range(2)]
    first, second = (finished(process) for process in last)
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert first.json == second.json


def test_a_build_killed_at_every_stage_is_finished_by_two_processes_at_once(built: Path) -> None:
    whole(built, PAPERS)


def made_up(folder: Path, numbers: range) -> Path:
    """A folder of small papers."""
    folder.mkdir()
    for number in numbers:
        text = GOOD.replace("id: made-up-paper", f"id: made-up-paper-{number}")
        text = text.replace("10.1234/abc", f"10.1234/abc{number}")
        (folder / f"{number:02}.md").write_text(text, encoding="utf-8")
    return folder


def test_an_ingest_killed_at_every_stage_is_gone_on_with_and_questions_are_answered_meanwhile(
    built: Path, part: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(built, home)
    folder = made_up(tmp_path / "papers", range(20))
    seen: list[int] = []
    with start(home, part, "ingest", str(folder)) as adding:
        assert adding.stdout is not None
        assert adding.stdout.readline().startswith(b"added")
        adding.kill()
    for stage in ("reading", "embedding passages", "bringing it in", "writing the vector store"):
        kill_at(stage, start(home, part, "ingest", str(folder)))
        answer = finished(start(home, part, "--json", "ask", SENESCENCE))
        assert answer.code in (0, 4)
        seen.append(answer.json["searched"]["papers"])
    adding = start(home, part, "ingest", "--json", str(folder))
    while adding.poll() is None:
        answer = finished(start(home, part, "--json", "ask", SENESCENCE))
        assert "waiting" not in answer.err
        seen.append(answer.json["searched"]["papers"])
    added = finished(adding)
    assert added.code == 0
    assert {line["status"] for line in added.lines[:-1]} <= {"added", "unchanged"}
    # Before or after, and nothing between.
    assert set(seen) <= {PAPERS, PAPERS + 20}
    assert seen == sorted(seen)
    whole(home, PAPERS + 20)


def test_of_two_ingests_at_once_one_waits_and_both_are_in(built: Path, part: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(built, home)
    folders = [made_up(tmp_path / f"papers-{n}", range(n, n + 5)) for n in (0, 5)]
    with FileLock(str(home / ".writing.lock")):
        both = [start(home, part, "ingest", "--json", str(folder)) for folder in folders]
        for process in both:
            assert process.stderr is not None
            assert b"waiting for it" in process.stderr.readline()
    for ran in map(finished, both):
        assert ran.code == 0
        assert ran.lines[-1]["summary"]["added"] == 5
    whole(home, PAPERS + 10)


def test_rebuild_sets_a_damaged_catalog_aside_and_builds_a_new_one(
    built: Path, part: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(built, home)
    good = finished(start(home, part, "search", "senescence")).out
    catalog = Home(home).catalog
    catalog.write_bytes(damaged := catalog.read_bytes()[:20_000])
    assert finished(start(home, part, "ask", SENESCENCE)).code == 5
    ran = finished(start(home, part, "corpus", "rebuild", "--json"))
    assert ran.code == 0
    aside = home / "catalog-damaged-1.sqlite"
    assert str(aside) in ran.err
    assert aside.read_bytes() == damaged
    assert finished(start(home, part, "search", "senescence")).out == good
    whole(home, PAPERS)


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_an_interrupted_build_says_so_and_the_next_run_goes_on(part: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    building = start(home, part, "corpus", "status")
    assert building.stderr is not None
    assert b"reading papers" in building.stderr.readline()
    building.send_signal(signal.SIGINT)
    ran = finished(building)
    assert ran.code == 130
    assert ran.err.strip().endswith("senescope: interrupted")
    catalog = Catalog.open(Home(home).catalog)
    assert catalog.counts().papers == PAPERS
    catalog.close()
