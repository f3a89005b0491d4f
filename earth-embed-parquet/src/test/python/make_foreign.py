"""Writes small files of the forms that other programs give to columns, which ForeignFilesTest reads.

Needs pyarrow 26.0.1, geopandas 1.2.0, pyproj 3.7.2, polars 2.1.0, duckdb 2.0.0 and pandas 3.1.1.
Usage: python make_foreign.py FOLDER

Row i has the id "id-i", the embedding (i, i + 0.5, -i, 0.25) unless a form cannot hold it, and the center of CENTERS.
centers.json holds longitude and latitude by pyproj of what pyarrow and shapely read from each file of a geometry.
"""

import json
import sys
import uuid
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
N = 6
CENTERS = [(11.5 + i / 8, 48.0 + i / 16) for i in range(N)]
rows = np.array([[i, i + 0.5, -i, 0.25] for i in range(N)])
ids = [f"id-{i}" for i in range(N)]
lons, lats = [c[0] for c in CENTERS], [c[1] for c in CENTERS]


def write(name, metadata=None, **columns):
    """Writes a table; columns that are None are left out."""
    usual = {"id": ids, "embedding": pa.array(list(rows), pa.list_(pa.float32())), "lon": lons, "lat": lats}
    table = pa.table({key: column for key, column in (usual | columns).items() if column is not None})
    pq.write_table(table.replace_schema_metadata(metadata) if metadata else table, folder / f"{name}.parquet")


def lists(values, kind, make=pa.list_):
    return pa.array([list(row) for row in values], make(kind))


# Embeddings.
f16, f32, f64 = pa.float16(), pa.float32(), pa.float64()
write("large-list", embedding=lists(rows, f32, pa.large_list))
write("list-view", embedding=lists(rows, f32, pa.list_view))
write("fixed-size-list", embedding=pa.array(list(rows.astype(np.float32)), pa.list_(f32, 4)))
write("half", embedding=lists(rows.astype(np.float16), f16))
write("double", embedding=lists(rows, f64))
write("binary", embedding=pa.array([row.astype("<f4").tobytes() for row in rows], pa.binary(16)))
tensor = pa.FixedShapeTensorArray.from_numpy_ndarray(np.ascontiguousarray(rows.astype(np.float32)))
write("tensor", embedding=tensor)

# Quantized: small integers, whose value the tests compute.
quantized = np.array([[i * 20 - 60, -128, 127, -1] for i in range(N)])
int8, uint8, uint16 = pa.int8(), pa.uint8(), pa.uint16()
write("int8", embedding=lists(quantized, int8), scale=pa.array([0.5 + i for i in range(N)], f32),
      zero=pa.array([float(-i) for i in range(N)], f32))
write("int8-plain", embedding=lists(quantized, int8))
pq.write_table(pq.read_table(folder / "int8-plain.parquet"), folder / "int8-plain.parquet", use_dictionary=False)
pq.write_table(pq.read_table(folder / "int8-plain.parquet"), folder / "int8-delta.parquet", use_dictionary=False,
               column_encoding={"embedding.list.element": "DELTA_BINARY_PACKED"})
pq.write_table(pq.read_table(folder / "int8-plain.parquet"), folder / "int8-split.parquet", use_dictionary=False,
               column_encoding={"embedding.list.element": "BYTE_STREAM_SPLIT"})
write("uint8", embedding=lists(quantized + 128, uint8))
write("bfloat16", embedding=lists(rows.astype("<f4").view("<u4") >> 16, uint16))
# The same in one value of bytes a row, and signs of the rows as bits.
fixed = lambda values: pa.array([row.tobytes() for row in values], pa.binary(values.shape[1]))
stored = fixed(quantized.astype(np.int8))
write("bytes", embedding=stored, scale=pa.array([0.5 + i for i in range(N)], f32))
write("bytes-unsigned", embedding=fixed((quantized + 128).astype(np.uint8)))
write("bytes-variable", embedding=stored.cast(pa.binary()))
write("bytes-view", embedding=stored.cast(pa.binary()).cast(pa.binary_view()))
write("bytes-null", embedding=pa.array([None if i == 2 else row for i, row in enumerate(stored.to_pylist())], pa.binary(4)))
write("bytes-ragged", embedding=pa.array([row[: 3 if i == 4 else 4] for i, row in enumerate(stored.to_pylist())], pa.binary()))
for name, options in {"plain": {"use_dictionary": False, "compression": "none"},
                      "v2": {"data_page_version": "2.0", "compression": "zstd"},
                      "split": {"use_dictionary": False, "column_encoding": {"embedding": "BYTE_STREAM_SPLIT"}}}.items():
    pq.write_table(pq.read_table(folder / "bytes.parquet"), folder / f"bytes-{name}.parquet", **options)
# Row i has the component j set if i * i + 3 * j is odd or 5 divides it.
flags = np.array([[(i * i + 3 * j) % 2 == 1 or (i * i + 3 * j) % 5 == 0 for j in range(20)] for i in range(N)])
write("bits", embedding=fixed(np.packbits(flags, axis=1)))
write("bits-little", embedding=fixed(np.packbits(flags, axis=1, bitorder="little")))
write("bits-list", embedding=lists(np.packbits(flags, axis=1), uint8))
write("bits-variable", embedding=fixed(np.packbits(flags, axis=1)).cast(pa.binary()))
linear = {"method": "linear", "original_dtype": "float32", "quantized_dtype": "int8", "scale": [0.5, 1, 2, 4], "offset": [1]}
write("emb-linear", {"emb": json.dumps({"emb:type": "chip", "emb:dimensions": 4, "emb:quantization": linear})},
      embedding=lists(quantized, int8))
write("emb-other", {"emb": json.dumps({"emb:quantization": {"method": "sqrt_scale", "original_dtype": "float32"}})},
      embedding=lists(quantized, int8))

# Ids and times.
write("id-int64", id=pa.array([i - 2**62 for i in range(N)], pa.int64()))
write("id-uint64", id=pa.array([2**64 - 1 - i for i in range(N)], pa.uint64()))
write("id-int32", id=pa.array([-i for i in range(N)], pa.int32()))
write("id-large", id=pa.array(ids, pa.large_string()))
write("id-view", id=pa.array(ids, pa.string_view()))
write("id-dictionary", id=pa.array(ids).dictionary_encode())
write("id-uuid", id=pa.array([uuid.UUID(int=i).bytes for i in range(N)], pa.uuid()))
write("id-none", id=None)
write("place-none", lon=None, lat=None)
write("place-cell", lon=None, lat=None, grid_cell=[f"{i}U_{i + 7}R" for i in range(N)], grade=pa.array([1.0] * N))
micros = [1_700_000_000_000_000 + i * 1_000_000 for i in range(N)]
for unit, per in ("s", 10**6), ("ms", 1000), ("us", 1):
    write(f"time-{unit}", datetime=pa.array([m // per for m in micros], pa.timestamp(unit, "UTC")))
write("time-ns", datetime=pa.array([m * 1000 for m in micros], pa.timestamp("ns")))
write("time-zone", datetime=pa.array(micros, pa.timestamp("us", "America/Lima")))
write("time-date", date=pa.array([19675 + i for i in range(N)], pa.date32()))
write("time-text", datetime=[f"2023-11-14T22:13:2{i}Z" for i in range(N)])
table = pq.read_table(folder / "time-us.parquet")
pq.write_table(table, folder / "time-int96.parquet", use_deprecated_int96_timestamps=True)

# Nulls.
write("null-id", id=[None if i == 3 else ids[i] for i in range(N)])
write("null-center", lon=pa.array([None if i == 3 else lons[i] for i in range(N)], pa.float64()))
write("null-embedding", embedding=pa.array([None if i == 3 else row for i, row in enumerate(rows)], pa.list_(f32)))
write("short-embedding", embedding=pa.array([row[:3] if i == 3 else row for i, row in enumerate(rows)], pa.list_(f32)))
many = [None if i in (0, 3) else [] if i == 4 else [1.0, None, 2.0, 3.0] if i == 5 else row for i, row in enumerate(rows)]
pq.write_table(pa.table({"id": ids, "embedding": pa.array(many, pa.list_(f32)), "lon": lons, "lat": lats}),
               folder / "null-groups.parquet", row_group_size=2)

# Geometries, by GeoPandas in reference systems of all kinds; centers.json by shapely and pyproj.
centers = {}


def geometries(name, shapes, crs, **options):
    frame = gpd.GeoDataFrame({"id": [f"id-{i}" for i in range(len(shapes))],
                              "embedding": list(rows[: len(shapes)].astype(np.float32))}, geometry=shapes, crs=crs)
    frame.to_parquet(folder / f"{name}.parquet", **options)
    to = pyproj.Transformer.from_crs(crs or "OGC:CRS84", "OGC:CRS84", always_xy=True)
    found = [s.centroid for s in shapes if s is not None and not s.is_empty]
    centers[name] = [list(to.transform(c.x, c.y)) for c in found]


PLACES = {
    "EPSG:32633": (500_000, 5_300_000), "EPSG:32720": (300_000, 7_000_000), "EPSG:32761": (2_100_000, 1_500_000),
    "EPSG:3857": (-6_000_000, -300_000), "EPSG:3035": (4_321_000, 3_210_000), "EPSG:3413": (-300_000, -2_000_000),
    "EPSG:3031": (1_200_000, -700_000), "EPSG:3995": (500_000, -900_000), "EPSG:2154": (700_000, 6_600_000),
    "EPSG:5070": (100_000, 2_000_000), "EPSG:6933": (1_000_000, -4_000_000), "EPSG:25832": (400_000, 6_000_000),
}
for crs, (x, y) in PLACES.items():
    squares = [shapely.box(x + 30_000 * i, y - 20_000 * i, x + 30_000 * i + 320, y - 20_000 * i + 320) for i in range(N)]
    geometries(crs.lower().replace(":", "-"), squares, crs)
# PROJ4J does not know the first; the others have no code.
for name, crs in ("epsg-8857", "EPSG:8857"), ("modis", "+proj=sinu +R=6371007.181"), \
                 ("albers", "+proj=aea +lat_1=20 +lat_2=-23 +lon_0=25 +x_0=5000 +ellps=GRS80 +units=us-ft"):
    geometries(name, [shapely.box(900_000 + 9_000 * i, 800_000, 900_320 + 9_000 * i, 800_320) for i in range(N)], crs)
geometries("epsg-4258", [shapely.Point(*c) for c in CENTERS], "EPSG:4258")
geometries("points", [shapely.Point(*c) for c in CENTERS], "EPSG:4326")
geometries("points-z", [shapely.Point(lon, lat, 100) for lon, lat in CENTERS], "OGC:CRS84")
geometries("points-native", [shapely.Point(*c) for c in CENTERS], "EPSG:4326", geometry_encoding="geoarrow", schema_version="1.1.0")
holes = [shapely.Polygon([(lon, lat), (lon + 2, lat), (lon + 2, lat + 1), (lon, lat + 1)],
                         [[(lon + 0.1, lat + 0.1), (lon + 0.1, lat + 0.4), (lon + 0.4, lat + 0.1)]]) for lon, lat in CENTERS]
geometries("holes", holes, "OGC:CRS84")
geometries("polygons-native", holes, "OGC:CRS84", geometry_encoding="geoarrow", schema_version="1.1.0")
geometries("polygons-native-covering", [shapely.box(lon - 1, lat - 1, lon + 1, lat + 1) for lon, lat in CENTERS], "OGC:CRS84",
           geometry_encoding="geoarrow", schema_version="1.1.0", write_covering_bbox=True)
lines = [shapely.LineString([c, (c[0] + 1, c[1]), (c[0] + 1, c[1] + 3)]) for c in CENTERS]
geometries("lines", lines, "OGC:CRS84")
native = {"geometry_encoding": "geoarrow", "schema_version": "1.1.0"}
geometries("lines-native", lines, "OGC:CRS84", **native)
points = [shapely.MultiPoint([c, (c[0] + 1, c[1]), (c[0] + 0.5, c[1] + 3)][: 1 + i % 3]) for i, c in enumerate(CENTERS)]
geometries("multipoints", points, "OGC:CRS84")
geometries("multipoints-native", points, "OGC:CRS84", **native)
pairs = [shapely.MultiLineString([line, [(0, 0), (c[0], 1), c]]) for line, c in zip(lines, CENTERS)]
geometries("multilines", pairs, "OGC:CRS84")
geometries("multilines-native", pairs, "EPSG:4326", **native)
two = [shapely.MultiPolygon([hole, shapely.box(30, i, 31, i + 2)][: 1 + i % 2]) for i, hole in enumerate(holes)]
geometries("multipolygons-native", two, "OGC:CRS84", **native)
squares = [shapely.box(500_000, 5_300_000 + 900 * i, 500_320, 5_300_320 + 900 * i) for i in range(N)]
geometries("utm-native", squares, "EPSG:32633", **native)
# Cut at the antimeridian as RFC 7946 asks; shapely's planar centroid would lie on the other side of the globe.
cut = [shapely.MultiPolygon([shapely.box(179.5, i, 180, i + 1), shapely.box(-180, i, -179.0, i + 1)]) for i in range(N)]
geometries("antimeridian", cut, "OGC:CRS84")
centers["antimeridian"] = [[-179.75, i + 0.5] for i in range(N)]
geometries("crs-null", [shapely.Point(*c) for c in CENTERS], None)
geometries("crs-custom", [shapely.Point(0, 0)] * N, "+proj=ortho +lat_0=45 +lon_0=10")
geometries("collections", [shapely.GeometryCollection([shapely.Point(*c)]) for c in CENTERS], "OGC:CRS84")
gaps = [None, holes[1], shapely.Polygon(), holes[3], None, holes[5]]
geometries("gaps-native", gaps, "OGC:CRS84", **native)
geometries("empty", [shapely.Point() if i == 3 else shapely.Point(*c) for i, c in enumerate(CENTERS)], "OGC:CRS84")
for name in "crs-custom", "collections", "empty", "gaps-native":
    centers.pop(name)

# GeoArrow's interleaved coordinates, described by extension types in the Arrow schema and by no geo metadata.
def interleaved(name, shapes, crs, metadata=None, split=False):
    """Writes shapes as GeoPandas gives them to Arrow, and their centers."""
    frame = gpd.GeoDataFrame({"id": ids, "embedding": list(rows.astype(np.float32))}, geometry=shapes, crs=crs)
    table = pa.table(frame.to_arrow(index=False, geometry_encoding="geoarrow", interleaved=not split))
    pq.write_table(table.replace_schema_metadata(metadata), folder / f"{name}.parquet", row_group_size=4)
    to = pyproj.Transformer.from_crs(crs or "OGC:CRS84", "OGC:CRS84", always_xy=True)
    found = [s.centroid for s in shapes if s is not None and not s.is_empty]
    centers[name] = [list(to.transform(c.x, c.y)) for c in found]


interleaved("interleaved-point", [shapely.Point(*c) for c in CENTERS], "EPSG:4326")
interleaved("interleaved-point-z", [shapely.Point(*c, 1e6) for c in CENTERS], "OGC:CRS84")
interleaved("interleaved-linestring", lines, "OGC:CRS84")
interleaved("interleaved-polygon", holes, "OGC:CRS84")
interleaved("interleaved-polygon-z", [shapely.force_3d(hole, 500) for hole in holes], "OGC:CRS84")
interleaved("interleaved-polygon-utm", squares, "EPSG:32633")
interleaved("interleaved-multipoint", points, "OGC:CRS84")
interleaved("interleaved-multilinestring", pairs, "OGC:CRS84")
interleaved("interleaved-multipolygon", two, "OGC:CRS84")
interleaved("interleaved-antimeridian", cut, "OGC:CRS84")
centers["interleaved-antimeridian"] = centers["antimeridian"]
interleaved("interleaved-no-crs", [shapely.Point(*c) for c in CENTERS], None)
pq.write_table(pq.read_table(folder / "interleaved-point.parquet").drop(["embedding"]), folder / "interleaved-no-embedding.parquet")
interleaved("interleaved-gaps", gaps, "OGC:CRS84")
interleaved("interleaved-point-gaps", [None, *map(shapely.Point, CENTERS[1:3]), shapely.Point(), shapely.Point(CENTERS[4]), None],
            "OGC:CRS84")
centers.pop("interleaved-gaps")
centers.pop("interleaved-point-gaps")
interleaved("separated-polygon", holes, "OGC:CRS84", split=True)
# GDAL's GEOARROW_INTERLEAVED has geo metadata, whose encoding has the name of the extension type.
geo = {"version": "1.1.0", "primary_column": "geometry",
       "columns": {"geometry": {"encoding": "geoarrow.polygon", "geometry_types": ["Polygon"]}}}
interleaved("interleaved-gdal", holes, "OGC:CRS84", {"geo": json.dumps(geo)})
# Heights and measures: GeoPandas writes no measures, so these are lists of four.
quads = [[[list(c) + [9.0, -c[0]] for c in ring.coords] for ring in (hole.exterior, *hole.interiors)] for hole in holes]
kind = pa.list_(pa.field("rings", pa.list_(pa.field("vertices", pa.list_(pa.field("xyzm", f64, False), 4), False)), False))
extension = {"ARROW:extension:name": "geoarrow.polygon", "ARROW:extension:metadata": '{"crs": "OGC:CRS84"}'}
schema = pa.schema([("id", pa.string()), ("embedding", pa.list_(f32)), pa.field("geometry", kind, metadata=extension)])
pq.write_table(pa.table([ids, pa.array(list(rows), pa.list_(f32)), pa.array(quads, kind)], schema=schema),
               folder / "interleaved-polygon-zm.parquet")
centers["interleaved-polygon-zm"] = centers["interleaved-polygon"]
# Lists that are no coordinates: of one number, and of other lengths in row 3.
for name, values in ("interleaved-one", [[c[0]] for c in CENTERS]), \
                    ("interleaved-ragged", [list(c) + [0.0] * (i == 3) for i, c in enumerate(CENTERS)]):
    field = pa.field("geometry", pa.list_(f64), metadata=extension | {"ARROW:extension:name": "geoarrow.point"})
    schema = pa.schema([("id", pa.string()), ("embedding", pa.list_(f32)), field])
    pq.write_table(pa.table([ids, pa.array(list(rows), pa.list_(f32)), pa.array(values, pa.list_(f64))], schema=schema),
                   folder / f"{name}.parquet")
# Two embeddings in each row.
write("embedding-lists", embedding=pa.array([[list(row), list(row)] for row in rows], pa.list_(pa.list_(f32))))
write("embedding-lists-double", embedding=pa.array([[list(row), list(row)] for row in rows], pa.list_(pa.list_(f64))))

# A struct of the box alone; and a geometry without geo metadata.
box = pa.array([{"xmin": lon - 1, "ymin": lat - 1, "xmax": lon + 1, "ymax": lat + 1} for lon, lat in CENTERS],
               pa.struct([(side, f32) for side in ("xmin", "ymin", "xmax", "ymax")]))
write("box", lon=None, lat=None, bbox=box)
write("no-geo", lon=None, lat=None, geometry=[shapely.Point(*c).wkb for c in CENTERS])
write("ewkb", lon=None, lat=None,
      geometry=[shapely.to_wkb(shapely.set_srid(shapely.Point(*c), 4326), include_srid=True, byte_order=0) for c in CENTERS])

# Other writers: polars; DuckDB with UUIDs, small integers and a struct.
pl.DataFrame({"tile": ids, "vec": pl.Series(rows.astype(np.float32).tolist(), dtype=pl.Array(pl.Float32, 4)),
              "place": [{"x": lon, "y": lat} for lon, lat in CENTERS]}).write_parquet(folder / "polars.parquet")
connection = duckdb.connect()
values = ", ".join(f"('00000000-0000-0000-0000-00000000000{i}'::UUID, {list(map(int, q))}::TINYINT[], {lon}, {lat}, "
                   f"TIMESTAMPTZ '2024-01-01 00:00:0{i}+02')" for i, (q, (lon, lat)) in enumerate(zip(quantized, CENTERS)))
connection.execute(f"COPY (SELECT * FROM (VALUES {values}) t(id, embedding, lon, lat, datetime)) "
                   f"TO '{folder / 'duckdb.parquet'}' (FORMAT parquet)")
for version, name in ("V1", "duckdb-geometry"), ("V2", "duckdb-geometry-type"):
    points = ", ".join(f"({i}, [{i}, {i} + 0.5, -{i}, 0.25]::FLOAT[], 'POINT({lon} {lat})'::GEOMETRY)"
                       for i, (lon, lat) in enumerate(CENTERS))
    connection.execute(f"COPY (SELECT * FROM (VALUES {points}) t(id, embedding, place)) TO '{folder / name}.parquet' "
                       f"(FORMAT parquet, GEOPARQUET_VERSION '{version}')")
    centers[name] = [list(c) for c in CENTERS]
# GeoParquet 2 has no crs in its metadata: the type of the column names it, by a code or in PROJJSON.
for code, crs in (32633, "EPSG:32633"), (3035, pyproj.CRS("EPSG:3035").to_json()):
    x, y = PLACES[f"EPSG:{code}"]
    points = ", ".join(f"({i}, [{i}, 0, 0, 0]::FLOAT[], ST_SetCRS('POINT({x + 9000 * i} {y})'::GEOMETRY, '{crs}'))" for i in range(N))
    connection.execute(f"COPY (SELECT * FROM (VALUES {points}) t(id, embedding, place)) "
                       f"TO '{folder / f'duckdb-crs-{code}'}.parquet' (FORMAT parquet, GEOPARQUET_VERSION 'V2')")
    to = pyproj.Transformer.from_crs(code, "OGC:CRS84", always_xy=True)
    centers[f"duckdb-crs-{code}"] = [list(to.transform(x + 9000 * i, y)) for i in range(N)]

# Five invented schemas, which the message must explain.
pq.write_table(pa.table({"chip": ids, "vec": lists(rows, f32), "longitude_deg": lons, "latitude_deg": lats}),
               folder / "invented-1.parquet")
pq.write_table(pa.table({"name": ids, "features": lists(rows, f64), "extent": box}), folder / "invented-2.parquet")
pq.write_table(pa.table({"scene": ids, "clip_vector": pa.array(list(rows.astype(np.float32)), pa.list_(f32, 4)),
                         "wkb_outline": [shapely.box(lon - 1, lat - 1, lon + 1, lat + 1).wkb for lon, lat in CENTERS]}),
               folder / "invented-3.parquet")
pq.write_table(pa.table({"key": pa.array(range(N), pa.int64()), "codes": lists(quantized, int8), "x": lons, "y": lats,
                         "when": pa.array(micros, pa.timestamp("us"))}), folder / "invented-4.parquet")
pl.DataFrame({"n": ids, "e": pl.Series(rows.astype(np.float32).tolist(), dtype=pl.Array(pl.Float32, 4)),
              "a": lons, "b": lats}).write_parquet(folder / "invented-5.parquet")

(folder / "centers.json").write_text(json.dumps(centers, indent=1))
