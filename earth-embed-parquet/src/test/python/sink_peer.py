"""Reports what GeoPandas, DuckDB and pyarrow find in a file of a dataset.

Each line of standard input is a path. Each line of standard output answers it as JSON: the reference system, the rows and
the centers that GeoPandas reads, the ids of those rows that it reads inside a box by the covering, the number that DuckDB
counts there, the values of the first embedding, and the emb metadata that pyarrow finds.
"""

import json
import sys

import duckdb
import geopandas
import pyarrow.parquet as pq

BOX = (10.0, 40.0, 12.0, 50.0)


def answer(path):
    frame = geopandas.read_parquet(path)
    inside = geopandas.read_parquet(path, bbox=BOX)
    west, south, east, north = BOX
    counted = duckdb.sql(
        f"SELECT count(*) FROM '{path}' WHERE bbox.xmin <= {east} AND bbox.xmax >= {west} "
        f"AND bbox.ymin <= {north} AND bbox.ymax >= {south}"
    ).fetchall()[0][0]
    centers = [None if shape is None else [shape.centroid.x, shape.centroid.y] for shape in frame.geometry]
    return json.dumps({
        "crs": frame.crs.to_authority(),
        "centers": centers,
        "inside": sorted(inside["unique_id"]),
        "counted": counted,
        "embedding": [float(v) for v in frame["embedding"][0]],
        "emb": json.loads(pq.read_metadata(path).metadata[b"emb"]),
    })


for line in sys.stdin:
    print(answer(line.strip()), flush=True)
