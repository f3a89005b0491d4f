"""Writes points and their Major TOM cells for MajorTomGridTest, by the rule of the reference code spelt out with arrays:
evenly spaced lines, shifted so that zero is one of them, sorted, and searched. Needs numpy.

Usage: python make_grid_golden.py FILE
"""

import csv
import sys

import numpy as np

RADIUS = 6378.137


def lines(count, span):
    """count lines from -span / 2, shifted so that 0 is one of them."""
    values = np.linspace(-span / 2, span / 2, count + 1)[:-1]
    return np.sort(np.mod(values, span) - span / 2)


def name(index, positive, negative):
    return f"{index}{positive}" if index >= 0 else f"{-index}{negative}"


def cell(latitude, longitude, spacing):
    rows = lines(int(np.ceil(np.pi * RADIUS / spacing)), 180)
    row = np.searchsorted(rows, latitude) - 1
    number = row - int(np.searchsorted(rows, 0 - 1e-9))
    columns = lines(int(np.ceil(2 * np.pi * RADIUS * np.cos(np.radians(rows[row])) / spacing)), 360)
    column = np.searchsorted(columns, longitude) - 1
    if column < 0:
        column = len(columns) - 1
    column -= int(np.searchsorted(columns, 0 - 1e-9))
    return f"{name(number, 'U', 'D')}_{name(column, 'R', 'L')}"


random = np.random.default_rng(1)
with open(sys.argv[1], "w", newline="") as out:
    writer = csv.writer(out, lineterminator="\n")
    for i in range(2400):
        spacing = (10, 100, 17.5)[i % 3]
        latitude = float(random.uniform(-84.5, 84.5))
        longitude = float((random.uniform(-180, 180), random.uniform(179.8, 180), random.uniform(-180, -179.8))[i // 3 % 3])
        # The grid has no row whose lower edge lies beyond 85 degrees.
        lowest = min(r for r in lines(int(np.ceil(np.pi * RADIUS / spacing)), 180) if r >= -85)
        if latitude > lowest:
            writer.writerow([spacing, repr(latitude), repr(longitude), cell(latitude, longitude, spacing)])
