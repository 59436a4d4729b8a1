"""What the what-if room lets the reader change, and the request it makes of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Lever:
    """One number that can be set; the model's own file says where its default comes from."""

    parameter: str
    label: str
    unit: str


LEVERS: tuple[Lever, ...] = (
    Lever("dose", "Dose", "cells"),
    Lever("H0", "Tumour burden", "cells"),
    Lever("aH", "Antigen density", "per cell"),
    Lever("A50", "Half-signal", "per cell"),
)
"""Dose, burden, antigen and affinity: the four that designers ask about first."""


@dataclass(frozen=True, slots=True)
class Request:
    """One comparison: in words (`text`), or as two designs with values set on each."""

    text: str = ""
    a: str = "bbz"
    b: str = "28z"
    sets_a: Mapping[str, str] = field(default_factory=dict)
    sets_b: Mapping[str, str] = field(default_factory=dict)
