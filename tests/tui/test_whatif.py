"""What-ifs in the chat: asked in words, tuned in the room, drawn and explained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Select

from assistant.errors import InputError
from assistant.kinetics import requests, whatif
from assistant.tui.curves import LABEL, Axis, Canvas, Curve, draw
from assistant.tui.levers import Request, Scale
from assistant.tui.outcomes import changes, outcome_table
from assistant.tui.plot import measured_points
from assistant.tui.slider import Slider
from assistant.tui.tuning import COARSE
from assistant.tui.whatif_turn import PapersOffer, WhatIfOffer, WhatIfSummary, sentences
from tests.tui.driver import NARROW, WIDE, Driver, chat
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
        await driver.ask("/whatif nonsense about bananas")
        box = driver.app.query_one(".refusal")
        assert box.border_title == "∅ Not understood as a what-if" and not driver.app.query(".error-panel")
        assert "No what-if was run." in driver.text(".refusal *") and "bananas" in driver.text(
            ".refusal .note"
        )
        assert "What can be changed: scFv affinity" in driver.text(".refusal .note")
        offers = list(box.query(WhatIfOffer))
        assert len(offers) == 3, "examples, one key away"
        assert "Ask the papers instead: /ask nonsense about bananas" in driver.text(".offer")
        offers[0].focus()
        await driver.pilot.press("enter")
        await driver.until(lambda: driver.idle and driver.app.query(WhatIfSummary), "the example runs")
        await driver.ask("/whatif --design bbz --colour red")
        assert "--colour red: not understood." in driver.text(".error-panel")


async def tuned(driver: Driver, draws: int = 0) -> None:
    """Wait for the run that the levers ask for; 0 is the full one."""
    backend, app = driver.backend, driver.app

    def there() -> bool:
        if not backend.requests or backend.requests[-1].draws != draws:
            return False
        wanted = app.whatif.request
        return replace(backend.requests[-1], draws=0) == wanted and not app.whatif.running

    await driver.until(there, "the tuned comparison")


@SIZES
async def test_opening_the_room_compares_the_first_two_designs(tmp_path: Path, size: tuple[int, int]) -> None:
    async with chat(tmp_path, size=size) as driver:
        await driver.pilot.press("f4")
        await tuned(driver)
        assert "━━ A bbz CAR" in driver.text("Plot")
        assert driver.seen("Slider") and driver.seen("Plot"), "levers and curves are in sight together"
        assert driver.app.dialogue.turns() == (), "tuning is not a turn of the conversation"


async def test_a_lever_is_changed_with_arrows_digits_and_reset(tmp_path: Path) -> None:
    async with chat(tmp_path, size=WIDE) as driver:
        await driver.pilot.press("f4")
        await tuned(driver)
        slider = driver.app.query_one("#dose-a", Slider)
        assert driver.app.focused is slider and slider.value == 1e8
        await driver.pilot.press("right")
        assert slider.value is not None and slider.value > 1e8 and slider.moved
        await tuned(driver)
        assert [request.draws for request in driver.backend.requests[-2:]] == [COARSE, 0], "coarse, then full"
        await driver.pilot.press("5", "e", "7", "enter")
        await tuned(driver)
        assert driver.backend.requests[-1].sets_a == {"dose": "5e+07"}
        assert "✎ 5e7" in slider.render().plain
        await driver.pilot.press("down", "down", "shift+right")
        await tuned(driver)
        assert set(driver.backend.requests[-1].sets_a) == {"dose", "aH"}
        await driver.pilot.press("up", "up", "backspace")
        await tuned(driver)
        assert set(driver.backend.requests[-1].sets_a) == {"aH"} and slider.value == 1e8
        await driver.pilot.press("R")
        await tuned(driver)
        assert driver.backend.requests[-1].sets_a == {}
        assert all(not lever.moved for lever in driver.app.query(Slider))


async def test_a_typed_value_can_be_corrected_and_given_up(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.pilot.press("f4")
        await tuned(driver)
        runs = len(driver.backend.requests)
        slider = driver.app.query_one("#dose-a", Slider)
        await driver.pilot.press("7", "x", "backspace", "e")
        assert slider.edited == "7e"
        await driver.pilot.press("escape")
        assert "▏" not in slider.render().plain and slider.value == 1e8
        await driver.pilot.press("5", "tab")
        assert "▏" not in slider.render().plain and len(driver.backend.requests) == runs
        assert driver.app.bar.room == "whatif", "Escape gave up the number, not the room"


async def test_the_mouse_drags_a_lever(tmp_path: Path) -> None:
    async with chat(tmp_path, size=WIDE) as driver:
        await driver.pilot.press("f4")
        await tuned(driver)
        slider = driver.app.query_one("#H0-b", Slider)
        width = slider.size.width
        await driver.pilot.mouse_down(slider, offset=(width - 6, 0))
        await driver.pilot.hover(slider, offset=(width - 1, 0))
        await driver.pilot.mouse_up(slider, offset=(width - 1, 0))
        assert slider.value == 2e12
        await tuned(driver)
        assert driver.backend.requests[-1].sets_b == {"H0": "2e+12"}


async def test_a_draft_names_no_direction(tmp_path: Path) -> None:
    async with chat(tmp_path, size=WIDE) as driver:
        await driver.ask("/whatif bbz vs 28z")
        room = driver.app.whatif
        assert "B higher ▼" in driver.text(".outcome-table")
        room.tuned(compared(), draft=True)
        await driver.pilot.pause()
        assert "B higher" not in driver.text(".outcome-table") and room.running
        room.tuned(compared(), draft=False)
        await driver.pilot.pause()
        assert "B higher ▼" in driver.text(".outcome-table") and not room.running


async def test_another_design_keeps_what_was_set_by_hand(tmp_path: Path) -> None:
    async with chat(tmp_path, size=WIDE) as driver:
        await driver.pilot.press("f4")
        await tuned(driver)
        driver.app.query_one("#H0-b", Slider).focus()
        await driver.pilot.press("1", "e", "9", "enter")
        driver.app.query_one("#design-b", Select).value = "1xx-like"
        await tuned(driver)
        last = driver.backend.requests[-1]
        assert (last.b, last.sets_b) == ("1xx-like", {"H0": "1e+09"})
        await driver.until(lambda: "1xx-like CAR" in driver.text("Plot"))


async def test_a_what_if_in_words_is_tuned_on_top_of_its_words(tmp_path: Path) -> None:
    async with chat(tmp_path, size=WIDE) as driver:
        driver.backend.words = "4-1BB vs CD28 with a rest of 7 days"
        await driver.ask("/whatif 4-1BB vs CD28 with a rest of 7 days")
        await driver.pilot.press("f4", "right")
        await tuned(driver)
        last = driver.backend.requests[-1]
        assert last.text == driver.backend.words and "dose" in last.sets_a, "the schedule is not lost"


async def test_a_lever_shows_range_status_and_source(tmp_path: Path) -> None:
    async with chat(tmp_path, size=WIDE) as driver:
        await driver.pilot.press("f4")
        await tuned(driver)
        assert "■ published   ◧ guided   ◇ fitted   □ assumed   ✎ set by you" not in driver.text(
            ".lever-detail"
        )
        detail = driver.text(".lever-detail")
        assert (
            "A dose: meaning of dose. Designed 1e+08 cells, range 1e+06 to 1e+09 cells, ■ published" in detail
        )
        driver.app.query_one("#tau-b", Slider).focus()
        await driver.pilot.pause()
        assert "B tau: meaning of tau" in driver.text(".lever-detail")
        assert "□ assumed" in driver.text(".lever-detail")


async def test_any_parameter_becomes_a_lever(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.pilot.press("f4")
        await tuned(driver)
        await driver.pilot.press("a")
        await driver.pilot.press(*"delta")
        await driver.pilot.press("enter")
        await driver.until(lambda: driver.app.query("#delta-a"))
        await driver.pilot.press("right")
        await tuned(driver)
        assert "delta" in driver.backend.requests[-1].sets_a


async def test_a_design_is_saved_and_a_comparison_exported(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.pilot.press("f4")
        await tuned(driver)
        driver.app.query_one("#H0-b", Slider).focus()
        await driver.pilot.press("right", "s")
        await driver.pilot.press(*"mine", "enter")
        await driver.until(lambda: driver.backend.saved)
        request, side, name = driver.backend.saved[0]
        assert (side, name) == ("b", "mine") and "H0" in request.sets_b
        assert "Design B saved as /designs/mine.toml" in driver.notices()
        await driver.pilot.press("e", "enter")
        await driver.until(lambda: len(driver.backend.saved) == 2)
        assert driver.backend.saved[1][1:] == ("export", "whatif-w1.md")


async def test_a_lever_out_of_reason_is_reported_and_ends_nothing(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.pilot.press("f4")
        await tuned(driver)
        driver.backend.refuses = "A50"
        driver.app.query_one("#A50-a", Slider).focus()
        await driver.pilot.press("0", "enter")
        await driver.until(lambda: "A50 = 0 is unphysical" in driver.notices())
        driver.backend.refuses = ""
        await driver.pilot.press("backspace")
        await tuned(driver)
        assert driver.app.query_one("#A50-a", Slider).value != 0.0


async def test_the_levers_show_what_was_asked_for(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        payload = compared(sets_a={"aH": "1000"})
        payload["inputs"] = {"design": "bbz", "vs": "28z", "set_a": ["aH=1000"]}
        driver.app.show_payload(payload)
        await driver.pilot.pause()
        slider = driver.app.query_one("#aH-a", Slider)
        assert (slider.value, slider.start, slider.moved) == (1000.0, 1e4, True)
        assert not driver.app.query_one("#aH-b", Slider).moved
        assert driver.backend.requests == [], "showing a comparison does not run the model"


async def test_keys_turn_and_zoom_the_curves(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("/whatif bbz vs 28z")
        await driver.pilot.press("f4", "c")
        assert "Senescent share" in driver.text("Plot")
        await driver.pilot.press("z", "z")
        assert "25 days" in driver.text("Plot"), "the last time on the grid within 28 days"
        await driver.pilot.press("C")
        assert "CAR-T in blood" in driver.text("Plot")


def test_measured_values_stand_on_their_day_under_the_letter_of_their_design() -> None:
    payload = compared()
    payload["measured"] = [
        {"outcome": "blood_cells_per_uL_d14", "value": 9.1, "low": 3.8, "high": 31.0, "design": "B"},
        {"outcome": "blood_cells_per_uL_d90", "value": 0.1, "low": None, "high": None, "design": "A"},
        {"outcome": "Tmax", "value": 9.0, "low": None, "high": None, "design": "A"},
    ]
    points = measured_points(payload, "blood_cells_per_uL", 365.0)
    assert [(p.t, p.value, p.letter) for p in points] == [(14.0, 9.1, "B"), (90.0, 0.1, "A")]
    assert measured_points(payload, "blood_cells_per_uL", 28.0) == points[:1]
    assert measured_points(payload, "senescent_fraction", 365.0) == []
    flat = Curve([0.0, 100.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0])
    rows = draw(flat, None, 60, 10, "cells/µL", points).plain.splitlines()
    column = next(row.index("B") for row in rows[1:] if "B" in row)
    assert abs(column - LABEL - 1 - 0.14 * 53) <= 1, "day 14 of 100"


@pytest.mark.parametrize(
    ("scale", "value", "share"),
    [
        (Scale.over(1e6, 1e9, 1e8), 1e9, 1.0),
        (Scale.over(1e6, 1e10, 1e8), 1e8, 0.5),
        (Scale.over(0.0, 0.4, 0.1), 0.1, 0.25),
        (Scale.over(0.0, 0.0, 5.0), 5.0, 0.5),
        (Scale.over(0.0, 0.0, 0.0), 0.5, 0.5),
    ],
)
def test_a_scale_goes_there_and_back(scale: Scale, value: float, share: float) -> None:
    assert scale.place(value) == pytest.approx(share, abs=0.005)
    assert scale.value(scale.place(value)) == pytest.approx(value, rel=1e-2)
    assert (scale.place(scale.low - 1), scale.place(scale.high * 9 + 9)) == (0.0, 1.0)


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
        ("--design bbz --set H0=1e9", Request(a="bbz", b="", sets_a={"H0": "1e9"})),
        (
            "--design bbz --vs 28z --set H0=1e9 --set B:dose=1e7",
            Request(a="bbz", b="28z", sets_a={"H0": "1e9"}, sets_b={"H0": "1e9", "dose": "1e7"}),
        ),
        ("--text '4-1BB vs CD28' --set A:dose=1e7", Request(text="4-1BB vs CD28", sets_a={"dose": "1e7"})),
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


async def test_words_that_only_read_as_a_what_if_keep_the_papers_one_key_away(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("knock out TET2 in 28z")
        assert driver.backend.asked == [] and driver.backend.requests[-1].text == "knock out TET2 in 28z"
        assert "Ask the papers instead: /ask knock out TET2 in 28z" in driver.text(".offer")
        driver.app.query_one(PapersOffer).action_ask()
        await driver.until(lambda: driver.backend.asked and driver.idle, "the papers are asked")
        assert driver.backend.asked[-1][0] == "knock out TET2 in 28z"
        assert [turn.kind for turn in driver.app.dialogue.turns()] == ["whatif", "answer"]
        restored = driver.app.dialogue.turns()[0].payload
        assert restored is not None and restored["literature"] == "knock out TET2 in 28z"


async def test_with_a_filter_words_in_doubt_go_to_the_papers(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        await driver.ask("/filter system=patients")
        await driver.ask("knock out TET2 in 28z")
        assert driver.backend.requests == [] and driver.backend.asked[-1][0] == "knock out TET2 in 28z"


async def test_a_long_search_shows_how_far_it_is_and_escape_ends_it(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        driver.backend.hold.clear()
        await driver.send("/whatif which lever most improves persistence in 28z?")
        await driver.until(lambda: "Trying levers on the model… 1 of 30" in driver.text(".waiting"))
        await driver.pilot.press("escape")
        await driver.until(lambda: driver.idle, "cancelled")
        assert [turn.kind for turn in driver.app.dialogue.turns()] == ["cancelled"]
        driver.backend.hold.set()
        await driver.ask("what if I halve the dose in 28z")
        assert [turn.kind for turn in driver.app.dialogue.turns()] == ["cancelled", "whatif"]


async def test_a_tuned_run_becomes_a_turn_when_asked(tmp_path: Path) -> None:
    async with chat(tmp_path, size=WIDE) as driver:
        await driver.ask("/whatif --design bbz --vs 28z")
        await driver.app.action_keep_whatif()
        assert len(driver.app.dialogue.turns()) == 1, "a run of the conversation is no second turn"
        await driver.pilot.press("f4")
        slider = driver.app.query_one("#dose-a", Slider)
        slider.focus()
        await driver.pilot.press("right")
        await tuned(driver)
        shown = driver.app.whatif.payload
        assert shown is not None
        driver.app.whatif.payload = {**shown, "run": {"id": "w2", "seed": 1, "draws": 200}}
        await driver.pilot.press("k")
        await driver.until(lambda: len(driver.app.dialogue.turns()) == 2, "kept")
        kept = driver.app.dialogue.turns()[-1]
        assert kept.kind == "whatif" and kept.question.startswith(
            "/whatif --design bbz --vs 28z --set A:dose="
        )
        assert Request.typed(kept.question.removeprefix("/whatif ")) == driver.app.whatif.request
        assert driver.idle


async def test_a_what_if_can_lean_on_the_one_before(tmp_path: Path) -> None:
    async with chat(tmp_path) as driver:
        driver.backend.words = "what if I halve the dose in 28z"
        await driver.ask(driver.backend.words)
        await driver.ask("same, over two years")
        assert driver.backend.requests[-1].text == "what if I halve the dose in 28z, over two years"
        await driver.ask("Which domain makes cells senescent?")
        await driver.ask("same, over two years")
        assert driver.backend.asked[-1][0] == "same, over two years", "an answer lies between them"


def test_a_result_is_cut_between_sentences_only() -> None:
    told = (
        "Of 32, 6 lower it in 95 % of the draws; 21 undetermined. First: senolytic [a#F1; open in the ledger]"
        " and remission prob. Both hold (on p. Nine. In all)."
    )
    first, second = sentences(told)
    assert (
        first.endswith("21 undetermined.")
        and second.startswith("First: ")
        and " ".join((first, second)) == told
    )


def test_what_speaks_against_a_result_stands_under_it_once() -> None:
    asked = requests.from_words("what if I lower affinity tenfold in a 4-1BB CAR", draws=8, days=60.0)
    payload = whatif.answer(asked).payload()
    assert payload["contested"]
    shown = WhatIfSummary(payload).render().plain
    for doubt in payload["contested"]:
        assert shown.count(doubt["text"]) == 1
    assert "olson2022-low-affinity#F4" in shown
