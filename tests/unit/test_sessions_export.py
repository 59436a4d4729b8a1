from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from assistant.errors import EnvironmentFault
from assistant.sessions.bibtex import bibtex, entry, key
from assistant.sessions.bundle import write_bundle
from assistant.sessions.markdown import answer_markdown, because, markdown, number, reference, spread
from assistant.sessions.plain import markdown_escaped, one_line, plain
from assistant.sessions.store import SessionStore
from assistant.sessions.turns import Session, Turn
from tests.unit.answers import answer, citation, comparison, refusal


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Session, tuple[Turn, ...]]:
    store = SessionStore.open(tmp_path)
    session = store.create()
    one = answer("Does BBz senesce?", citation(1), citation(2, "b2020#F3", 40), text="More [1], and [2].")
    two = answer("And 28z?", citation(1, "b2020#F3", 40), citation(2, "c2021#F1", 9), text="Less [1][2].")
    for given in (one, two):
        store.finish(store.begin(session.id, given.question), "answer", given.to_json())
    store.finish(store.begin(session.id, "zinc?"), "refusal", refusal("zinc?").to_json())
    store.finish(store.begin(session.id, "bbz vs 28z"), "whatif", comparison())
    store.finish(store.begin(session.id, "stop"), "cancelled", None)
    store.begin(session.id, "never answered")
    return store.get(session.id), store.turns(session.id)


def test_references_are_numbered_once_over_all_answers(stored: tuple[Session, tuple[Turn, ...]]) -> None:
    text = markdown(*stored)
    assert "More [1], and [2]." in text
    assert "Less [2][3]." in text, "the same quote keeps its number in the next answer"
    listed = text.partition("## References")[2]
    assert re.findall(r"^(\d+)\.", listed, re.MULTILINE) == ["1", "2", "3"]


def test_every_kind_of_turn_is_exported(stored: tuple[Session, tuple[Turn, ...]]) -> None:
    text = markdown(*stored)
    assert "**Not enough evidence.**" in text and "it names no zinc" in text
    assert "| Cmax (cells/uL) | 40 [9, 84] |" in text and "aH: 1e+04 → 1e+03 molecules (user)" in text
    assert "Cancelled before an answer came" in text and "Not answered yet" in text
    assert "Evidence disagrees" in text and text.endswith("\n")


def test_a_title_cannot_format_the_document() -> None:
    session = Session("x", "# *bold* [link](http://evil) `code` \x1b[31m", "now", "now")
    heading = markdown(session, ()).splitlines()[0]
    assert heading == r"# \# \*bold\* \[link\](http://evil) \`code\`"


def test_one_answer_is_copied_with_its_references() -> None:
    text = answer_markdown(answer("q"))
    assert text.startswith("BBz cells senesce more [1].")
    assert "1. Can I, Kenderian SS, et al. *Senescence" in text
    assert r"BBz cells \*senesce\* more." in text


def test_a_reference_says_when_it_is_retracted_or_only_a_search() -> None:
    assert "**RETRACTED**" in reference(citation(1, retraction="retracted"))
    assert "No identifier known" in reference(citation(1, doi=None))


def test_bibtex_holds_one_entry_a_paper_with_known_fields_only() -> None:
    text = bibtex(
        [citation(1), citation(2, "can2025#F7", 90), citation(3, "b2020#F1", doi=None, journal=None)]
    )
    assert text.count("@article{") == 1 and text.count("@misc{") == 1
    assert "author = {Can, I and Kenderian, SS and others}" in text
    assert r"title = {{Senescence of CAR-T \& friends: 100\% \{real\}}}" in text
    assert "doi = {10.1000/abc_1}" in text and "pmid" not in text
    assert text.count("{") == text.count("}")


def test_bibtex_tells_a_retraction_and_keeps_keys_plain() -> None:
    assert "Retraction state: retracted, checked 2026-01-01" in entry(
        citation(1, retraction="retracted", retraction_checked="2026-01-01")
    )
    assert key(citation(1, "weird é/id#F1")) == "weird-id"
    assert "author = {{CAR T Consortium}}" in entry(citation(1, authors=("CAR T Consortium",)))


def test_a_bundle_holds_text_data_bibliography_and_what_repeats_it(
    stored: tuple[Session, tuple[Turn, ...]], tmp_path: Path
) -> None:
    session, turns = stored
    first = write_bundle(session, turns, tmp_path / "one.zip").read_bytes()
    assert write_bundle(session, turns, tmp_path / "two.zip").read_bytes() == first

    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        parts = {Path(name).name: archive.read(name).decode() for name in archive.namelist()}
    assert set(parts) == {"session.md", "session.json", "references.bib", "manifest.json"}
    manifest = json.loads(parts["manifest.json"])
    assert manifest["index"] == ["index1"] and manifest["python"].startswith("3.")
    assert {run["n"] for run in manifest["runs"]} == {1, 2, 3, 4}
    assert len(json.loads(parts["session.json"])["turns"]) == 6
    assert parts["references.bib"].count("@article{") == 3


def test_a_bundle_that_cannot_be_written_says_where(
    stored: tuple[Session, tuple[Turn, ...]], tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentFault, match=r"nowhere"):
        write_bundle(*stored, tmp_path / "nowhere" / "x.zip")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("\x1b]52;c;QUJD\x07after", "after"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b_Gdata\x1b\\x", "x"),
        ("bell\x07 c1\x9b31m nul\x00", "bell c131m nul"),
        ("right\u202eleft", "rightleft"),
        ("two\r\nlines\tand a tab", "two\nlines\tand a tab"),
        ("cut \x1b", "cut "),
    ],
)
def test_text_from_outside_cannot_drive_the_terminal(given: str, wanted: str) -> None:
    assert plain(given) == wanted


def test_one_line_and_markdown_escapes() -> None:
    assert one_line(" a\n b\t c ") == "a b c"
    assert markdown_escaped("[x](y) *b* <i>") == r"\[x\](y) \*b\* \<i\>"


def test_numbers_read_well() -> None:
    assert [number(value) for value in (0, 0.00643, 40.49, 123456.0, None)] == [
        "0",
        "0.00643",
        "40.5",
        "1.23e+05",
        "–",
    ]
    assert spread({"median": 2.0, "low": 2.0, "high": 2.0}) == "2"
    assert spread({"median": None, "low": 3.0, "high": None}) == "–"


def test_a_reason_is_a_reference_or_a_plain_word() -> None:
    assert because("assumed") == "assumed" and because(None) == "assumed"
    assert (
        because({"authors": ["Stein AM", "et al."], "journal": "CPT", "year": 2019})
        == "Stein AM et al., CPT 2019"
    )
    assert because({"title": "T" * 80, "authors": ["et al."]}).endswith("…")
