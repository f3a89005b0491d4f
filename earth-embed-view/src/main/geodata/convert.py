"""Turns Natural Earth land, as the npm package world-atlas ships it (TopoJSON), into land.bin.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python3 convert.py package/land-50m.json ../resources/io/earthembed/view/land.bin

The package stitches rings over the antimeridian and the pole; a flat map wants them cut there again.
Needs nothing but Python 3. The format of land.bin is in README.md.
"""

import hashlib
import json
import sys

UNITS = 100  # steps of a degree: 0.01 degrees, about 1 km
SOURCE_SHA256 = "619477ff690c086885e45cb91707d783805561bd75ae8e437b7d4694b0204e0f"


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


def quantise(ring):
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


def main(source, target):
    raw = open(source, "rb").read()
    if hashlib.sha256(raw).hexdigest() != SOURCE_SHA256:
        sys.exit(source + " is not the file of world-atlas 2.0.2")
    topology = json.loads(raw)
    arcs = list(arcs_of(topology))
    rings = []
    geometry = topology["objects"]["land"]
    for part in geometry.get("geometries", [geometry]):
        polygons = part["arcs"] if part["type"] == "MultiPolygon" else [part["arcs"]]
        for polygon in polygons:
            for indexes in polygon:
                for piece in cut(ring_of(indexes, arcs)):
                    piece = quantise(piece)
                    if len(piece) > 2:
                        rings.append(piece)
    out = bytearray()
    varint(out, len(rings))
    for ring in rings:
        varint(out, len(ring))
        x = y = 0
        for px, py in ring:
            varint(out, zigzag(px - x))
            varint(out, zigzag(py - y))
            x, y = px, py
    open(target, "wb").write(out)
    print(len(rings), "rings,", sum(map(len, rings)), "points,", len(out), "bytes")


main(*sys.argv[1:])
