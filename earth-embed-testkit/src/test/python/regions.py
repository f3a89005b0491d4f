"""Makes random regions, and reports what Shapely finds in them.

Each line of standard input is a seed. Each line of standard output answers it as JSON: "format" (GeoJSON, WKT or WKB),
"text" (in hexadecimal digits for WKB), "points" and "boxes". A point is longitude, latitude, whether it is inside, and
its distance from the nearest edge in degrees. A box is west, south, east, north, and its distance from the region: 0 if
they intersect; negative if they overlap by that much area.

GEOS writes WKT and WKB, GeoPandas and GEOS write GeoJSON. Regions beyond longitude 180 are compared
with three copies of themselves, a turn apart.
"""

import json
import math
import random
import sys
import warnings

import geopandas
import shapely
from shapely import affinity
from shapely.geometry import GeometryCollection, MultiPolygon, Polygon, box

warnings.simplefilter("ignore")


def star(rng, x, y, size):
    """A simple ring around a point, with a jagged edge, and holes."""
    n = rng.randint(3, 12)
    angles = [2 * math.pi * (i + 0.8 * rng.random()) / n for i in range(n)]
    ring = [
        (
            x + size * rng.uniform(0.4, 1) * math.cos(a),
            max(-90, min(90, y + size * rng.uniform(0.4, 1) * math.sin(a))),
        )
        for a in angles
    ]
    shell = Polygon(ring)
    if not shell.is_valid or shell.area < 1e-6:
        return None
    hole = affinity.scale(shell, 0.5, 0.5, origin=shell.representative_point())
    if rng.random() < 0.4 and shell.contains(hole):
        return Polygon(shell.exterior.coords, [hole.exterior.coords[:: rng.choice([1, -1])]])
    return shell if rng.random() < 0.5 else shapely.reverse(shell)


def cut(polygon):
    """The parts of a polygon on both sides of the antimeridian, in [-180, 180]."""
    parts = []
    for turn in (-360, 0, 360):
        part = affinity.translate(polygon, turn).intersection(box(-180, -90, 180, 90))
        for piece in getattr(part, "geoms", [part]):
            if piece.geom_type == "Polygon" and piece.area > 1e-9:
                parts.append(piece)
    return parts


def region(rng):
    kind = rng.randrange(6)
    if kind == 0:  # any box, of up to all the Earth
        west, east = sorted(rng.choice([-180, 180, 0, rng.uniform(-180, 180)]) for _ in range(2))
        south, north = sorted(rng.choice([-90, 90, rng.uniform(-90, 90)]) for _ in range(2))
        if 180 < east - west < 360 or east - west < 1e-3 or north - south < 1e-3:
            return None
        return [box(west, south, east, north)]
    parts = []
    for _ in range(rng.choice([1, 1, 2, 5])):
        x = rng.choice([rng.uniform(-180, 180), rng.uniform(170, 190), rng.uniform(-185, -175)])
        shape = star(rng, x, rng.uniform(-85, 85), rng.choice([0.01, 1, 10, 80]))
        if shape is None:
            continue
        parts += cut(shape) if rng.random() < 0.5 else [shape]
    return parts or None


def text(rng, parts):
    whole = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    if rng.random() < 0.2:
        whole = GeometryCollection([whole])
    if rng.random() < 0.2:
        whole = shapely.force_3d(whole, 7.5)
    kind = rng.choice(["GeoJSON", "WKT", "WKB"])
    if kind == "WKB":
        whole = shapely.set_srid(whole, 4326)
        return kind, shapely.to_wkb(
            whole,
            hex=True,
            byte_order=rng.randrange(2),
            **rng.choice([{"flavor": "iso"}, {"flavor": "extended"}, {"include_srid": True}]),
        )
    if kind == "WKT":
        digits = rng.choice([-1, 6, 9])
        return kind, shapely.to_wkt(whole, rounding_precision=digits, trim=rng.random() < 0.5)
    if rng.random() < 0.5:
        return kind, geopandas.GeoSeries(parts, crs="OGC:CRS84").to_json()
    return kind, shapely.to_geojson(whole)


def answer(seed):
    rng = random.Random(seed)
    parts = None
    while parts is None:
        parts = region(rng)
    kind, written = text(rng, parts)
    # The same text as the reader gets: what it rounds, Shapely rounds too.
    if kind == "GeoJSON":
        if '"FeatureCollection"' in written:
            frame = geopandas.GeoDataFrame.from_features(json.loads(written))
            read = list(frame.geometry)
        else:
            read = [shapely.from_geojson(written)]
    else:
        read = [shapely.from_wkt(written) if kind == "WKT" else shapely.from_wkb(written)]
    whole = shapely.union_all([shapely.force_2d(part) for part in read])
    copies = shapely.union_all([affinity.translate(whole, turn) for turn in (-360, 0, 360)])
    polygons = shapely.force_2d(shapely.get_parts(shapely.get_parts(read)))
    edges = shapely.union_all(
        [affinity.translate(p.boundary, turn) for p in polygons for turn in (-360, 0, 360)]
    )
    west, south, east, north = whole.bounds
    points, boxes = [], []
    for i in range(40):
        if i % 2:
            x, y = rng.uniform(west - 1, east + 1), rng.uniform(south - 1, north + 1)
        else:
            x, y = rng.uniform(-180, 180), rng.uniform(-90, 90)
        x, y = (x + 180) % 360 - 180, max(-90.0, min(90.0, y))
        point = shapely.Point(x, y)
        points.append([x, y, bool(copies.contains(point)), float(edges.distance(point))])
        size = rng.choice([0.001, 1, 20, 90]) * rng.random()
        low, high = max(-90.0, y - size), min(90.0, y + size * rng.random())
        right = x + size * rng.random()
        area = box(x, low, right, high)
        distance = float(copies.distance(area))
        if distance == 0:
            distance = -float(copies.intersection(area).area)
        boxes.append([x, low, right if right <= 180 else right - 360, high, distance])
    return json.dumps({"format": kind, "text": written, "points": points, "boxes": boxes})


for line in sys.stdin:
    print(answer(int(line)), flush=True)
