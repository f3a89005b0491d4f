"""Computes real spherical harmonics straight from their definition, in 100 digits, for SphericalHarmonicsTest.

    pip install mpmath==1.4.1
    python make_harmonics_goldens.py ../resources/io/earthembed/onnx/harmonics.csv

Lines: latitude, longitude, l, m, value.
"""

import sys

from mpmath import binomial, cos, factorial, mp, mpf, pi, radians, sin, sqrt

mp.dps = 100
PLACES = [("-3.1", "-60.0"), ("48.85", "2.35"), ("-77.3", "166.7"), ("0.5", "-179.75"), ("89.9", "13.0")]
DEGREES = [0, 1, 2, 3, 7, 15, 24, 39, 60]


def legendre(l, m, x):
    """(-1)^m (1 - x^2)^(m/2) times the m-th derivative of the Legendre polynomial P_l, term by term."""
    derivative = sum(
        (-1) ** k * binomial(l, k) * binomial(2 * l - 2 * k, l) * factorial(l - 2 * k) / factorial(l - 2 * k - m) * x ** (l - 2 * k - m)
        for k in range((l - m) // 2 + 1)
    )
    return (-1) ** m * sqrt(1 - x * x) ** m * derivative / mpf(2) ** l


def harmonic(latitude, longitude, l, m):
    phi, x = radians(mpf(longitude) + 180), cos(radians(mpf(latitude) + 90))
    order = abs(m)
    k = sqrt((2 * l + 1) * factorial(l - order) / (4 * pi * factorial(l + order)))
    p = legendre(l, order, x)
    if m == 0:
        return k * p
    return sqrt(mpf(2)) * k * (cos(m * phi) if m > 0 else sin(order * phi)) * p


with open(sys.argv[1], "w") as out:
    for latitude, longitude in PLACES:
        for l in DEGREES:
            for m in sorted({-l, -l // 2, -1, 0, 1, l // 3, l // 2, l - 1, l}):
                if abs(m) <= l:
                    out.write(f"{latitude},{longitude},{l},{m},{mp.nstr(harmonic(latitude, longitude, l, m), 17)}\n")
