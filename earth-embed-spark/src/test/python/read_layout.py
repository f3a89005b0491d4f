"""Reads a job's folder as docs/guides/cluster.md says, with the reader that a line names.

Answers each line, READER FOLDER, with the sorted ids and the ids of grid rows below 0.
"""

import sys

import duckdb
import geopandas
import pyarrow.compute as pc
import pyarrow.dataset as ds


def with_duckdb(folder):
    # [duckdb
    rows = duckdb.sql(
        f"SELECT unique_id, grid_row FROM read_parquet('{folder}/**/*.parquet', hive_partitioning = true)"
    )
    # duckdb]
    return rows.fetchall()


def with_pyarrow(folder):
    # [pyarrow
    dataset = ds.dataset(folder, partitioning="hive")
    table = dataset.to_table(columns=["unique_id", "grid_row"])
    # pyarrow]
    assert dataset.count_rows(filter=pc.field("grid_row") < 0) < dataset.count_rows()
    return list(zip(table["unique_id"].to_pylist(), table["grid_row"].to_pylist()))


def with_geopandas(folder):
    # [geopandas
    frame = geopandas.read_parquet(folder)
    # geopandas]
    assert frame.geometry.is_valid.all() and frame.crs == "OGC:CRS84"
    return [(i, int(r)) for i, r in zip(frame["unique_id"], frame["grid_row"])]


READERS = {"duckdb": with_duckdb, "pyarrow": with_pyarrow, "geopandas": with_geopandas}

for line in sys.stdin:
    reader, folder = line.rstrip("\n").split(" ", 1)
    rows = READERS[reader](folder)
    ids = sorted(i for i, _ in rows)
    print(",".join(ids) + " " + ",".join(sorted(i for i, row in rows if row < 0)), flush=True)
