"""The what-if room as it is read: the result in one line, the table, the legend."""

from __future__ import annotations

from pathlib import Path

from assistant.sessions.turns import Json
from assistant.tui.outcomes import direction, headline, outcome_table
from assistant.tui.plot import _legend
from assistant.tui.whatif_turn import clauses
from tests.tui.driver import chat
from tests.tui.fake import compared


async def test_on_a_small_screen_the_result_and_the_way_down_are_in_sight(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("/whatif bbz vs 28z")
        await driver.pilot.press("f4")
        line = "▼ B higher: Cmax  ≈ 1 of 2 unclear"
        await driver.until(lambda: line in driver.text(".headline"), "the result in one line")
        assert "▼ PgDn" in driver.text(".headline"), "what lies below is announced"
        shown = driver.app.query_one(".headline").region
        assert shown.bottom == driver.app.query_one("#whatif").region.bottom and shown.height == 1
        await driver.pilot.press("pagedown", "pagedown", "pagedown", "pagedown")
        await driver.until(lambda: "PgDn" not in driver.text(".headline"), "the end was reached")
        driver.app.whatif.tuned(compared(), draft=True)
        await driver.until(lambda: "curves of few draws" in driver.text(".headline"))
        assert "B higher" not in driver.text(".headline"), "a draft names no direction"


async def test_a_table_made_while_the_room_is_hidden_has_its_full_width(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.pilot.press("f4")
        await driver.until(lambda: driver.app.whatif.payload is not None)
        await driver.pilot.press("escape")
        await driver.ask("/whatif bbz vs 28z")
        await driver.until(lambda: driver.app.whatif.payload is not None)
        await driver.pilot.press("f4")
        await driver.until(lambda: "time to relapse day " in driver.text(".outcome-table"), "uncut names")
        assert "…" not in driver.text(".outcome-table")


def outcome(name: str, direction: str, agreement: float, **sides: float | None) -> Json:
    bands = {side: {"median": value, "low": value, "high": value} for side, value in sides.items()}
    return {"name": name, "unit": "day", "direction": direction, "agreement": agreement, **bands}


def test_a_difference_that_is_rounding_is_shown_as_nought() -> None:
    rounding = outcome("remission", "undetermined", 0.145, A=1.0, B=1.0, difference=2.2e-16)
    text = outcome_table({"outcomes": [rounding]}, 100).plain
    assert "≈ unclear" in text and "e-16" not in text


def test_the_line_of_the_result_joins_days_and_leaves_out_shares_of_few_cells() -> None:
    shares = [
        outcome(f"exhausted_fraction_{day}", "A<B", 1.0, A=0.1, B=0.3, difference=-0.2)
        for day in ("d14", "d90")
    ]
    lasting = outcome("persistence", "undetermined", 0.5, A=30.0, B=20.0, difference=10.0)
    found = headline({"outcomes": [*shares, lasting]}).plain
    assert found == "▼ B higher: exhausted share d14+d90  ≈ 1 of 3 unclear"
    lasting = outcome("persistence", "A<B", 1.0, A=0.0, B=20.0, difference=-20.0)
    found = headline({"outcomes": [*shares, lasting]}).plain
    assert found == "⚠ A under the detection limit  ▼ B higher: persistence"


def test_both_designs_keep_a_name_in_the_legend() -> None:
    legend = _legend("4-1BB-zeta CAR at tenfold lower antigen density", "28z", 44).plain
    assert len(legend) == 44 and legend.endswith("╍╍ B 28z") and "━━ A 4-1BB-zeta" in legend
    both = _legend("a" * 50, "b" * 50, 41).plain
    assert len(both) <= 41 and "━━ A aaaa" in both and "╍╍ B bbbb" in both


def test_what_happens_in_neither_design_is_the_same_in_both() -> None:
    never = outcome("time_to_relapse", "undetermined", 0.0, A=None, B=None, difference=0.0)
    assert direction({**never, "size": "none"}) == "= same"


def test_each_outcome_of_a_long_result_is_read_on_a_line_of_its_own() -> None:
    told = "A (4-1BB) against B (CD28): persistence is later in A (0; 245); the same in both: relapse."
    assert clauses(told) == [
        "A (4-1BB) against B (CD28):",
        "Persistence is later in A (0; 245)",
        "The same in both: relapse",
    ]
    assert clauses("One sentence; of another form.") == ["One sentence; of another form."]
