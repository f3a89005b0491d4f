"""Embedding datasets, this SDK beside pyarrow: the same files, the same run, one after the other.

Usage: python datasets.py FOLDER [files], after `mvn package`; see requirements.txt. FOLDER takes some 4 GB; files that are there
from an earlier run are used again. Every time is the best of five.
"""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS, DIMENSION, RUNS = 250_000, 768, 5
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
here = Path(__file__).resolve().parent.parent
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
    classpath = f"{here}/target/classes:{(here / 'target/classpath.txt').read_text().strip()}"
    subprocess.run(["java", "-Xmx3g", "-XX:MaxDirectMemorySize=6g", "-cp", classpath,
                    "io.earthembed.benchmarks.Datasets", *map(str, args)], check=True)


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


for form in FORMS:
    report(f"pyarrow {form} to NumPy", best(lambda: to_numpy(form)))
java("read", DIMENSION, *(folder / f"{form}.parquet" for form in FORMS))
part = table.slice(0, 50_000)
report("pyarrow written none", best(lambda: pq.write_table(part, folder / "p0.parquet", **FORMS["none"])))
report("pyarrow written zstd", best(lambda: pq.write_table(part, folder / "p1.parquet", **FORMS["zstd"])))
report("pyarrow written zstd-split", best(lambda: pq.write_table(part, folder / "p2.parquet", **FORMS["zstd-split"])))
java("write", 50_000, DIMENSION, folder)
java("index", folder)
