"""Prints SatCLIP's "analytic" spherical harmonics as numbers, for AnalyticHarmonics.

    pip install sympy==1.14.0
    python make_analytic_harmonics.py ../../main/resources/io/earthembed/onnx/satclip-harmonics.txt.gz

SatCLIP's code holds one expression for each degree and order that sympy printed with 15 digits. The same expressions
are derived here from their formula, and taken apart: factor, exponent of (1 - x^2), then coefficient and power of each
term in the order of printing, which is the order of summation.
"""

import gzip
import re
import sys

from sympy import Symbol, assoc_legendre, cos, factorial, pi, sqrt

DEGREES = 40
NUMBER = r"\d+\.?\d*(?:e[-+]?\d+)?"
x = cos(Symbol("theta"))  # which decides the order of printing


def expression(l, m):
    """The formula as SatCLIP has it; for order 0 the normalisation is pi times the orthonormal one."""
    if m == 0:
        return sqrt((2 * l + 1) / 4 * pi) * assoc_legendre(l, 0, x)
    ratio = factorial(l - m) / factorial(l + m)
    return (-1) ** m * sqrt(2) * sqrt((2 * l + 1) / (4 * pi) * ratio) * assoc_legendre(l, m, x)


def terms(text):
    """Coefficient and power of each term of a printed polynomial."""
    found = []
    for sign, coefficient, power_of_x, power in re.findall(rf"([-+]?) ?({NUMBER})(\*x(?:\*\*(\d+))?)?", text):
        found.append((sign.replace("+", "") + coefficient, power or ("1" if power_of_x else "0")))
    return found


def numbers(text):
    """Factor, exponent and terms of a printed expression."""
    product = re.fullmatch(rf"({NUMBER})\*\(1\.0 - x\*\*2\)(?:\*\*({NUMBER}))?(?:\*(.*))?", text)
    if not product:
        return "1", "0", terms(text)
    factor, exponent, rest = product.groups()
    if rest is None:
        polynomial = [("1", "0")]
    elif rest == "x":
        polynomial = [("1", "1")]
    else:
        polynomial = terms(rest.strip("()"))
    return factor, exponent or "1", polynomial


def check(text, factor, exponent, polynomial):
    """The parts must give the same values as the original."""
    at = 0.6180339887498949
    value = sum(float(c) * at ** int(p) for c, p in polynomial)
    value *= float(factor) * (1 - at**2) ** float(exponent)
    assert abs(eval(text, {"x": at}) - value) <= 1e-12 * max(1, abs(value)), text


lines = []
for l in range(DEGREES):
    for m in range(l + 1):
        printed = str(expression(l, m).evalf()).replace("cos(theta)", "x")
        factor, exponent, polynomial = numbers(printed)
        check(printed, factor, exponent, polynomial)
        lines.append(" ".join([factor, exponent] + [word for term in polynomial for word in term]))
with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as out:
    out.write(("\n".join(lines) + "\n").encode())
