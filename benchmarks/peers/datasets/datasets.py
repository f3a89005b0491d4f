"""Embedding datasets, this SDK beside pyarrow: the same files, one run, in turns.

Usage: datasets.py FOLDER [files]; `./run compare datasets` calls it. FOLDER takes some 4 GB; files that are there from an earlier
run are used again. Every time is the median of three turns, each the best of five.
"""

import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common import SHORT, Median, Rows, java_command, told

ROWS, DIMENSION, RUNS, ROUNDS = (50_000 if SHORT else 250_000), 768, 5, 3
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
FORMS = {
    "none": {"compression": "none", "use_dictionary": False},
    "zstd": {"compression": "zstd", "use_dictionary": False},
    "zstd-split": {"compression": "zstd", "use_dictionary": False, "use_byte_stream_split": ["embedding.list.element"]},
}


def best(work):
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def report(name, value, unit="s"):
    print(f"{name}\t{value:.6g}\t{unit}", flush=True)


def java(*args):
    command = [*java_command("-Xmx3g", "-XX:MaxDirectMemorySize=6g"), "io.earthembed.benchmarks.Datasets", *args]
    return told(command)


rng = np.random.default_rng(1)
values = rng.standard_normal((ROWS, DIMENSION), dtype=np.float32)
values /= np.linalg.norm(values, axis=1, keepdims=True)
offsets = pa.array(np.arange(0, ROWS * DIMENSION + 1, DIMENSION, dtype=np.int32))
table = pa.table({
    "unique_id": [f"id-{i}" for i in range(ROWS)],
    "embedding": pa.ListArray.from_arrays(offsets, pa.array(values.reshape(-1))),
    "timestamp": ["20221115T161819"] * ROWS,
    "product_id": [f"product-{i // 100}" for i in range(ROWS)],
    "grid_cell": [f"{i % 900}U_{i % 1000}R" for i in range(ROWS)],
    "centre_lat": pa.array(np.zeros(ROWS, np.float32)),
    "centre_lon": pa.array(np.zeros(ROWS, np.float32)),
})
for form, options in FORMS.items():
    if not (folder / f"{form}.parquet").exists():
        pq.write_table(table, folder / f"{form}.parquet", row_group_size=40_000, **options)
    report(f"{form} size", (folder / f"{form}.parquet").stat().st_size, "bytes")
if sys.argv[2:] == ["files"]:
    sys.exit()


def to_numpy(form):
    column = pq.read_table(folder / f"{form}.parquet", columns=["embedding"]).column("embedding")
    array = np.concatenate([c.flatten().to_numpy() for c in column.chunks]).reshape(-1, DIMENSION)
    assert array.shape == (ROWS, DIMENSION)


part = table.slice(0, 50_000)
seen = {}
for _ in range(ROUNDS):
    figures = java("read", DIMENSION, *(folder / f"{form}.parquet" for form in FORMS))
    figures |= java("write", 50_000, DIMENSION, folder)
    for i, form in enumerate(FORMS):
        figures[f"pyarrow {form} to NumPy"] = best(lambda: to_numpy(form))
        figures[f"pyarrow written {form}"] = best(lambda: pq.write_table(part, folder / f"p{i}.parquet", **FORMS[form]))
    for name, value in figures.items():
        seen.setdefault(name, []).append(value)
figures = {name: Median(values) for name, values in seen.items()}
for name, value in figures.items():
    report(name, value)


def gigabytes(rows, name):
    """Of float32, in a second."""
    return figures[name].map(lambda seconds: 4e-9 * rows * DIMENSION / seconds)


lines = Rows()
lines.add("PLAIN into memory that is there", figures["none read into memory that is there"],
          figures["mmap copy of as many bytes"], "an mmap copy", "s", most=1.3)
for form, name in (("none", "PLAIN"), ("zstd", "zstd"), ("zstd-split", "zstd, BYTE_STREAM_SPLIT")):
    lines.add(f"{name} into memory that is there", figures[f"{form} read into memory that is there"],
              figures[f"pyarrow {form} to NumPy"], "pyarrow to NumPy", "s", most=0.25 if form == "none" else None)
    if form != "none":
        lines.alone(f"{name}, floats", gigabytes(ROWS, f"{form} read into memory that is there"), "GB/s", least=1.2)
lines.add("writing 50,000 rows", figures["written-NONE"], figures["pyarrow written none"], "pyarrow", "s")
lines.alone("writing 50,000 rows, floats", gigabytes(50_000, "written-NONE"), "GB/s", least=0.25)
lines.add("writing 50,000 rows, zstd", figures["written-ZSTD"], figures["pyarrow written zstd"], "pyarrow", "s", most=1)
if not SHORT:
    index = java("index", folder)
    for products in ("", ", a product for each tile"):
        lines.alone(f"metadata index of 2,245,886 tiles{products}", 1e-6 * index[f"index file{products}"], "MB", most=200)
        lines.alone(f"look-up in it{products}", index[f"index look-up at random{products}"], "µs", most=1)
lines.write(folder, "datasets")
