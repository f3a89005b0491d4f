"""Writes small files with one embedding column in every form that EmbeddingFormsTest reads. Needs pyarrow 26.0.1.

Usage: python make_embedding_goldens.py FOLDER

Row i, component j of the embeddings is ((i * 31 + j * 7) % 64 - 32) / 8, which a half holds exactly.
"""

import struct
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

N, D = 60, 20
rows = (np.add.outer(np.arange(N) * 31, np.arange(D) * 7) % 64 - 32) / 8
folder = Path(sys.argv[1])


def lists(values, kind):
    return pa.array(list(values), pa.list_(kind))


def write(name, embedding, **options):
    n = len(embedding)
    table = pa.table({
        "unique_id": [f"id-{i}" for i in range(n)],
        "embedding": embedding,
        "timestamp": ["20221115T161819"] * n,
        "product_id": [f"product-{i % 5}" for i in range(n)],
        "grid_cell": [f"{i}U_{i}R" for i in range(n)],
        "centre_lat": pa.array([i / 2 for i in range(n)], pa.float32()),
        "centre_lon": pa.array([-i / 4 for i in range(n)], pa.float32()),
    })
    settings = {"compression": "none", "use_dictionary": False, "data_page_size": 700, "write_batch_size": 7} | options
    pq.write_table(table, folder / f"{name}.parquet", **settings)


f32, f16, f64 = pa.float32(), pa.float16(), pa.float64()
floats = lists(rows.astype(np.float32), f32)
for codec in "none", "snappy", "zstd", "gzip":
    for version in "1.0", "2.0":
        write(f"float-{codec}-v{version[0]}", floats, compression=codec, data_page_version=version)
write("float-lz4", floats, compression="lz4")
write("float-brotli", floats, compression="brotli")
write("half", lists(rows.astype(np.float16), f16))
write("half-split", lists(rows.astype(np.float16), f16), use_byte_stream_split=["embedding.list.element"])
write("double", lists(rows, f64), compression="zstd")
write("double-split", lists(rows, f64), use_byte_stream_split=["embedding.list.element"], data_page_version="2.0")
write("float-split", floats, use_byte_stream_split=["embedding.list.element"], compression="zstd")
write("float-dictionary", floats, use_dictionary=True, compression="snappy")
write("half-dictionary-v2", lists(rows.astype(np.float16), f16), use_dictionary=True, data_page_version="2.0")
write("float-fixed-size", pa.array(list(rows.astype(np.float32)), pa.list_(f32, D)))
write("float-required", pa.array(list(rows.astype(np.float32)), pa.list_(pa.field("element", f32, nullable=False))))
write("fixed-floats", pa.array([struct.pack(f"<{D}f", *row) for row in rows], pa.binary(4 * D)))
write("fixed-halves", pa.array([struct.pack(f"<{D}e", *row) for row in rows], pa.binary(2 * D)))
write("texts-delta", floats, column_encoding={"unique_id": "DELTA_BYTE_ARRAY", "product_id": "DELTA_LENGTH_BYTE_ARRAY",
                                              "embedding.list.element": "PLAIN"})
write("groups", floats, row_group_size=7)
# Row 42 must be refused.
broken = list(rows.astype(np.float32))
write("bad-null-row", pa.array([None if i == 42 else row for i, row in enumerate(broken)], pa.list_(f32)))
write("bad-empty-row", pa.array([row[:0] if i == 42 else row for i, row in enumerate(broken)], pa.list_(f32)))
write("bad-short-row", pa.array([row[:-1] if i == 42 else row for i, row in enumerate(broken)], pa.list_(f32)))
write("bad-long-row", pa.array([np.append(row, row[:1]) if i == 42 else row for i, row in enumerate(broken)], pa.list_(f32)))
write("bad-null-value", pa.array([[None if (i, j) == (42, 3) else float(v) for j, v in enumerate(row)]
                                 for i, row in enumerate(broken)], pa.list_(f32)))
# The right number of values, in the wrong rows.
write("bad-shifted", pa.array([row[:-1] if i == 42 else np.append(row, row[:1]) if i == 43 else row
                               for i, row in enumerate(broken)], pa.list_(f32)))
