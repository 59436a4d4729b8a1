"""The chat on the real engine, the shipped corpus and the real model: one pass through everything."""

from __future__ import annotations

from pathlib import Path

from assistant.settings import load
from assistant.tui.app import ChatApp
from assistant.tui.whatif_turn import WhatIfOffer
from tests.tui.driver import Driver, shown
from tests.tui.fake import FakeBackend


async def test_questions_and_what_ifs_on_the_shipped_corpus(own_home: Path) -> None:
    settings = load({"home": str(own_home), "whatif.draws": 16, "whatif.days": 90}, {})
    app = ChatApp(settings)
    async with app.run_test(size=(200, 60)) as pilot:
        driver = Driver(app, pilot, FakeBackend())
        await driver.until(lambda: app.ready, "the real index opens")
        await driver.ask("Which costimulatory domain makes CAR-T cells more prone to senescence?")
        (answer,) = app.dialogue.answers
        assert answer.kind == "answer" and answer.citations
        text = driver.text(".turn *")
        assert "4-1BB" in text and "**" not in text and "Sources" not in text
        assert "≠ Evidence disagrees" in text
        await driver.until(lambda: "Limits of this source" in driver.text("Card *"), "quotes in context")
        for citation in answer.citations:
            assert f"❝{citation.quote}❞" in driver.text("Card *").replace("\n", " ").replace("  ", " ")

        await driver.ask("What is the capital of France?")
        assert "Not enough evidence" in str(app.query_one(".refusal").border_title)

        await driver.ask("what if the CAR eats bananas?")
        box = app.query(".refusal").last()
        assert box.border_title == "∅ Not enough evidence, and no what-if"
        said, example = list(box.children)[:2]
        assert "'eats bananas'" in shown(said) and "What can be changed" in shown(said)
        assert isinstance(example, WhatIfOffer), "help comes before what the papers lack"

        await driver.ask("4-1BB vs CD28 at tenfold lower antigen density")
        read = "Read as: A: 4-1BB-zeta CAR; B: CD28-zeta CAR"
        await driver.until(lambda: read in driver.text("#whatif *"), "the room is drawn after the turn")
        assert "Cmax cells/µL" in driver.text("#whatif *")
        assert [turn.kind for turn in app.dialogue.turns()] == ["answer", "refusal", "refusal", "whatif"]
