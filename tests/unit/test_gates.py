"""The finding that meets every rule leads, and what no finding meets is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering.engine import Engine
from assistant.settings import load


@pytest.fixture(scope="module")
def engine(home: Path) -> Iterator[Engine]:
    with Engine.open(load({"home": str(home)})) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("Did mice cured by IL-15 CAR T cells live longer?", "zhang2022-il15-il15ra#F2"),
        ("Are 4-1BB CAR-T cells less senescent than CD28?", "can2025-costim-senescence#F"),
        ("Are exhausted CAR-T cells irreversibly arrested?", "weber2021-transient-rest#F2"),
        (
            "Does culturing melanoma-specific mouse lymphocytes in acetylcysteine help the animals live"
            " longer once they are infused?",
            "nac2016-atm-aicd#F3",
        ),
        ("Does rest reverse senescence?", "can2025-costim-senescence#F1"),
        ("Are CAR-T cells of older people worse?", "older-donor-cart-2024#F1"),
        ("Does deleting TOX help CAR T cells?", "seo2019-tox-nr4a#F2"),
        ("Did p16 stay flat in CART19-28ζ cells?", "anon-nd-cart19-senescence#F5"),
        (
            "In matched French registry lymphoma patients, what proportion was alive at one year"
            " after axi-cel and after tisa-cel?",
            "bachy2022-descart#F3",
        ),
    ],
)
def test_the_finding_on_the_point_leads(engine: Engine, question: str, lead: str) -> None:
    answer = engine.ask(question)
    assert answer.kind == "answer" and answer.citations[0].passage.startswith(lead)


@pytest.mark.parametrize(
    "question",
    [
        "Does DNMT3A overexpression prevent exhaustion of CAR T cells?",  # the opposite was tested
        "ide-cel transgene half-life in days?",  # of cilta-cel
        "Does p38 inhibition rejuvenate senescent fibroblasts?",  # of T cells
        "Did CARTITUDE-4 patients over 75 live longer with cilta-cel?",  # no such age group
        "PFS of cilta-cel in lymphoma?",  # in myeloma
        "Does FOXO3 knockout rescue CD28 CAR-T cells?",  # in 4-1BB cells
        "How many patients had a senescence signature in their product?",  # no number but 4 in 4-1BB
        "Does PD-1 blockade reverse T cell senescence?",  # what it does to another state
        "Did NMN restore CAR T function in elderly lymphoma patients?",  # in mice
        "Does IL-21 overcome the failure of CD57+ human CD8+ T cells to proliferate?",  # of IL-2 and IL-15
        "Was peak expansion of liso-cel tied to later G-CSF need in large B-cell lymphoma?",  # of CD28 CARs
    ],
)
def test_a_near_miss_on_the_point_is_refused(engine: Engine, question: str) -> None:
    assert engine.ask(question).kind == "refusal"
