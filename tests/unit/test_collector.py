"""The collector waits for a moment without keys, and leaves Python's own settings behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from assistant.tui import collector
from assistant.tui.collector import Collector


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Full rounds that were made; the count of middle ones is what a test sets with `due`."""
    made: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: made.append(1))
    yield made


def due(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, count))


def test_a_full_round_waits_for_a_pause_of_the_keys(
    rounds: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(collector, "monotonic", lambda: clock[0])
    due(monkeypatch, collector.DUE)
    keeper = Collector()
    keeper.pressed()
    assert not keeper.tidy(), "somebody types"
    clock[0] += collector.QUIET
    assert keeper.tidy()
    assert rounds == [1]


def test_nothing_is_collected_before_it_is_due_and_everything_when_overdue(
    rounds: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Collector()
    due(monkeypatch, collector.DUE - 1)
    assert not keeper.tidy()
    keeper.pressed()
    due(monkeypatch, collector.OVERDUE)
    assert keeper.tidy(), "memory has an end, also under somebody's fingers"
    assert rounds == [1]


def test_python_has_its_own_settings_back_at_the_end() -> None:
    before = gc.get_threshold()
    keeper = Collector()
    keeper.begin()
    assert gc.get_threshold()[2] > 1000 * before[2]
    keeper.end()
    assert gc.get_threshold() == before
