"""Makes random reference systems, and reports what pyproj makes of their coordinates.

Each line of standard input is a seed. Each line of standard output answers it as JSON: "crs" (PROJJSON without a code),
"name" (parameters of PROJ) and "points", each as easting, northing, longitude and latitude.
"""

import json
import random
import sys
import warnings

import pyproj

warnings.simplefilter("ignore")

ELLIPSOIDS = ["+datum=WGS84", "+ellps=GRS80", "+datum=WGS84", "+R=6371007.181"]


def system(rng):
    """Parameters of PROJ, and the box of longitudes and latitudes in which the projection is used."""
    lon = rng.randint(-170, 170)
    lat = rng.randint(-70, 70)
    offset = f"+x_0={rng.randint(-10, 10) * 50_000} +y_0={rng.randint(-10, 10) * 50_000}"
    units = rng.choice(["+units=m", "+units=m", "+units=us-ft", "+units=km"])
    ellipsoid = rng.choice(ELLIPSOIDS)
    south = rng.choice([-1, 1])
    first, second = south * rng.randint(5, 35), south * rng.randint(36, 75)
    cases = [
        (f"+proj=tmerc +lat_0={lat} +lon_0={lon} +k_0={rng.choice([1, 0.9996, 0.99])}", (-6, 6, -75, 75)),
        (f"+proj=utm +zone={rng.randint(1, 60)} {rng.choice(['', '+south'])}", (-6, 6, -75, 75)),
        (f"+proj=laea +lat_0={rng.choice([lat, 90, -90, 0])} +lon_0={lon}", (-50, 50, -60, 60)),
        (f"+proj=aea +lat_1={first} +lat_2={second} +lat_0={lat} +lon_0={lon}", (-60, 60, -60, 60)),
        (f"+proj=lcc +lat_1={first} +lat_2={second} +lat_0={south * 40} +lon_0={lon}", (-60, 60, south * 10, south * 80)),
        (f"+proj=lcc +lat_1={second} +lat_0={second} +lon_0={lon} +k_0=0.999", (-60, 60, south * 10, south * 80)),
        (f"+proj=stere +lat_0={south * 90} +lat_ts={south * 71} +lon_0={lon}", (-180, 180, south * 45, south * 89)),
        (f"+proj=stere +lat_0={south * 90} +k_0=0.994 +lon_0={lon}", (-180, 180, south * 45, south * 89)),
        (f"+proj=merc +lon_0={lon} +lat_ts={abs(first)}", (-170, 170, -80, 80)),
        (f"+proj=merc +lon_0={lon} +k_0=0.99", (-170, 170, -80, 80)),
        (f"+proj=sinu +lon_0={lon}", (-170, 170, -85, 85)),
        (f"+proj=moll +lon_0={lon}", (-170, 170, -85, 85)),
        (f"+proj=robin +lon_0={lon}", (-170, 170, -85, 85)),
        (f"+proj=cea +lon_0={lon} +lat_ts={abs(first)}", (-170, 170, -85, 85)),
        (f"+proj=eqearth +lon_0={lon}", (-170, 170, -85, 85)),
        ("+proj=longlat", (-180, 180, -90, 90)),
    ]
    text, area = rng.choice(cases)
    if text == "+proj=longlat":
        return f"{text} {ellipsoid}", area, 0
    if "utm" in text:
        ellipsoid, offset = "+datum=WGS84", ""
        lon = int(text.split("zone=")[1].split()[0]) * 6 - 183
    return f"{text} {offset} {units} {ellipsoid}", area, lon


def answer(seed):
    rng = random.Random(seed)
    name, (west, east, south, north), lon0 = system(rng)
    crs = pyproj.CRS(name)
    description = crs.to_json_dict()
    to = pyproj.Proj(crs)
    points = []
    for _ in range(20):
        lon, lat = (lon0 + rng.uniform(west, east) + 180) % 360 - 180, rng.uniform(min(south, north), max(south, north))
        x, y = (lon, lat) if crs.is_geographic else to(lon, lat)
        # Where PROJ cannot invert its own result, it is no judge.
        back = (lon, lat) if crs.is_geographic else to(x, y, inverse=True)
        if abs(back[1] - lat) < 1e-7:
            points.append([x, y, back[0], back[1]])
    return json.dumps({"name": name, "crs": description, "points": points})


for line in sys.stdin:
    print(answer(int(line)), flush=True)
