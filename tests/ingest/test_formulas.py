"""Formulas on one line: MathML and LaTeX keep what is raised, lowered and divided by what."""

from __future__ import annotations

import pytest
from lxml import etree

from ingest.readers.formulas import latex, mathml


def math(inner: str) -> str:
    return mathml(etree.fromstring(f"<math>{inner}</math>"))


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<mi>x</mi><mo>=</mo><mn>2</mn>", "x = 2"),
        ("<msup><mn>10</mn><mrow><mo>−</mo><mn>3</mn></mrow></msup>", "10^−3"),
        ("<msub><mi>K</mi><mtext>on</mtext></msub>", "K_on"),
        ("<msubsup><mi>β</mi><mi>a</mi><mi>i</mi></msubsup>", "β_a^i"),
        (
            "<mfrac><mrow><mi>d</mi><mi>N</mi></mrow><mrow><mi>d</mi><mi>t</mi></mrow></mfrac>",
            "dN/dt",
        ),
        (
            "<mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mi>c</mi></mrow></mfrac>",
            "a/(b + c)",
        ),
        ("<msqrt><mi>n</mi></msqrt>", "√(n)"),
        ("<mover><mi>x</mi><mo>¯</mo></mover>", "x\u0304"),
        ("<mover><mi>μ</mi><mo>&#x302;</mo></mover>", "μ\u0302"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
        ("<semantics><mi>a</mi><annotation>\\alpha</annotation></semantics>", "a"),
        ("<mi>log</mi><mo>\u2061</mo><mi>x</mi>", "log x"),
    ],
)
def test_mathml(inner: str, text: str) -> None:
    assert math(inner) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\documentclass{minimal}\begin{document}$$\alpha = 2$$\end{document}", "α = 2"),
        (r"$e^{a+b}$", "e^(a+b)"),
        (r"\frac{a}{b}", "a/b"),
        (r"x_{i}^{2}", "x_i^2"),
        (r"{ unbalanced \frac{", "unbalanced"),
    ],
)
def test_latex(source: str, text: str) -> None:
    assert text in latex(source)
