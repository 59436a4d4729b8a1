"""`senescope ingest`: one line a file, a summary, and a code that says whether anything is in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.shell import Ran, Shell, conforms
from tests.ingest.test_digest import GOOD

GOLDEN = Path(__file__).parent / "golden"


def shape(name: str) -> object:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def statuses(ran: Ran) -> dict[str, str]:
    return {Path(line["path"]).name: line["status"] for line in ran.lines[:-1]}


def test_good_files_are_in_although_others_are_bad(own_shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "papers with blanks"
    folder.mkdir()
    (folder / "good.md").write_text(GOOD, encoding="utf-8")
    (folder / "bad.md").write_text(GOOD.replace("- F1:", "- F9:"), encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    ran = own_shell("ingest", "--json", str(folder))
    assert ran.code == 0
    assert statuses(ran) == {"good.md": "added", "bad.md": "failed", "picture.png": "skipped"}
    for line in ran.lines[:-1]:
        conforms(line, shape("ingest-file"))
    conforms(ran.lines[-1], shape("ingest-summary"))
    # The words of the new papers are indexed by then: the question does not wait for it.
    (words,) = own_shell.home.glob("words-*.npz")
    written = words.stat().st_mtime_ns
    found = own_shell("search", "--json", "-k", "1", "a made-up paper in which the design aged faster").json
    assert found["hits"][0]["paper"] == "made-up-paper"
    assert words.stat().st_mtime_ns == written
    again = own_shell("ingest", "--json", str(folder / "good.md"))
    assert (again.code, statuses(again)) == (0, {"good.md": "unchanged"})


@pytest.mark.parametrize("name", ["bad.md", "note.txt"])
def test_nothing_taken_in_is_code_3(shell: Shell, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("no digest", encoding="utf-8")
    ran = shell("ingest", "--json", str(tmp_path / name))
    assert ran.code == 3
    assert ran.lines[-1]["summary"]["added"] == 0


@pytest.mark.parametrize("path", ["nowhere.md", "", "~nobody-of-this-name/x.md", "x" * 5000])
def test_a_path_that_is_not_there_is_named_before_anything_is_read(shell: Shell, path: str) -> None:
    ran = shell("ingest", path)
    assert (ran.code, ran.out, ran.complaints) == (3, "", 1)
    assert "no such file or folder" in ran.err


def test_the_report_tells_a_list_in_one_line_and_counts_the_reasons(own_shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    entry = "TY  - JOUR\nTI  - Paper {0}\nDO  - 10.99999/list.{0}\nER  - \n"
    (folder / "list.ris").write_text("".join(map(entry.format, range(3))), encoding="utf-8")
    (folder / "good.md").write_text(GOOD, encoding="utf-8")
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("", encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    told = own_shell("ingest", str(folder)).out.splitlines()
    assert [line for line in told if "list.ris" in line] == [
        "skipped   mine/list.ris  (3 references without a text)"
    ]
    assert [line.split("  (")[0] for line in told if line.startswith("failed")] == [
        "failed    mine/a.txt",
        "failed    mine/b.txt",
    ]
    assert told[-3].startswith(
        "5 files: 1 added, 0 updated, 0 unchanged, 4 skipped, 2 failed; 2 new passages ("
    )
    assert told[-2:] == [
        "  skipped: 3 × a reference without a text; 1 × no reader for .png",
        "  failed: 2 × is empty",
    ]


def test_records_of_a_file_that_fail_alike_are_one_line(own_shell: Shell, tmp_path: Path) -> None:
    gone = "".join(f"<PMID>{number}</PMID>" for number in range(901, 921))
    (tmp_path / "set.xml").write_text(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>900</PMID><Article>"
        "<ArticleTitle>One that stayed.</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
        f"<DeleteCitation>{gone}</DeleteCitation></PubmedArticleSet>",
        encoding="utf-8",
    )
    lines = own_shell("ingest", str(tmp_path / "set.xml")).out.splitlines()
    assert [line.split("  (")[1] for line in lines if line.startswith("failed")] == [
        "20 records, PMID 901 the first: PubMed has deleted this citation)"
    ]
    assert lines[-2].startswith("1 file: 1 added, 0 updated, 0 unchanged, 0 skipped, 20 failed; 1 new")
