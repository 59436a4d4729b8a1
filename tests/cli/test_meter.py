"""Progress says how far, how fast and how long, and is quiet where nobody looks."""

from __future__ import annotations

from assistant.cli.meter import Meter
from ingest.home import Progress


def test_speed_and_time_left_are_told_once_they_mean_something() -> None:
    now = [0.0]
    meter = Meter(lambda: now[0])
    assert meter.line(Progress("loading", 0, 0)) == "loading"
    assert meter.line(Progress("reading", 0, 2000)) == "reading 0/2,000"
    now[0] = 1.0
    assert meter.line(Progress("reading", 50, 2000)) == "reading 50/2,000"
    now[0] = 10.0
    assert meter.line(Progress("reading", 500, 2000)) == "reading 500/2,000, 50/s, 30 s left"
    now[0] = 40.0
    assert meter.line(Progress("reading", 2000, 2000)) == "reading 2,000/2,000, 50/s"
    assert meter.line(Progress("embedding", 64, 640)) == "embedding 64/640"
    now[0] = 100.0
    assert meter.line(Progress("embedding", 70, 640)) == "embedding 70/640, 0.1/s, 1.6 h left"


def test_a_log_gets_the_ends_and_a_line_now_and_then() -> None:
    now = [0.0]
    meter = Meter(lambda: now[0])
    told = []
    for second in range(26):
        now[0] = float(second)
        step = Progress("reading", second + 1, 26)
        meter.line(step)
        if meter.due(step):
            told.append(second)
    assert told == [10, 20, 25]
