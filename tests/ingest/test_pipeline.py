"""An ingest: one outcome a record, one paper a paper, nothing half-visible, readers that can be killed."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest import pipeline, staging
from ingest.catalog import Catalog
from ingest.documents import Document, Paper, Record, Reference
from ingest.drafting import Draft
from ingest.filing import Filing
from ingest.pipeline import Blob, Index, Ingest, Limits, Outcome, ensure
from tests.ingest.test_digest import GOOD
from tests.ingest.test_jats import ARTICLE


def digest(number: int) -> str:
    text = GOOD.replace("id: made-up-paper", f"id: made-up-paper-{number}")
    return text.replace("10.1234/abc", f"10.1234/abc{number}")


def named(outcomes: Iterator[Outcome]) -> dict[str, str]:
    return {Path(o.path).name: o.status for o in outcomes}


@pytest.fixture
def index(own_home: Path) -> Iterator[Index]:
    index = ensure(own_home)
    yield index
    index.catalog.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.md").write_text(digest(number), encoding="utf-8")
    return folder


def taken(index: Index, *paths: Path, sync: bool = False) -> list[Outcome]:
    with Ingest(index) as run:
        outcomes = list(run.files(paths, sync=sync))
        run.finish()
    return outcomes


def test_a_file_that_changed_replaces_its_paper_and_one_that_is_gone_goes_with_sync(
    index: Index, folder: Path
) -> None:
    before = index.catalog.counts().papers
    assert {o.status for o in taken(index, folder)} == {"added"}
    (folder / "0.md").write_text(digest(0).replace("aged faster", "aged more slowly"), encoding="utf-8")
    (folder / "1.md").unlink()
    assert named(iter(taken(index, folder))) == {"0.md": "updated", "2.md": "unchanged"}
    assert index.catalog.paper("made-up-paper-1") is not None
    assert named(iter(taken(index, folder, sync=True))) == {
        "0.md": "unchanged",
        "1.md": "removed",
        "2.md": "unchanged",
    }
    assert index.catalog.paper("made-up-paper-1") is None
    assert index.catalog.counts().papers == before + 2
    texts = [row.text for row in index.catalog.rows() if row.paper.id == "made-up-paper-0"]
    assert "The 4-1BB design aged more slowly than the other one." in texts


def test_nothing_is_visible_before_all_of_it_is(index: Index, folder: Path) -> None:
    mark = index.catalog.meta("fingerprint")
    with Ingest(index) as run:
        list(run.files([folder]))
        assert index.catalog.meta("fingerprint") == mark
        assert index.catalog.paper("made-up-paper-0") is None
        finished = run.finish()
        assert index.catalog.paper("made-up-paper-0") is not None
    assert finished.fingerprint == index.catalog.meta("fingerprint") != mark
    assert not staging.path_of(index.home).exists()


def test_an_ingest_that_stopped_is_gone_on_with(index: Index, folder: Path) -> None:
    with Ingest(index) as run:
        list(run.files([folder]))
    assert staging.waiting(index.home) == 3
    said: list[str] = []
    with Ingest(index, say=said.append) as run:
        # They were in no index before: the report says what this run brings in without reading it again.
        told = list(run.files([folder]))
        assert named(iter(told)) == {"0.md": "added", "1.md": "added", "2.md": "added"}
        assert {o.notes[-1] for o in told} == {pipeline.RESUMED}
        run.finish()
    assert "3 papers" in said[0]
    assert index.catalog.paper("made-up-paper-2") is not None
    assert {o.status for o in taken(index, folder)} == {"unchanged"}


def test_removing_a_paper_makes_its_file_new_again(index: Index, folder: Path) -> None:
    taken(index, folder)
    assert pipeline.remove(index, "made-up-paper-0")
    assert not pipeline.remove(index, "made-up-paper-0")
    assert named(iter(taken(index, folder)))["0.md"] == "added"


def test_a_removed_paper_does_not_come_back_with_an_interrupted_ingest(index: Index, folder: Path) -> None:
    with Ingest(index) as run:
        list(run.files([folder]))
    assert pipeline.remove(index, "made-up-paper-1")
    assert staging.waiting(index.home) == 2
    with Ingest(index) as run:
        run.finish()
    assert index.catalog.paper("made-up-paper-1") is None
    assert index.catalog.paper("made-up-paper-2") is not None


HANGS = "import time\ntime.sleep(60)"
CRASHES = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)"
BOMBS = "bytearray(10_000_000_000)"
CALLS = "import socket\nsocket.create_connection(('127.0.0.1', 9))"
WRITES = "open('/tmp/senescope-must-not-exist', 'w').write('x')"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold a process to its memory")
@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (HANGS, "not read within"),
        (CRASHES, r"crashed \(signal 11\)"),
        (BOMBS, "more memory than one file may take"),
        (CALLS, "may not do this: socket"),
        (WRITES, "may not do this: open"),
    ],
)
def test_a_reader_that_goes_wrong_costs_its_own_file_only(
    index: Index, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str, reason: str
) -> None:
    # The reading processes, which are real ones, are given a reader that does the deed.
    program = tmp_path / "program"
    program.mkdir()
    (program / "sitecustomize.py").write_text(
        "import sys\n"
        "def patch():\n"
        "    from ingest.readers import digest\n"
        "    good = digest.read\n"
        "    def read(data, source):\n"
        "        if source.endswith('1.md'):\n"
        + "".join(f"            {line}\n" for line in deed.split("\n"))
        + "        return good(data, source)\n"
        "    digest.read = read\n"
        "if sys.argv and sys.argv[0] == '-c':\n"
        "    patch()\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(sys, "path", [str(program), *sys.path])
    with Ingest(index, limits=Limits(seconds=3, memory=2**30)) as run:
        outcomes = {Path(o.path).name: o for o in run.files([folder])}
    assert {name: o.status for name, o in outcomes.items()} == {
        "0.md": "added",
        "1.md": "failed",
        "2.md": "added",
    }
    assert re.search(reason, str(outcomes["1.md"].reason))


def test_links_folders_and_odd_files_are_named_or_left(index: Index, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text(digest(9), encoding="utf-8")
    (folder / "link.md").symlink_to(tmp_path / "outside.md")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.md")
    (folder / ".hidden.md").write_text(digest(8), encoding="utf-8")
    outcomes = {Path(o.path).name: o for o in taken(index, folder)}
    assert set(outcomes) == {"0.md", "1.md", "2.md", "link.md", "pipe.md"}
    assert "out of the folder" in str(outcomes["link.md"].reason)
    assert "not a regular file" in str(outcomes["pipe.md"].reason)


def test_a_full_disk_loses_nothing(index: Index, folder: Path) -> None:
    with pytest.raises(OSError, match="disk"), Ingest(index) as run:
        for number, _ in enumerate(run.files([folder])):
            if number == 1:
                raise OSError(28, "disk full")
    assert {o.status for o in taken(index, folder)} <= {"added", "unchanged"}
    assert all(index.catalog.paper(f"made-up-paper-{number}") for number in range(3))


def test_fetched_bytes_and_records_go_the_same_way(index: Index) -> None:
    blobs = [Blob("https://example.org/PMC1", ARTICLE.encode()), Blob("https://example.org/2", b"<svg/>")]
    statuses = [o.status for o in pipeline.ingest_bytes(index, blobs)]
    assert statuses == ["added", "failed"]
    reference = Reference("line 3", "A paper", doi="10.1234/elsewhere")
    (told,) = pipeline.ingest_records(index, [("refs.ris", reference)])
    assert (told.status, told.record) == ("skipped", "line 3")
    assert "10.1234/elsewhere" in str(told.reason)


# -- whose a document is ------------------------------------------------------------------------------


class Shelf:
    """Two catalogs and the filing between them."""

    def __init__(self, folder: Path) -> None:
        self.catalog = Catalog.open(folder / "catalog.sqlite", create=True)
        self.draft = Catalog.open(folder / "draft.sqlite", create=True)
        self.filing = Filing(self.catalog, self.draft)

    def file(self, record: Record, source: str = "x") -> tuple[str, str | None, str]:
        filed = self.filing.file(record, source)
        return filed.status, filed.paper, filed.reason or ""


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def paper(
    reader: str = "jats", source: str = "a.xml", *, text: str = "The cells aged.", **about: object
) -> Document:
    draft = Draft()
    draft.section("Results")
    draft.paragraph(text)
    known: dict[str, object] = {
        "title": "Rest and repeated activation of engineered cells",
        "authors": ("Doe J",),
        "year": 2024,
        **about,
    }
    name = str(known.get("doi") or known.get("pmid") or known.get("pmcid") or source)
    whole = Paper(id=name.replace("/", "-").replace(".", "-"), **known)  # type: ignore[arg-type]  # as given
    return draft.document(whole, reader=reader, source=source)


def test_two_sources_of_one_paper_are_one_paper_and_fill_each_other_s_gaps(shelf: Shelf) -> None:
    assert shelf.file(paper("medline", "m", doi="10.1/a", pmid="7", seen="abstract"), "m")[0] == "added"
    status, name, reason = shelf.file(paper("jats", "j", doi="10.1/a", pmcid="PMC9", text="All of it."), "j")
    assert (status, name) == ("updated", "10-1-a")
    assert reason == "replaces the abstract from m"
    whole = shelf.draft.paper("10-1-a")
    assert whole is not None
    assert (whole.pmid, whole.pmcid, whole.seen) == ("7", "PMC9", "full-text")
    again = paper("medline", "n", pmid="7", seen="abstract", text="Abridged.", retraction="retracted")
    assert shelf.file(again, "n")[::2] == ("skipped", "the full text (jats) is in already, from j")
    marked = shelf.draft.paper("10-1-a")
    assert marked is not None
    assert marked.retraction == "retracted"


def test_a_paper_without_identifiers_is_known_by_its_title(shelf: Shelf) -> None:
    shelf.file(paper("medline", "m", doi="10.1/a", seen="abstract"), "m")
    status, name, reason = shelf.file(paper("pdf", "p", text="All of it."), "p")
    assert (status, name) == ("updated", "10-1-a")
    assert "has the title of 10-1-a" in reason


def test_an_identifier_of_another_paper_is_named_and_nothing_is_merged(shelf: Shelf) -> None:
    shelf.file(paper(doi="10.1/a", pmid="7"))
    fungi = {"title": "Soil fungi of northern meadows", "authors": ("Roe A",), "year": 1999}
    stranger = paper("medline", "s", pmid="7", text="Fungi.", **fungi)
    status, name, reason = shelf.file(stranger, "s")
    assert (status, name) == ("failed", None)
    assert reason.startswith("PMID 7 belongs to another paper, 10-1-a")


def test_identifiers_of_two_papers_go_to_the_one_with_the_title(shelf: Shelf) -> None:
    shelf.file(paper(doi="10.1/a"))
    shelf.file(paper("medline", "b", pmid="8", title="Soil fungi of northern meadows", text="Fungi."), "b")
    both = paper("pdf", "c", doi="10.1/a", pmid="8", text="Something else.")
    status, name, reason = shelf.file(both, "c")
    assert (status, name) == ("skipped", "10-1-a")
    assert "PMID 8 belongs to another paper, 8" in reason
    held = shelf.draft.paper("10-1-a")
    assert held is not None
    assert held.pmid is None


def test_a_digest_joins_the_paper_of_its_identifiers_but_no_other_digest(shelf: Shelf) -> None:
    from ingest.readers.digest import parse_digest

    shelf.file(paper(doi="10.1234/abc"))
    first = parse_digest(GOOD, name="x.md", source="x", sha256="0")
    assert shelf.file(first)[:2] == ("added", "10-1234-abc")
    other = parse_digest(digest(1).replace("abc1", "abc"), name="y.md", source="y", sha256="1")
    status, _, reason = shelf.file(other, "y")
    assert status == "failed"
    assert "belongs to 10-1234-abc, which has a digest already" in reason


def test_the_same_bytes_from_two_places_are_said_to_be_the_same(shelf: Shelf) -> None:
    first = paper(doi="10.1/a")
    shelf.file(first, "a.xml")
    assert shelf.file(first, "a.xml")[0] == "unchanged"
    status, _, reason = shelf.file(replace(first, source="copy.xml"), "copy.xml")
    assert (status, reason) == ("skipped", "the same text is in already, from a.xml")


def test_a_copy_takes_over_when_the_first_file_goes(index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.xml").write_text(ARTICLE, encoding="utf-8")
    shutil.copy(folder / "a.xml", folder / "b.xml")
    assert named(iter(taken(index, folder))) == {"a.xml": "added", "b.xml": "skipped"}
    (folder / "a.xml").unlink()
    outcomes = taken(index, folder, sync=True)
    assert named(iter(outcomes)) == {"a.xml": "removed", "b.xml": "added"}
    name = outcomes[-1].paper
    assert name is not None
    assert index.catalog.paper(name) is not None
