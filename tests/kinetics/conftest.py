"""Property tests here draw the same examples on every machine and have no clock."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("kinetics", max_examples=40, deadline=None, derandomize=True)
settings.load_profile("kinetics")
