"""Bad digests: each is one line of the report, none stops the run, and nothing of them gets in."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from ingest.documents import ReadError
from ingest.readers.digest import read_digest
from tests.cli.shell import Shell
from tests.ingest.test_digest import GOOD
from tests.reliability.test_bad_words import ACTED_ON

BAD: dict[str, str] = {
    "escape in the text": GOOD.replace("aged faster", "aged \x1b[31mfaster"),
    "escape by way of YAML": GOOD.replace('"A made-up paper"', r'"A \e[31mmade-up\x9b paper"'),
    "escape in an author": GOOD.replace('"Doe J"', r'"Doe \u202eJ"'),
    "half a character": GOOD.replace('"A made-up paper"', r'"A \ud800 paper"'),
    "no such date": GOOD.replace("year: 2024", "year: 2024-13-45"),
    "endless year": GOOD.replace("year: 2024", f"year: {'1' * 5000}"),
    "year beyond any calendar": GOOD.replace("year: 2024", "year: 123456789012345678901234567890"),
    "year of truth": GOOD.replace("year: 2024", "year: true"),
    "journal as a list": GOOD.replace('"Journal of Examples"', "[a, b]"),
    "authors as a text": GOOD.replace('["Doe J", "et al."]', '"Doe J"'),
    "authors as a number": GOOD.replace('["Doe J", "et al."]', "5"),
    "doi as a table": GOOD.replace('"10.1234/abc"', "{a: 1}"),
    "YAML that multiplies": GOOD.replace(
        'journal: "Journal of Examples"',
        "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{n}: &{n} [*{p},*{p},*{p},*{p},*{p},*{p},*{p},*{p},*{p}]\n"
        for p, n in zip("abcdefgh", "bcdefghi", strict=True)) + "journal: *i",
    ),
    "endless nesting": GOOD.replace("year: 2024", f"year: {'[' * 20000}"),
    "YAML object": GOOD.replace("year: 2024", "year: !!python/object/apply:os.getcwd []"),
    "the ledger's name": GOOD.replace("id: made-up-paper", "id: senescope-claims"),
    "a path as a name": GOOD.replace("id: made-up-paper", "id: ../../etc/passwd"),
    "no findings": re.sub(r"- F.*\n", "", GOOD),
    "only the front matter": GOOD.split("## Question")[0],
    "nothing": "",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_digest_is_one_error_that_names_the_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.md"
    path.write_bytes(BAD[name].encode("utf-8"))
    if name == "the ledger's name":  # a good digest that may not replace the ledger
        assert read_digest(path).paper.id == "senescope-claims"
        return
    with pytest.raises(ReadError, match=r"^bad\.md") as caught:
        read_digest(path)
    assert ACTED_ON.search(str(caught.value)) is None
    assert len(str(caught.value)) < 400


def test_bad_digests_stop_nothing_and_leave_nothing(own_shell: Shell, tmp_path: Path) -> None:
    before = own_shell("corpus", "status", "--json").json
    folder = tmp_path / "papers"
    folder.mkdir()
    for number, text in enumerate(BAD.values()):
        (folder / f"bad-{number:02}.md").write_bytes(text.encode("utf-8"))
    (folder / "late-\x1b[31mname.md").write_text("no digest", encoding="utf-8")
    Path(os.fsdecode(os.fsencode(folder) + b"/latin-\xff.md")).write_text(
        BAD["no findings"], encoding="utf-8"
    )
    os.mkfifo(folder / "pipe.md")
    ran = own_shell("ingest", "--json", str(folder), str(folder / "pipe.md"))
    assert ran.code == 3
    pipes = [line for line in ran.lines[:-1] if line["status"] != "failed"]
    assert [(line["status"], line["reason"]) for line in pipes] == [
        ("skipped", "pipe.md: not a regular file")
    ]
    assert ran.lines[-1]["summary"]["failed"] == len(BAD) + 2
    assert all(line["reason"] for line in ran.lines[:-1])
    assert ACTED_ON.search(ran.out) is None
    after = own_shell("corpus", "status", "--json").json
    # The manifest remembers the files that failed, which may cost a page of the catalog.
    assert {**after, "catalog_bytes": 0} == {**before, "catalog_bytes": 0}
