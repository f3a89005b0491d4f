"""Writes small partitioned sets of embeddings, which PublishedRegionTest and other tests serve.

Needs duckdb 2.0.0, geopandas 1.2.0, pyarrow 26.0.1, shapely 2.2.0. Usage: python make_sets.py FOLDER [CELLS ROWS DIMENSION]

With a folder alone it writes
  hive/      by pyarrow.dataset, as geohash_l2=u3/year=2024/month=6/part-0.parquet, with the columns of LGND's Clay v1.5
  duckdb/    the same rows by DuckDB's COPY with PARTITION_BY
  mgrs/      by GeoPandas, a file for each tile of Sentinel-2, named as Earth Index names its files
  manifest.parquet   by pyarrow: path, rows, box and year of the files in hive/
  bits/      by pyarrow, the signs of embeddings packed by NumPy and a manifest, as TerraBit has them
  stac.parquet       by pyarrow: a STAC-GeoParquet with two of the files in hive/
  registry.parquet   by pyarrow: tiles and years, as TESSERA lists them
  expected.json      the rows, as pyarrow reads them back
With numbers it writes hive/ alone, of that many geohashes with 4 months each, and then answers a line with "written";
RegionCostsTest does that.
"""

import json
import sys
from datetime import datetime, timezone
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import shapely

BASE32 = "0123456789bcdefghjkmnpqrstuvwxyz"


def box_of(geohash):
    """Returns west, south, east and north."""
    west, south, east, north = -180.0, -90.0, 180.0, 90.0
    longitude = True
    for c in geohash:
        value = BASE32.index(c)
        for bit in (16, 8, 4, 2, 1):
            if longitude:
                middle = (west + east) / 2
                west, east = (middle, east) if value & bit else (west, middle)
            else:
                middle = (south + north) / 2
                south, north = (middle, north) if value & bit else (south, middle)
            longitude = not longitude
    return west, south, east, north


def rows(geohash, year, month, count, dimension, rng):
    west, south, east, north = box_of(geohash)
    lon = rng.uniform(west + 0.05, east - 0.05, count)
    lat = rng.uniform(south + 0.05, north - 0.05, count)
    half = 0.0115
    boxes = shapely.box(lon - half, lat - half, lon + half, lat + half)
    return pd.DataFrame({
        "chips_id": [f"{geohash}-{year}-{month}-{i}" for i in range(count)],
        "cell_id": [f"{geohash}{i}" for i in range(count)],
        "stac_item_id": [f"S2B_T{geohash}_{year}{month:02d}" for i in range(count)],
        "datetime": [datetime(year, month, 1 + i % 28, 10, tzinfo=timezone.utc) for i in range(count)],
        "embedding": list(rng.standard_normal((count, dimension)).astype(np.float32)),
        "bbox": [dict(zip(("xmin", "ymin", "xmax", "ymax"), map(float, b))) for b in shapely.bounds(boxes)],
        "geometry": shapely.to_wkb(boxes),
        "geohash_l2": geohash, "year": year, "month": month})


GEO = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {
    "encoding": "WKB", "geometry_types": ["Polygon"], "covering": {"bbox": {
        side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}}}}}

SCHEMA = pa.schema([
    ("chips_id", pa.string()), ("cell_id", pa.string()), ("stac_item_id", pa.string()),
    ("datetime", pa.timestamp("us", tz="UTC")), ("embedding", pa.list_(pa.float32())),
    ("bbox", pa.struct([(side, pa.float64()) for side in ("xmin", "ymin", "xmax", "ymax")])),
    ("geometry", pa.binary()), ("geohash_l2", pa.string()), ("year", pa.int32()), ("month", pa.int32())],
    metadata={b"geo": json.dumps(GEO).encode()})


def write_hive(folder, table):
    keys = pa.schema([SCHEMA.field(name) for name in ("geohash_l2", "year", "month")])
    ds.write_dataset(
        table, folder, format="parquet", existing_data_behavior="overwrite_or_ignore",
        partitioning=ds.partitioning(keys, flavor="hive"), max_partitions=100_000,
        file_options=ds.ParquetFileFormat().make_write_options(compression="zstd"))


def measured(folder, cells, count, dimension):
    rng = np.random.default_rng(5)
    names = [a + b + c for a in "u" for b in BASE32 for c in BASE32]
    names += [a + b + c for a in "esv" for b in BASE32 for c in BASE32]
    for start in range(0, cells, 100):
        parts = [rows(name, 2024, month, count, dimension, rng) for name in names[start:min(start + 100, cells)]
                 for month in (3, 6, 9, 12)]
        table = pa.Table.from_pandas(pd.concat(parts), schema=SCHEMA, preserve_index=False)
        write_hive(folder / "hive", table)


def write_bits(folder, expected, rng):
    folder.mkdir(exist_ok=True)
    expected["bits"] = []
    boxes = [(13.0, 52.0), (13.02, 52.0), (14.5, 53.0)]
    signs = rng.standard_normal((len(boxes), 16)) > 0
    table = pa.table({
        "chips_id": [f"bits-{i}" for i in range(len(boxes))],
        "bbox": [{"xmin": x, "ymin": y, "xmax": x + 0.02, "ymax": y + 0.02} for x, y in boxes],
        "embedding": pa.array(list(np.packbits(signs, axis=1)), pa.list_(pa.uint8()))})
    pq.write_table(table, folder / "shard-0.parquet")
    pq.write_table(pa.table({
        "path": ["shard-0.parquet"], "rows": [len(boxes)], "xmin": [13.0], "ymin": [52.0], "xmax": [14.52], "ymax": [53.02],
        "year": [2024]}), folder / "manifest.parquet")
    for i, (x, y) in enumerate(boxes):
        expected["bits"].append({"id": f"bits-{i}", "lon": x + 0.01, "lat": y + 0.01, "first": 1.0 if signs[i, 0] else -1.0})


TILES = {"31TDF": (2.17, 41.39), "17SKV": (-83.9, 35.96), "29SMC": (-9.14, 38.72), "60KXF": (178.6, -17.8),
         "01KBA": (-179.6, -17.8), "33XWG": (15.6, 78.2)}


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if len(sys.argv) > 2:
        measured(folder, *map(int, sys.argv[2:5]))
        if not sys.stdin.isatty():
            sys.stdin.readline()
        print("written", flush=True)
        return
    rng = np.random.default_rng(11)
    parts = [rows(g, year, month, 6, 8, rng) for g in ("u3", "u2", "ez", "e7", "80", "xb")
             for year, month in ((2024, 6), (2025, 6))]
    everything = pa.Table.from_pandas(pd.concat(parts), schema=SCHEMA, preserve_index=False)
    write_hive(folder / "hive", everything)
    duckdb.sql(f"COPY (SELECT * EXCLUDE (geometry), (bbox.xmin + bbox.xmax) / 2 AS longitude, (bbox.ymin + bbox.ymax) / 2 AS latitude FROM everything) TO '{folder}/duckdb' (FORMAT parquet, PARTITION_BY (geohash_l2, year, month))")
    expected = {"hive": [], "mgrs": []}
    manifest = []
    for file in sorted((folder / "hive").rglob("*.parquet")):
        values = dict(part.split("=") for part in file.relative_to(folder / "hive").parts[:-1])
        west, south, east, north = box_of(values["geohash_l2"])
        manifest.append((str(file.relative_to(folder)), pq.read_metadata(file).num_rows, west, south, east, north,
                         int(values["year"])))
        for row in pq.read_table(file).to_pylist():
            center = shapely.from_wkb(row["geometry"]).centroid
            expected["hive"].append({
                "id": row["chips_id"], "lon": center.x, "lat": center.y,
                "time": int(row["datetime"].timestamp()), "first": row["embedding"][0]})
    pq.write_table(pa.table(dict(zip(("path", "rows", "xmin", "ymin", "xmax", "ymax", "year"), zip(*manifest)))),
                   folder / "manifest.parquet")
    write_bits(folder / "bits", expected, rng)
    pq.write_table(pa.table({
        "id": ["a", "b"],
        "assets": [{"embeddings": {"href": "./" + path}} for path, *_ in manifest[:2]],
        "bbox": [dict(zip(("xmin", "ymin", "xmax", "ymax"), row[2:6])) for row in manifest[:2]]}), folder / "stac.parquet")
    pq.write_table(pa.table({
        "lon": [-0.05, 0.05, 13.35], "lat": [10.05, 10.05, 52.55], "year": pa.array([2023, 2024, 2024], pa.int32())}),
        folder / "registry.parquet")
    (folder / "mgrs").mkdir(exist_ok=True)
    for tile, (lon, lat) in TILES.items():
        x = lon + rng.uniform(-0.02, 0.02, 4)
        y = lat + rng.uniform(-0.02, 0.02, 4)
        frame = gpd.GeoDataFrame(
            {"id": [f"{tile}-{i}" for i in range(4)], "embedding": list(rng.standard_normal((4, 8)).astype(np.float32))},
            geometry=gpd.points_from_xy(x, y), crs="OGC:CRS84")
        frame.to_parquet(folder / "mgrs" / f"{tile}_2024-01-01_2025-01-01.parquet")
        for i in range(4):
            expected["mgrs"].append({"id": f"{tile}-{i}", "lon": x[i], "lat": y[i], "first": float(frame.embedding[i][0])})
    (folder / "expected.json").write_text(json.dumps(expected, indent=1))


main()
