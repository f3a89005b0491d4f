"""Writes the small files that TimestampColumnsTest reads: times as Parquet's own, in the columns that ArrowEmbeddings
exports. Needs pyarrow 26.0.1.

Usage: python make_timestamps.py FOLDER
"""

import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

N, D = 12, 6
START = datetime(1969, 12, 31, 23, 59, 58, 250_000, timezone.utc)
times = [START + timedelta(seconds=i) for i in range(N)]


def field(name, kind, nullable=False):
    return pa.field(name, kind, nullable)


schema = pa.schema([
    field("unique_id", pa.string()), field("grid_cell", pa.string()), field("product_id", pa.string(), True),
    field("timestamp", pa.timestamp("ms", "UTC"), True), field("centre_lat", pa.float64()), field("centre_lon", pa.float64()),
    field("parquet_url", pa.string(), True), field("parquet_row", pa.int32(), True),
    field("cloud_cover", pa.float32(), True), field("embedding", pa.list_(field("item", pa.float32()), D)),
])
exported = pa.table({
    "unique_id": [f"id-{i}" for i in range(N)],
    "grid_cell": [f"{i}U_{i}R" for i in range(N)],
    "product_id": [f"product-{i % 5}" for i in range(N)],
    "timestamp": times,
    "centre_lat": [i / 2 for i in range(N)],
    "centre_lon": [-i / 4 for i in range(N)],
    "parquet_url": [None if i % 5 == 4 else "https://example.org/part_00001.parquet" for i in range(N)],
    "parquet_row": [None if i % 5 == 4 else i for i in range(N)],
    "cloud_cover": [None if i % 3 == 2 else 10.0 * (i % 10) for i in range(N)],
    "embedding": [[i + j / 8 for j in range(D)] for i in range(N)],
}, schema)
folder = Path(sys.argv[1])
pq.write_table(exported, folder / "timestamps-ms.parquet")
for unit in "us", "ns":
    # As pandas has times that name no zone.
    naive = pa.array([t.replace(tzinfo=None) for t in times], pa.timestamp(unit))
    table = exported.set_column(3, pa.field("timestamp", naive.type), naive)
    pq.write_table(table, folder / f"timestamps-{unit}.parquet")
    pq.write_table(table, folder / "timestamps-int96.parquet", use_deprecated_int96_timestamps=True)
