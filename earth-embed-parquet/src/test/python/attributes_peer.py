"""Writes datasets with attributes of all types, and tells what pyarrow finds in ours.

A line of standard input is JSON. {"write": path, "seed": n} writes a dataset of random columns and rows; {"read": path, "columns":
names} reads columns of a file. Both answer with a line of JSON: for each column its type and its values, null if absent; integers and
microseconds since 1970 as texts, numbers as hexadecimal floats.
"""

import datetime
import decimal
import json
import math
import random
import sys

import pyarrow as pa
import pyarrow.parquet as pq

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
TEXTS = ["", "a", "maize", "maïs", "🌽", "wheat " * 30]
NUMBERS = [0.0, -0.5, 1e300, 5e-324, 0.1, 2.0**53 + 2, float("nan")]


def integers(low, high):
    return lambda r: r.choice([low, low + 1, 0, 1, high - 1, high, r.randint(low, high)])


def numbers(r):
    return r.choice(NUMBERS + [r.uniform(-9, 9)])


# For each column: how pyarrow stores it, the type of the attribute, and how to make a value.
KINDS = [
    (pa.string(), "TEXT", lambda r: r.choice(TEXTS)),
    (pa.large_string(), "TEXT", lambda r: r.choice(TEXTS)),
    (pa.dictionary(pa.int8(), pa.string()), "TEXT", lambda r: r.choice(TEXTS)),
    (pa.int8(), "INTEGER", integers(-(2**7), 2**7 - 1)),
    (pa.uint8(), "INTEGER", integers(0, 2**8 - 1)),
    (pa.int16(), "INTEGER", integers(-(2**15), 2**15 - 1)),
    (pa.uint32(), "INTEGER", integers(0, 2**32 - 1)),
    (pa.int64(), "INTEGER", integers(-(2**63), 2**63 - 1)),
    (pa.uint64(), "INTEGER", integers(0, 2**63 - 1)),
    (pa.float32(), "NUMBER", lambda r: pa.scalar(r.uniform(-9, 9), pa.float32()).as_py()),
    (pa.float64(), "NUMBER", numbers),
    (pa.decimal128(20, 3), "NUMBER", lambda r: decimal.Decimal(r.randint(-(10**17), 10**17)).scaleb(-3)),
    (pa.timestamp("ms", tz="UTC"), "TIME", integers(-(10**14), 10**14)),
    (pa.timestamp("us", tz="UTC"), "TIME", integers(-(2**63), 2**63 - 1)),
    (pa.timestamp("ns"), "TIME", integers(-(2**63), 2**63 - 1)),
    (pa.date32(), "TIME", integers(-(10**6), 10**6)),
    (pa.bool_(), "FLAG", lambda r: r.random() < 0.5),
]

MICROS = {"ms": 1000, "us": 1, "ns": 0.001}


def said(kind, stored, value):
    """Returns a value as the answers tell it."""
    if value is None or kind == "NUMBER" and math.isnan(value):
        return None
    if kind == "INTEGER":
        return str(value)
    if kind == "NUMBER":
        return (float(value) + 0.0).hex()
    if kind == "TIME":
        if pa.types.is_date(stored):
            return str(value * 86_400_000_000)
        return str(value // 1000 if stored.unit == "ns" else value * MICROS[stored.unit])
    return value


def write(path, seed):
    r = random.Random(seed)
    rows = r.randint(1, 120)
    columns = {"unique_id": [f"tile-{i}" for i in range(rows)], "embedding": pa.array([[1.0, 2.0]] * rows, pa.list_(pa.float32()))}
    answer = {}
    for c in range(r.randint(1, 6)):
        stored, kind, make = r.choice(KINDS)
        nulls = r.choice([0.0, 0.2, 0.9])
        values = [None if r.random() < nulls else make(r) for _ in range(rows)]
        name = f"column {c}"
        columns[name] = pa.array(values, stored)
        answer[name] = {"type": kind, "values": [said(kind, stored, v) for v in values]}
    names = [n for n in columns]
    r.shuffle(names)
    pq.write_table(
        pa.table({n: columns[n] for n in names}),
        path,
        row_group_size=r.choice([7, 50, 1000]),
        compression=r.choice(["none", "snappy", "zstd", "gzip"]),
        use_dictionary=r.random() < 0.5,
        data_page_version=r.choice(["1.0", "2.0"]),
        data_page_size=r.choice([64, 1 << 20]),
    )
    return answer


def read(path, names):
    table = pq.read_table(path, columns=names)
    answer = {}
    for name in names:
        column = table[name]
        stored = column.type
        kind = (
            "TEXT" if pa.types.is_string(stored)
            else "INTEGER" if stored == pa.int64()
            else "NUMBER" if stored == pa.float64()
            else "TIME" if stored == pa.timestamp("us", tz="UTC")
            else "FLAG" if stored == pa.bool_()
            else str(stored)
        )
        values = column.cast(pa.int64()).to_pylist() if kind == "TIME" else column.to_pylist()
        answer[name] = {"type": kind, "values": [said(kind, stored, v) for v in values]}
        bounds = [pq.read_metadata(path).row_group(0).column(i).statistics for i in range(table.num_columns)]
        assert all(b is None or b.null_count is not None for b in bounds)
    return answer


for line in sys.stdin:
    asked = json.loads(line)
    found = write(asked["write"], asked["seed"]) if "write" in asked else read(asked["read"], asked["columns"])
    print(json.dumps(found), flush=True)
