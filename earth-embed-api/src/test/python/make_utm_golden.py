"""Writes points and their UTM coordinates by PROJ, for UtmTest. Needs pyproj 3.7.2.

Usage: python make_utm_golden.py FILE
"""

import csv
import random
import sys

from pyproj import Transformer

random.seed(1)
with open(sys.argv[1], "w", newline="") as out:
    rows = csv.writer(out, lineterminator="\n")
    for _ in range(400):
        zone, north = random.randint(1, 60), random.random() < 0.5
        latitude = random.uniform(0, 84) if north else random.uniform(-80, 0)
        longitude = zone * 6 - 183 + random.uniform(-3.5, 3.5)
        epsg = (32600 if north else 32700) + zone
        easting, northing = Transformer.from_crs(4326, epsg, always_xy=True).transform(longitude, latitude)
        rows.writerow([epsg, repr(latitude), repr(longitude), repr(easting), repr(northing)])
