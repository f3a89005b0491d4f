"""Writes the Major TOM cells of 120,000 points for MajorTomGridGoldenTest.

The points come from a generator that the test has as well (splitmix64), so that only their cells are kept: rows and
columns as int16, little-endian, all rows first, gzip. Each cell is found twice: by the rule of Major TOM's reference
code spelt out with arrays (see make_grid_golden.py), and by PyPI's majortom_eg, whose cell must have the same corner.
majortom_eg names cells by geohash, so corners are what can be compared. Beyond 89 degrees it divides every row as the
one at 89 degrees, which the reference does not, so it is not asked there.

Needs numpy, shapely and majortom_eg 1.1.0. Usage: python make_grid_points_golden.py FILE.gz
"""

import gzip
import sys

import numpy as np
from majortom_eg import MajorTomGrid
from shapely.geometry import box

RADIUS = 6378.137
COUNT = 40_000
SPACINGS = (10, 100, 3)
MASK = (1 << 64) - 1


def splitmix(seed):
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield ((z ^ (z >> 31)) >> 11) * 2.0**-53


def points(seed):
    """From pole to pole; every fourth point lies within a tenth of a degree of the antimeridian."""
    random = splitmix(seed)
    for i in range(COUNT):
        latitude = -90 + 180 * ((i + next(random)) / COUNT)
        u = next(random)
        if i % 8 == 1:
            longitude = 180 - 0.1 * u
        elif i % 8 == 5:
            longitude = -180 + 0.1 * u
        else:
            longitude = -180 + 360 * u
        yield latitude, longitude


def lines(count, span):
    """count lines from -span / 2, shifted so that 0 is one of them."""
    values = np.linspace(-span / 2, span / 2, count + 1)[:-1]
    return np.sort(np.mod(values, span) - span / 2)


def main(path):
    rows, columns, compared = [], [], 0
    for spacing in SPACINGS:
        latitudes = lines(int(np.ceil(np.pi * RADIUS / spacing)), 180)
        zero = int(np.searchsorted(latitudes, -1e-9))
        other = MajorTomGrid(d=spacing * 1000, overlap=False)
        for latitude, longitude in points(spacing):
            row = int(np.searchsorted(latitudes, latitude)) - 1
            if row < 0:
                rows.append(-32768)  # no row there
                columns.append(0)
                continue
            n = int(np.ceil(2 * np.pi * (RADIUS * np.cos(latitudes[row] * np.pi / 180)) / spacing))
            longitudes = lines(n, 360)
            column = int(np.searchsorted(longitudes, longitude)) - 1
            corner = longitudes[column]  # -1 is the last one
            column = (column if column >= 0 else n - 1) - int(np.searchsorted(longitudes, -1e-9))
            rows.append(row - zero)
            columns.append(column)
            if abs(latitude) < 89 - spacing / 111:
                cells = other.generate_grid_cells(box(longitude, latitude, longitude, latitude).buffer(1e-7))
                if not any(
                    abs(c._bbox[1] - latitudes[row]) < 1e-9 and abs((c._bbox[0] - corner + 180) % 360 - 180) < 1e-9
                    for c in cells
                ):
                    raise SystemExit(f"{spacing} km, {latitude}, {longitude}: majortom_eg has another cell")
                compared += 1
    data = np.concatenate([np.array(rows, "<i2"), np.array(columns, "<i2")]).tobytes()
    with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=9, mtime=0, filename="") as out:
        out.write(data)
    print(f"{len(rows)} points, {compared} of them compared with majortom_eg")


main(sys.argv[1])
