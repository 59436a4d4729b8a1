"""`senescope ingest --pmid ...`: papers from literature services, here a server on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.literature import Literature
from tests.cli.shell import Shell, conforms

TITLE = "Senescent CAR T cells under repeated stimulation keep killing but stop dividing"
ITEM: dict[str, Any] = {
    "id": "39000001",
    "source": "MED",
    "pmid": "39000001",
    "pmcid": "PMC9000001",
    "doi": "10.1000/test.1",
    "title": f"{TITLE}.",
    "authorList": {"author": [{"fullName": "Doe J"}]},
    "journalInfo": {"journal": {"title": "Journal of Tests"}, "yearOfPublication": 2024},
    "pubYear": "2024",
    "isOpenAccess": "Y",
    "abstractText": "CAR T cells with a 4-1BB domain turned senescent. Their p16 rose.",
}
WORK: dict[str, Any] = {"DOI": "10.1000/TEST.1", "title": [TITLE], "issued": {"date-parts": [[2024]]}}
JATS = f"""<?xml version="1.0"?><article article-type="research-article"><front><article-meta>
<article-id pub-id-type="pmid">39000001</article-id><article-id pub-id-type="pmcid">PMC9000001</article-id>
<article-id pub-id-type="doi">10.1000/test.1</article-id>
<title-group><article-title>{TITLE}</article-title></title-group>
<pub-date><year>2024</year></pub-date></article-meta></front><body><sec><title>Results</title>
<p>Zanzibarene made the cells senescent within nine days. It raised p16 in all of them.</p></sec></body>
</article>""".encode()


@pytest.fixture
def literature(monkeypatch: pytest.MonkeyPatch) -> Iterator[Literature]:
    server = Literature()
    server.items, server.works = [ITEM], [WORK]
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield server
    server.stop()


def test_full_text_goes_in_and_is_quoted(own_shell: Shell, literature: Literature) -> None:
    literature.texts["PMC9000001"] = JATS
    ran = own_shell("ingest", "--pmid", "39000001", "--json")
    outcome, summary = ran.lines
    conforms(outcome, {"path": "str", "status": "str", "paper": "str", "passages": "int", "reason": "str"})
    assert (outcome["status"], outcome["reason"]) == ("added", "full text from Europe PMC")
    assert summary["summary"]["added"] == 1
    hits = own_shell("search", "zanzibarene", "--json").json["hits"]
    assert hits[0]["paper"] == outcome["paper"]
    assert (hits[0]["section"], hits[0]["retraction"]) == ("Results", "none")
    assert (
        own_shell("ingest", "--doi", "https://doi.org/10.1000/TEST.1", "--json").lines[0]["status"]
        == "unchanged"
    )


def test_a_list_of_references_is_fetched_when_asked(
    own_shell: Shell, literature: Literature, tmp_path: Path
) -> None:
    literature.texts["PMC9000001"] = JATS
    file = tmp_path / "mine.ris"
    file.write_text(
        "TY  - JOUR\nTI  - Senescent cells\nDO  - 10.1000/TEST.1\nER  - \n"
        "TY  - JOUR\nTI  - Without any identifier\nER  - \n",
        encoding="utf-8",
    )
    only_read = own_shell("ingest", str(file))
    assert only_read.code == 3
    assert "--fetch fetches what they name" in only_read.err
    ran = own_shell("ingest", str(file), "--fetch", "--json")
    assert ran.code == 0
    assert ran.lines[-1]["summary"]["added"] == 1
    assert "1 papers to fetch from 2 references" in ran.err
    assert own_shell("search", "zanzibarene", "--json").json["hits"][0]["section"] == "Results"


def test_an_abstract_goes_in_and_is_called_one(own_shell: Shell, literature: Literature) -> None:
    outcome = own_shell("ingest", "--pmcid", "9000001", "--json").lines[0]
    assert outcome["status"] == "added"
    assert outcome["reason"] == "abstract only, from Europe PMC: PMC9000001 is not open for fetching"
    # When the full text opens, a query fetches it; as long as nothing is new, it does not.
    assert own_shell("ingest", "--query", "cart", "--json").lines[-1]["summary"]["updated"] == 0
    literature.texts["PMC9000001"] = JATS
    assert own_shell("ingest", "--query", "cart", "--json").lines[0]["status"] == "updated"
    texts = len([path for path in literature.asked if "fullTextXML" in path])
    assert own_shell("ingest", "--query", "cart", "--json").lines[-1]["summary"]["updated"] == 0
    assert len([path for path in literature.asked if "fullTextXML" in path]) == texts


def test_a_retracted_paper_is_said_and_kept_out_of_the_evidence(
    own_shell: Shell, literature: Literature
) -> None:
    literature.texts["PMC9000001"] = JATS
    notice = {"DOI": "10.1000/notice", "type": "retraction", "source": "retraction-watch"}
    literature.works = [{**WORK, "updated-by": [notice]}]
    outcome = own_shell("ingest", "--pmid", "39000001", "--json").lines[0]
    assert "RETRACTED" in outcome["reason"]
    hits = own_shell("search", "zanzibarene", "--json").json["hits"]
    assert outcome["paper"] not in {hit["paper"] for hit in hits}
    shown = own_shell("corpus", "show", outcome["paper"]).out
    assert "retraction state retracted" in shown


def test_an_identifier_of_another_paper_is_named(own_shell: Shell, literature: Literature) -> None:
    literature.works = [
        {**WORK, "title": ["Anatomical variations of the recurrent laryngeal nerve in adults"]}
    ]
    outcome = own_shell("ingest", "--pmid", "39000001", "--json").lines[0]
    assert "DOI 10.1000/test.1 belongs to another paper: 'Anatomical variations" in outcome["reason"]


def test_windows_and_limits_reach_the_service(own_shell: Shell, literature: Literature) -> None:
    own_shell(
        "ingest", "--query", "CAR-T AND senescence", "--since", "2024-05", "--until", "2024", "--max", "3"
    )
    assert any(
        "(CAR-T+AND+senescence)+AND+FIRST_PDATE:[2024-05-01+TO+2024-12-31]" in path
        for path in literature.asked
    )


def test_a_paper_nobody_holds_fails_with_advice(own_shell: Shell, literature: Literature) -> None:
    ran = own_shell("ingest", "--pmid", "1", "--doi", "10.1000/none", "--json")
    assert ran.code == 3
    assert [line.get("status") for line in ran.lines] == ["failed", "failed", None]
    assert "Check the number" in ran.lines[0]["reason"]
    assert "spelling" in ran.lines[1]["reason"]


def test_a_service_that_refuses_stops_the_run_early(own_shell: Shell, literature: Literature) -> None:
    literature.broken.add("/europepmc")
    ran = own_shell("ingest", "--pmid", "1", "--pmid", "2", "--pmid", "3", "--pmid", "4", "--json")
    assert ran.code == 3
    reasons = [line["reason"] for line in ran.lines[:-1]]
    assert ["403" in reason for reason in reasons] == [True, True, False, False]
    assert "not asked for" in reasons[3]
    refused = own_shell("ingest", "--query", "cart")
    assert (refused.code, refused.complaints) == (3, 1)
    assert "403" in refused.err


def test_crossref_is_a_second_witness_only(own_shell: Shell, literature: Literature) -> None:
    literature.broken.add("/crossref")
    ran = own_shell("ingest", "--pmid", "39000001", "--json")
    assert ran.lines[0]["status"] == "added"
    assert "MEDLINE alone" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "Nothing to ingest"),
        (("--pmid", "abc"), 3, "--pmid 'abc' is none"),
        (("--doi", "nonsense"), 3, "10.x/y"),
        (("--query", "x", "--since", "yesterday"), 2, "2024-05-01"),
        (("--query", "x", "--since", "2025", "--until", "2024"), 2, "Exchange"),
        (("--query", "x", "--source", "google"), 2, "europepmc or pubmed"),
        (("--pmid", "1", "--since", "2024"), 2, "belong to --query"),
    ],
)
def test_a_wrong_command_line_is_named(
    shell: Shell, arguments: tuple[str, ...], code: int, words: str
) -> None:
    ran = shell("ingest", *arguments)
    assert (ran.code, ran.out, ran.complaints) == (code, "", 1)
    assert words in ran.err


def test_a_wrong_contact_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENESCOPE_SOURCES_CONTACT", "me at home\n")
    ran = shell("ingest", "--pmid", "1")
    assert (ran.code, ran.complaints) == (3, 1)
    assert "sources.contact" in ran.err


def test_offline_says_so_at_once(shell: Shell) -> None:
    for arguments in (("--pmid", "39000001"), ("--query", "cart")):
        ran = shell("ingest", *arguments, "--offline")
        assert (ran.code, ran.out, ran.complaints) == (5, "", 1)
        assert "Europe PMC was not asked: offline is set." in ran.err


def test_the_key_is_never_shown(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENESCOPE_SOURCES_NCBI_API_KEY", "s3cret")
    for arguments in (("config", "show"), ("config", "show", "--json")):
        ran = shell(*arguments)
        assert "s3cret" not in ran.out
        assert "(set)" in ran.out
    assert json.loads(ran.out)["settings"]["sources.ncbi_api_key"]["from"] == "environment"
