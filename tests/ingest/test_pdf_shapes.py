"""Signs told by their outlines: contours in ems, drawn by hand."""

from __future__ import annotations

import pytest

from ingest.readers.pdf_shapes import Contour, sign

Points = list[tuple[float, float]]


def bar(bottom: float, *, left: float = 0.05, right: float = 0.65, height: float = 0.06) -> Points:
    return [
        (left, bottom),
        (right, bottom),
        (right, bottom + height),
        (left, bottom + height),
        (left, bottom),
    ]


LESS = [(0.7, 0.55), (0.1, 0.29), (0.1, 0.25), (0.7, 0.0), (0.7, 0.06), (0.2, 0.27), (0.7, 0.5), (0.7, 0.55)]
MORE = [(0.8 - x, y) for x, y in LESS]
CROSS = [
    (0.3, 0.6), (0.3, 0.36), (0.06, 0.36), (0.06, 0.3), (0.3, 0.3), (0.3, 0.06),
    (0.36, 0.06), (0.36, 0.3), (0.6, 0.3), (0.6, 0.36), (0.36, 0.36), (0.36, 0.6), (0.3, 0.6),
]  # fmt: skip
SEVEN = [
    (0.05, 0.67),
    (0.45, 0.67),
    (0.45, 0.6),
    (0.2, 0.0),
    (0.12, 0.0),
    (0.37, 0.6),
    (0.05, 0.6),
    (0.05, 0.67),
]
ELL = [(0.1, 0.7), (0.18, 0.7), (0.18, 0.08), (0.5, 0.08), (0.5, 0.0), (0.1, 0.0), (0.1, 0.7)]
VEE = [(0.0, 0.5), (0.08, 0.5), (0.25, 0.1), (0.42, 0.5), (0.5, 0.5), (0.29, 0.0), (0.21, 0.0), (0.0, 0.5)]


@pytest.mark.parametrize(
    ("code", "drawn", "want"),
    [
        ("5", [bar(0.2), bar(0.38)], "="),
        ("2", [bar(0.3)], "−"),
        ("o", [LESS], "<"),
        (",", [LESS], "<"),
        ("4", [MORE], ">"),
        ("p", [LESS, bar(-0.12)], "≤"),
        ("X", [MORE, bar(-0.12)], "≥"),
        ("6", [CROSS, bar(-0.05)], "±"),
        ("7", [SEVEN], None),
        ("L", [ELL], None),
        ("v", [VEE], None),
        ("-", [bar(0.25)], None),
        ("<", [LESS], None),
        (".", [bar(0.0, right=0.15, height=0.1)], None),
        ("_", [bar(-0.1)], None),
        ("5", [], None),
    ],
)
def test_a_sign_is_known_by_its_outline_and_a_letter_stays_one(
    code: str, drawn: list[Points], want: str | None
) -> None:
    assert sign([Contour(tuple(points), True) for points in drawn], code) == want
