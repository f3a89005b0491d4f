"""Turns Natural Earth land and borders, as the npm package world-atlas ships them (TopoJSON), into land.bin and borders.bin.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python3 convert.py package ../resources/io/earthembed/view

The package stitches rings over the antimeridian and the pole; a flat map wants them cut there again.
Needs nothing but Python 3. The format of land.bin is in README.md.
"""

import hashlib
import json
import sys

UNITS = 100  # steps of a degree: 0.01 degrees, about 1 km
LAND_SHA256 = "619477ff690c086885e45cb91707d783805561bd75ae8e437b7d4694b0204e0f"
COUNTRIES_SHA256 = "04342cdc1e3016bcd7db1630de95684d67b79fe3c8c460321e87aef469502394"


def arcs_of(topology):
    """Undoes TopoJSON's quantisation and deltas: arcs in degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        yield points


def ring_of(indexes, arcs):
    """Joins arcs, a negative index being an arc read backwards; the last point is not the first."""
    ring = []
    for i in indexes:
        ring += (arcs[i] if i >= 0 else arcs[~i][::-1])[:-1]
    return ring


def unwrap(ring):
    """Lets longitudes run on past 180 where a ring crosses it; says how far a whole turn went."""
    out, offset = [], 0
    for i, (x, y) in enumerate(ring):
        if i:
            step = x - ring[i - 1][0]
            offset += -360 if step > 180 else 360 if step < -180 else 0
        out.append((x + offset, y))
    step = ring[0][0] - ring[-1][0]
    return out, offset + (-360 if step > 180 else 360 if step < -180 else 0)


def clip(ring, limit, keep_below):
    """The part of a ring on one side of a meridian (Sutherland and Hodgman)."""
    out = []
    inside = (lambda p: p[0] <= limit) if keep_below else (lambda p: p[0] >= limit)
    for (a, b) in zip(ring, ring[1:] + ring[:1]):
        if inside(a):
            out.append(a)
        if inside(a) != inside(b):
            out.append((limit, a[1] + (b[1] - a[1]) * (limit - a[0]) / (b[0] - a[0])))
    return out


def cut(ring):
    """A ring as rings that stay within [-180, 180]."""
    ring, turn = unwrap(ring)
    if turn:  # around the south pole: down to it and back
        ring = ring + [(ring[0][0] + turn, ring[0][1])]
        ring += [(ring[-1][0], -90), (ring[0][0], -90)]
    for shift in (-360, 0, 360):
        moved = [(x + shift, y) for x, y in ring]
        part = clip(clip(moved, 180, True), -180, False)
        if part:
            yield part


def quantize(ring):
    """Whole steps, without repeated points."""
    out = []
    for x, y in ring:
        p = (round(x * UNITS), round(y * UNITS))
        if not out or out[-1] != p:
            out.append(p)
    while len(out) > 1 and out[0] == out[-1]:
        out.pop()
    return out


def varint(out, value):
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def zigzag(value):
    return value * 2 if value >= 0 else -value * 2 - 1


def load(source, sha256):
    raw = open(source, "rb").read()
    if hashlib.sha256(raw).hexdigest() != sha256:
        sys.exit(source + " is not the file of world-atlas 2.0.2")
    topology = json.loads(raw)
    return topology, list(arcs_of(topology))


def polygons_of(geometry):
    for part in geometry.get("geometries", [geometry]):
        if part["type"] in ("Polygon", "MultiPolygon"):
            yield part["arcs"] if part["type"] == "MultiPolygon" else [part["arcs"]]


def land(source):
    topology, arcs = load(source, LAND_SHA256)
    for polygons in polygons_of(topology["objects"]["land"]):
        for polygon in polygons:
            for indexes in polygon:
                for piece in cut(ring_of(indexes, arcs)):
                    piece = quantize(piece)
                    if len(piece) > 2:
                        yield piece


def borders(source):
    """Arcs that two countries share; an arc that has one owner is coast."""
    topology, arcs = load(source, COUNTRIES_SHA256)
    owners = {}
    for n, polygons in enumerate(polygons_of(topology["objects"]["countries"])):
        for polygon in polygons:
            for i in (i for indexes in polygon for i in indexes):
                owners.setdefault(i if i >= 0 else ~i, set()).add(n)
    for i in sorted(owners):
        line = quantize(arcs[i]) if len(owners[i]) > 1 else []
        if len(line) > 1 and all(abs(a[0] - b[0]) < 180 * UNITS for a, b in zip(line, line[1:])):
            yield line


def write(lines, target):
    lines = list(lines)
    out = bytearray()
    varint(out, len(lines))
    for line in lines:
        varint(out, len(line))
        x = y = 0
        for px, py in line:
            varint(out, zigzag(px - x))
            varint(out, zigzag(py - y))
            x, y = px, py
    open(target, "wb").write(out)
    print(target, len(lines), "lines,", sum(map(len, lines)), "points,", len(out), "bytes,", hashlib.sha256(out).hexdigest())


def main(package, resources):
    write(land(package + "/land-50m.json"), resources + "/land.bin")
    write(borders(package + "/countries-50m.json"), resources + "/borders.bin")


main(*sys.argv[1:])
