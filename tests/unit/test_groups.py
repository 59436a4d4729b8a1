"""Who did the work: a question that names a group is held to its papers."""

from __future__ import annotations

import pytest

from assistant.answering import groups
from ingest.documents import Paper


def paper(id_: str, *authors: str) -> Paper:
    return Paper(id=id_, title="", authors=authors)


PAPERS = (
    paper("weber2021", "Weber EW", "Mackall CL"),
    paper("lynn2019", "Lynn RC", "Weber EW"),
    paper("can2025", "Can I"),
)
TEXTS = {
    "weber2021": ("Rest helped.",),
    "lynn2019": ("c-Jun helped.",),
    "can2025": ("The Mayo Clinic assay had rests.",),
}


@pytest.mark.parametrize(
    ("question", "group"),
    [
        ("What did Weber and colleagues find?", "Weber and colleagues"),
        ("How many gray did the Mayo group use?", "the Mayo group"),
        ("Did Can et al. irradiate the cells?", "Can et al."),
        ("Can colleagues of CD28 help?", ""),
        ("Does the CAR group differ?", ""),
    ],
)
def test_a_group_is_read_from_the_words(question: str, group: str) -> None:
    assert groups.named(question) == group


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("What did Weber and colleagues find?", ("weber2021",)),
        ("What did Mackall and colleagues find?", ("weber2021",)),
        ("What did the Mayo group report?", ("can2025",)),
        ("What did Nobody and colleagues find?", ()),
        ("Does rest help?", ()),
    ],
)
def test_its_papers_are_those_it_wrote_or_that_speak_of_it(question: str, papers: tuple[str, ...]) -> None:
    assert groups.papers_of(question, PAPERS, lambda id_: TEXTS[id_]) == papers


def test_they_gives_way_to_the_group_and_back() -> None:
    completed = groups.put("what did they report?", "the Mayo group")
    assert completed == "what did the Mayo group report?"
    assert groups.unnamed(completed) == "what did they report?"
