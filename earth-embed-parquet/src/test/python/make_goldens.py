"""Writes the small files in the reference system's columns that DatasetTest reads. Needs pyarrow 26.0.1.

Usage: python make_goldens.py FOLDER
"""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

N, D = 40, 6
table = pa.table({
    "unique_id": pa.array([f"id-{i}" for i in range(N)]),
    "embedding": pa.array([[i + j / 8 for j in range(D)] for i in range(N)], pa.list_(pa.float32())),
    "timestamp": pa.array(["20221115T161819"] * N),
    "product_id": pa.array([f"product-{i % 5}" for i in range(N)]),
    "grid_cell": pa.array([f"{abs(i - 20)}{'U' if i >= 20 else 'D'}_{i}R" for i in range(N)]),
    "grid_row_u": pa.array([i - 20 for i in range(N)], pa.int16()),
    "grid_col_r": pa.array(list(range(N)), pa.int16()),
    "geometry": pa.array([b"\x01" * 21] * N),
    "centre_lat": pa.array([i / 2 for i in range(N)], pa.float32()),
    "centre_lon": pa.array([-i / 4 for i in range(N)], pa.float32()),
    "utm_footprint": pa.array(["POLYGON ((0 0, 1 0, 1 1, 0 0))"] * N),
    "utm_crs": pa.array(["EPSG:32701"] * N),
    "pixel_bbox": pa.array([[0, 0, 384, 384]] * N, pa.list_(pa.int64())),
    "parquet_row": pa.array([None if i % 9 == 8 else i for i in range(N)], pa.int64()),
    "parquet_url": pa.array([None if i % 9 == 8 else "https://example.org/part_00001.parquet" for i in range(N)]),
})
folder = Path(sys.argv[1])
pq.write_table(table, folder / "pyarrow-snappy.parquet", compression="snappy", row_group_size=17)
pq.write_table(table, folder / "pyarrow-zstd-v2.parquet", compression="zstd", data_page_version="2.0",
               data_page_size=200)
pq.write_table(table, folder / "pyarrow-gzip-bss.parquet", compression="gzip", use_dictionary=["product_id"],
               use_byte_stream_split=["embedding"], row_group_size=25)
