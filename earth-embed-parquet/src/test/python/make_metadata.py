"""Writes a small file in the columns of MajorTOM's metadata.parquet, for MetadataIndexTest. Needs pyarrow 26.0.1.

Usage: python make_metadata.py FILE
"""

import sys

import pyarrow as pa
import pyarrow.parquet as pq

N = 30
pq.write_table(pa.table({
    "grid_cell": [f"{i}U_{2 * i}R" for i in range(N)],
    "grid_row_u": pa.array(range(N), pa.int16()),
    "grid_col_r": pa.array([2 * i for i in range(N)], pa.int16()),
    "product_id": [f"product-{i}" for i in range(N)],
    "timestamp": ["20221115T161819"] * N,
    "cloud_cover": [i / 2 for i in range(N)],
    "nodata": [0.0] * N,
    "centre_lat": [i / 2 for i in range(N)],
    "centre_lon": [i / 4 for i in range(N)],
    "crs": ["EPSG:32631"] * N,
    "parquet_url": [f"https://example.org/part_{i // 10 + 1:05d}.parquet" for i in range(N)],
    "parquet_row": pa.array([i % 10 for i in range(N)], pa.int64()),
}), sys.argv[1])
