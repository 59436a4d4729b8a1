"""What-ifs in the chat: asked in words, tuned in the room, drawn and explained."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, Select

from assistant.errors import InputError
from assistant.tui.curves import Axis, Canvas, Curve, draw
from assistant.tui.levers import Request
from assistant.tui.outcomes import changes, outcome_table
from assistant.tui.whatif import Plot
from tests.tui.driver import NARROW, WIDE, chat
from tests.tui.fake import FakeBackend, compared

SIZES = pytest.mark.parametrize("size", [NARROW, WIDE])


@SIZES
@pytest.mark.parametrize("text", ["what if I lower affinity tenfold in a 4-1BB CAR", "/whatif bbz vs 28z"])
async def test_a_what_if_in_the_input_goes_to_the_model_and_shows_curves(
    tmp_path: Path, size: tuple[int, int], text: str
) -> None:
    async with chat(tmp_path, size=size) as driver:
        await driver.ask(text)
        assert driver.backend.asked == [], "the literature was not asked"
        assert [request.text for request in driver.backend.requests] == [text.removeprefix("/whatif ")]
        assert "A bbz CAR  vs  B 28z CAR" in driver.text(".whatif-summary")
        await driver.pilot.press("f4")
        await driver.pilot.pause(0.1)
        assert driver.seen("#whatif")
        text_shown = driver.text("#whatif *")
        assert (
            "CAR-T in blood" in text_shown and "━━ A bbz CAR" in text_shown and "╍╍ B 28z CAR" in text_shown
        )
        assert any("\u2801" <= character <= "\u28ff" for character in driver.text("Plot"))
        assert "aH 10000" not in text_shown and "aH 1e+04 → 1e+03 molecules  ✎ set by you" in text_shown
        assert "kS 1 → 0.4  □ assumed" in text_shown
        assert "⚠ aH lies outside its plausible range" in text_shown
        assert "✓ in range" in text_shown and "200 parameter draws, seed 1" in text_shown
        assert [turn.kind for turn in driver.app.dialogue.turns()] == ["whatif"]


async def test_a_what_if_that_is_not_understood_says_why(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("/whatif nonsense")
        assert "No design is named in 'nonsense'." in driver.text(".error-panel")
        await driver.ask("/whatif --design bbz --colour red")
        assert "--colour red: not understood." in driver.text(".error-panel")


async def test_levers_and_designs_ask_the_model_again(tmp_path: Path) -> None:
    async with chat(tmp_path, size=WIDE) as driver:
        await driver.ask("/whatif bbz vs 28z")
        await driver.pilot.press("f4")
        field = driver.app.query_one("#H0-b", Input)
        field.focus()
        field.value = "5e10"
        await driver.pilot.press("enter")
        await driver.until(lambda: len(driver.backend.requests) == 2)
        last = driver.backend.requests[-1]
        assert (last.text, dict(last.sets_b)["H0"]) == ("", "5e10") and "H0" not in last.sets_a
        driver.app.query_one("#design-b", Select).value = "1xx-like"
        await driver.until(lambda: len(driver.backend.requests) == 3)
        assert driver.backend.requests[-1].b == "1xx-like"
        await driver.until(lambda: "1xx-like CAR" in driver.text("Plot"))
        assert len(driver.app.dialogue.turns()) == 1, "tuning is not a turn of the conversation"


async def test_the_fields_show_what_was_asked_in_words(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        payload = compared()
        payload["changes"][0]["design"] = "A and B"
        driver.app.whatif.show(payload)
        await driver.pilot.pause()
        assert driver.app.query_one("#aH-a", Input).value == "1000"
        assert driver.app.query_one("#aH-b", Input).value == "1000"
        assert driver.app.query_one("#dose-a", Input).value == ""
        assert driver.backend.requests == [], "showing a comparison does not run the model"


async def test_keys_turn_and_zoom_the_curves(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("/whatif bbz vs 28z")
        await driver.pilot.press("f4")
        plot = driver.app.query_one(Plot)
        assert driver.app.focused is plot
        await driver.pilot.press("right")
        assert "Senescent share" in driver.text("Plot")
        await driver.pilot.press("z", "z")
        assert "25 days" in driver.text("Plot"), "the last time on the grid within 28 days"
        await driver.pilot.press("left")
        assert "CAR-T in blood" in driver.text("Plot")


async def test_a_summary_in_the_conversation_opens_its_own_curves(tmp_path: Path) -> None:
    backend = FakeBackend()
    async with chat(tmp_path, backend=backend) as driver:
        await driver.ask("/whatif first")
        await driver.ask("Which domain?")
        driver.app.query_one(".whatif-summary").focus()
        await driver.pilot.press("enter")
        assert driver.app.bar.room == "whatif" and driver.app.whatif.payload is not None


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('"4-1BB CAR with and without c-Jun"', Request(text="4-1BB CAR with and without c-Jun")),
        ("--design bbz --vs 28z", Request(a="bbz", b="28z")),
        ("--design bbz --set H0=1e9", Request(a="bbz", b="", sets_a={"H0": "1e9"}, sets_b={"H0": "1e9"})),
    ],
)
def test_a_typed_what_if_is_words_or_the_options_of_the_command_line(line: str, wanted: Request) -> None:
    assert Request.typed(line) == wanted


@pytest.mark.parametrize("line", ["--design", "--set H0", '--design "bbz', "--draws 3"])
def test_a_mistyped_option_is_reported(line: str) -> None:
    with pytest.raises(InputError):
        Request.typed(line)


def curve(*values: float | None) -> Curve:
    return Curve([float(t) for t in range(len(values))], values, values, values)


def test_a_line_is_drawn_where_the_values_are() -> None:
    rising = draw(curve(0.0, 1.0), None, 30, 8, "share").plain.splitlines()
    assert rising[1].startswith("     1┤") and rising[-2].startswith("     0┤")
    assert rising[1].rstrip()[-1] != "┤", "the end of a rising line is at the top right"
    assert rising[-2][7:9].strip(), "its beginning at the bottom left"
    assert rising[-1].split() == ["0", "0.5", "1", "days"]


def test_b_is_dashed_and_a_is_not() -> None:
    flat = curve(1.0, 1.0, 1.0)
    alone = draw(flat, None, 60, 8, "share").plain.splitlines()[1][7:]
    assert " " not in alone.rstrip()
    both = draw(curve(0.0, 0.0, 0.0), flat, 60, 8, "share").plain.splitlines()[1][7:]
    assert both.strip() and " " in both.strip()


def test_counts_over_decades_get_a_log_axis_and_shares_never() -> None:
    wide = curve(1e-3, 1e3)
    assert Axis.of([wide], counts=True).logarithmic and not Axis.of([wide], counts=False).logarithmic
    assert "10³" in draw(wide, None, 40, 12, "cells/µL").plain
    assert Axis.of([curve(0.0, 0.0)], counts=True).high == 1.0


def test_undefined_values_leave_a_gap() -> None:
    gap = draw(curve(1.0, None, None, 1.0), None, 60, 8, "share").plain.splitlines()[1][7:]
    assert gap[0].strip() == "" or gap[0] != " "
    assert "      " in gap.ljust(53), "nothing is drawn between the defined points"


def test_dots_outside_the_canvas_are_ignored() -> None:
    canvas = Canvas(2, 1)
    for x, y in ((-1, 0), (4, 0), (0, -1), (0, 4)):
        canvas.dot(x, y, "red")
    assert [line.plain.strip() for line in canvas.lines()] == [""]


def test_the_table_names_units_differences_and_directions_without_colour() -> None:
    narrow = outcome_table(compared(), 60).plain
    assert (
        "Cmax cells/µL" in narrow and "B higher ▼" in narrow and "≈ unclear" in narrow and "never" in narrow
    )
    assert max(len(line) for line in narrow.splitlines()) <= 60
    assert "60 [30, 110]" in outcome_table(compared(), 120).plain


def test_a_change_shows_its_source_and_status() -> None:
    payload = compared()
    payload["designs"][1]["parameters"] = {"kX": {"status": "guided"}}
    payload["changes"] = [
        {
            "parameter": "kX",
            "from": 0.07,
            "to": 0.48,
            "unit": "1/day",
            "design": "A to B",
            "because": {"authors": ["Long AH", "et al."], "journal": "Nature Medicine", "year": 2015},
        }
    ]
    assert (
        changes(payload).plain == "A→B kX 0.07 → 0.48 1/day  ◧ guided: Long AH et al., Nature Medicine 2015"
    )
    payload["changes"] = []
    assert "No parameter differs" in changes(payload).plain
