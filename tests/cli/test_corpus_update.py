"""`senescope corpus query` and `corpus update`: kept searches fetch what is new, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cli.literature import Literature
from tests.cli.shell import Shell
from tests.cli.test_ingest_services import ITEM


@pytest.fixture
def literature(monkeypatch: pytest.MonkeyPatch) -> Iterator[Literature]:
    server = Literature()
    server.items = [paper(n) for n in (1, 2)]
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield server
    server.stop()


def paper(n: int) -> dict[str, Any]:
    title = f"Paper number {n} on senescent cells, with a title of its own"
    return {**ITEM, "id": str(n), "pmid": str(n), "pmcid": None, "doi": f"10.1000/{n}", "title": title}


def entered(literature: Literature) -> str | None:
    """From which day of entry the last search looked."""
    last = [path for path in literature.asked if "/search" in path][-1]
    found = re.search(r"FIRST_IDATE:\[(\S+?)\+TO", last)
    return found.group(1) if found else None


def test_new_papers_come_in_once(own_shell: Shell, literature: Literature) -> None:
    assert own_shell("corpus", "query", "add", "cart", "CAR-T  senescence", "--since", "2020").code == 0
    first = own_shell("corpus", "update", "--json")
    assert [line["status"] for line in first.lines[:-1]] == ["added", "added"]
    assert first.lines[-1]["queries"][0]["complete"] is True
    assert entered(literature) is None
    assert any("(CAR-T+senescence)+AND+FIRST_PDATE:[2020-01-01" in path for path in literature.asked)
    literature.items.append(paper(3))
    second = own_shell("corpus", "update", "--json")
    assert [line["status"] for line in second.lines[:-1]] == ["added"]
    day = datetime.now(UTC).date()
    assert entered(literature) in {(day - timedelta(days=n)).isoformat() for n in (14, 15)}
    assert own_shell("corpus", "update").out == "cart: nothing new\n"


def test_a_run_that_was_cut_goes_on_where_it_was(own_shell: Shell, literature: Literature) -> None:
    literature.items = [paper(n) for n in range(1, 6)]
    own_shell("corpus", "query", "add", "cart", "x", "--max", "2")
    for added, complete in ((2, False), (2, False), (1, True)):
        told = own_shell("corpus", "update", "--json").lines[-1]["queries"][0]
        assert (told["added"], told["complete"], entered(literature)) == (added, complete, None)


def test_a_failure_does_not_move_the_day(own_shell: Shell, literature: Literature) -> None:
    literature.items[0]["abstractText"] = ""
    own_shell("corpus", "query", "add", "cart", "x")
    ran = own_shell("corpus", "update")
    assert ran.code == 0
    assert "1 added, 1 failed; not everything" in ran.out
    assert own_shell("corpus", "query", "list", "--json").json["queries"][0]["updated"] is None


def test_searches_are_listed_and_removed(own_shell: Shell) -> None:
    assert own_shell("corpus", "query", "list", "--json").json["queries"] == []
    own_shell("corpus", "query", "add", "cart", "x", "--source", "pubmed", "--until", "2024", "--max", "7")
    (kept,) = own_shell("corpus", "query", "list", "--json").json["queries"]
    assert kept == {
        "name": "cart", "query": "x", "source": "pubmed", "since": None, "until": "2024-12-31", "max": 7,
        "updated": None,
    }  # fmt: skip
    assert "never" in own_shell("corpus", "query", "list").out
    assert own_shell("corpus", "query", "remove", "cart").code == 0
    assert own_shell("corpus", "update").code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("query", "add", "A b", "x"), 3, "a-z"),
        (("query", "add", "ok", "  "), 3, "empty"),
        (("query", "remove", "crat"), 3, "did you mean 'cart'"),
        (("update", "crat"), 3, "did you mean 'cart'"),
        (("query", "add", "cart", "x"), 3, "already"),
        (("update", "--offline"), 5, "offline is set"),
    ],
)
def test_what_is_wrong_is_named(own_shell: Shell, arguments: tuple[str, ...], code: int, words: str) -> None:
    own_shell("corpus", "query", "add", "cart", "y")
    ran = own_shell("corpus", *arguments)
    assert (ran.code, ran.out, ran.complaints) == (code, "", 1)
    assert words in ran.err
