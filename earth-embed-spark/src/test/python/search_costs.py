"""Queries for SearchCosts, and FAISS alone.

search_costs.py write ROWS DIMENSION FILE   writes random unit vectors to one row group of a Parquet file
search_costs.py search INDEX FILE TOP       searches for all of them at once, on as many threads as it may use
"""

import os
import resource
import sys
import time

import faiss
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def write(rows, dimension, file):
    random = np.random.default_rng(7)
    vectors = random.standard_normal((rows, dimension), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    offsets = np.arange(0, rows * dimension + 1, dimension, dtype=np.int32)
    table = pa.table(
        {
            "unique_id": pa.array([f"query {i}" for i in range(rows)]),
            "embedding": pa.ListArray.from_arrays(offsets, vectors.ravel()),
        }
    )
    pq.write_table(table, file, row_group_size=rows, compression="none", use_dictionary=False)


def search(index, file, top):
    faiss.omp_set_num_threads(len(os.sched_getaffinity(0)))
    start = time.monotonic()
    opened = faiss.read_index(index)
    column = pq.read_table(file, columns=["embedding"])["embedding"].combine_chunks()
    queries = column.flatten().to_numpy().reshape(-1, opened.d)
    begun = time.monotonic()
    _, best = opened.search(queries, top)
    end = time.monotonic()
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    print(f"{len(best)} queries, {end - start:.1f} s, of which the search {end - begun:.1f} s; {cpu:.1f} s of processor time")


if sys.argv[1] == "write":
    write(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
else:
    search(sys.argv[2], sys.argv[3], int(sys.argv[4]))
