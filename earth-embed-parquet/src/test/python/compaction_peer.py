"""Reads a dataset's folder with pyarrow and DuckDB, as users of the files do.

Each line of standard input is a folder. Each line of standard output answers it as JSON: a digest of all rows, without their
order, by pyarrow; the same by DuckDB's glob; the rows that DuckDB finds in a box by the columns of the covering; those that
GeoPandas finds there by the metadata of the files; and the number of the row groups, by pyarrow.
"""

import glob
import hashlib
import json
import sys

import duckdb
import geopandas
import pyarrow.dataset
import pyarrow.parquet as pq


def digest(table):
    rows = sorted(repr(row) for row in table.to_pylist())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def answer(folder):
    files = sorted(glob.glob(f"{folder}/*.parquet"))
    arrow = pyarrow.dataset.dataset(files, format="parquet").to_table()
    duck = duckdb.sql(f"SELECT * FROM read_parquet('{folder}/*.parquet', union_by_name = true)")
    duck = duck.to_arrow_table() if hasattr(duck, "to_arrow_table") else duck.arrow()
    inside = duckdb.sql(
        f"SELECT unique_id FROM '{folder}/*.parquet' WHERE bbox.xmin >= 9.7 AND bbox.xmax <= 10.2 ORDER BY unique_id"
    ).fetchall()
    covered = [id for file in files for id in geopandas.read_parquet(file, bbox=(9.7, 40, 10.2, 50))["unique_id"]]
    return json.dumps({
        "rows": arrow.num_rows,
        "arrow": digest(arrow),
        "duckdb": digest(duck),
        "inside": [row[0] for row in inside],
        "covered": sorted(covered),
        "groups": sum(pq.read_metadata(file).num_row_groups for file in files),
    })


for line in sys.stdin:
    print(answer(line.strip()), flush=True)
