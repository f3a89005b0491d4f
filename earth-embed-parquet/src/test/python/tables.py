"""Makes Parquet files at random, in every form that the columns of a dataset, of a metadata file and of a shard may have,
and reports what pyarrow reads from them.

Each line of standard input is "FOLDER FIRST COUNT". That many files appear in the folder, FIRST.parquet and so on, with what
is expected of each as a line of FIRST.json; then a line of standard output answers. A file's number is its seed.
"""

import base64
import contextlib
import datetime
import decimal
import json
import math
import random
import re
import string
import sys
import uuid
import warnings
from pathlib import Path

import duckdb
import fastparquet
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

warnings.simplefilter("ignore")
UTC = datetime.timezone.utc
CELL = re.compile(r"\d+[UD]_\d+[LR]")
URL = re.compile(r"[a-z0-9:/._-]+")
EPOCH = datetime.datetime(1970, 1, 1)


def nulls(rng, n):
    """Which rows are null."""
    kind = rng.choice(["none", "none", "first", "last", "alternating", "random", "runs", "all"])
    cut = rng.randrange(n + 1)
    share = rng.random()
    if kind == "runs":
        out = []
        while len(out) < n:
            out += [rng.random() < 0.5] * rng.randrange(1, 40)
        return out[:n]
    return [{"none": False, "first": i < cut, "last": i >= cut, "alternating": i % 2 == 0, "random": rng.random() < share,
             "all": True}[kind] for i in range(n)]


def words(rng, n):
    """Texts: few or many, long or short, with beginnings in common or without."""
    alphabet = rng.choice([string.ascii_letters, "ab", "åß水🛰 x"])
    start = rng.choice(["", "S2B_MSIL2A_20221115T161819_N9999_R040_"])
    longest = rng.choice([1, 8, 60, 300])
    pool = [start + "".join(rng.choices(alphabet, k=rng.randrange(1, longest + 1)))
            for _ in range(rng.choice([1, 3, 40, n + 1]))]
    return [rng.choice(pool) for _ in range(n)]


def texts(rng, values):
    """An array of texts, or now and then of something else."""
    kind = rng.choice(["string"] * 4 + ["large", "binary", "large_binary", "view", "dictionary", "uuid", "other"])
    if kind == "uuid":
        return pa.array([None if v is None else uuid.UUID(int=rng.getrandbits(128)).bytes for v in values], pa.uuid())
    if kind == "other" and rng.random() < 0.3:
        return other(rng, [v is None for v in values])
    if kind in ("binary", "large_binary"):
        return pa.array([None if v is None else v.encode() for v in values],
                        pa.binary() if kind == "binary" else pa.large_binary())
    made = pa.array(values, {"large": pa.large_string(), "view": pa.string_view()}.get(kind, pa.string()))
    return made.dictionary_encode() if kind == "dictionary" else made


def ids(rng, values):
    """An array of texts, or now and then of integers."""
    if rng.random() < 0.8:
        return texts(rng, values)
    bits = rng.choice([8, 16, 32, 64])
    signed = rng.random() < 0.5
    numbers = [None if v is None else rng.getrandbits(bits) - (2 ** (bits - 1) if signed else 0) for v in values]
    return pa.array(numbers, getattr(pa, f"{'' if signed else 'u'}int{bits}")())


def other(rng, empty):
    """An array of a type that is neither text nor number nor time."""
    n = len(empty)
    make = rng.choice([
        lambda i: (b"%08d" % i, pa.binary(8)), lambda i: (i % 2 == 0, pa.bool_()),
        lambda i: (datetime.time(i % 24), pa.time64("us")), lambda i: (datetime.time(i % 24), pa.time32("ms")),
        lambda i: ([1.0, 2.0], pa.list_(pa.float32())), lambda i: ([i], pa.list_(pa.int32(), 1)),
        lambda i: ({"a": i, "b": "x"}, pa.struct([("a", pa.int32()), ("b", pa.string())])),
        lambda i: ({"a": float(i)}, pa.struct([("a", pa.float64())])),
        lambda i: ({"bytes": b"x", "path": "y"}, pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        lambda i: ([("k", i)], pa.map_(pa.string(), pa.int64())),
        lambda i: (i.to_bytes(16, "big"), pa.uuid()),
        lambda i: (None, pa.null()),
    ])
    return pa.array([None if empty[i] else make(i)[0] for i in range(n)], make(0)[1])


def numbers(rng, values, integer=False):
    """An array of numbers, of a type that has room for them, or now and then of something else."""
    kinds = ["int64", "int32", "int16", "uint16", "uint32", "uint64", "int8", "uint8", "double", "float", "decimal", "decimal",
             "decimal256", "other"] if integer else ["double"] * 3 + ["float", "half", "decimal", "decimal", "decimal256", "other"]
    kind = rng.choice(kinds)
    if kind == "other":
        if rng.random() < 0.8:
            kind = "int64" if integer else "double"
        else:
            return rng.choice([lambda: other(rng, [v is None for v in values]),
                               lambda: pa.array([None if v is None else str(v) for v in values], pa.string()),
                               lambda: pa.array([None if v is None else 5 for v in values], pa.timestamp("us")),
                               lambda: pa.array([None if v is None else 5 for v in values], pa.date32())])()
    if kind.startswith("decimal"):
        scale = rng.randrange(0, 12)
        precision = rng.randrange(scale + 3, 39)
        room = 10 ** (precision - scale)
        one = decimal.Decimal(1).scaleb(-scale)
        if not integer or all(v is None or abs(v) < room for v in values):
            with decimal.localcontext() as context:
                context.prec = 60
                made = [None if v is None else decimal.Decimal(v).quantize(one) for v in values]
            if kind == "decimal256":
                return pa.array(made, pa.decimal256(precision, scale))
            return pa.array(made, rng.choice([pa.decimal128(precision, scale)] + (
                [pa.decimal32(precision, scale)] if precision <= 9 else []) + (
                [pa.decimal64(precision, scale)] if precision <= 18 else [])))
        kind = "double"
    if kind == "half":
        return pa.array([None if v is None else np.float16(v) for v in values], pa.float16())
    try:
        return pa.array(values, {"double": pa.float64(), "float": pa.float32()}.get(kind) or getattr(pa, kind)())
    except (pa.lib.ArrowInvalid, OverflowError):
        return pa.array(values, pa.int64() if integer else pa.float64())


ZONES = [None, 0, 120, -300, 345, -570, 1080, -1080]


def time_text(rng, micros):
    """A text of ISO 8601, and the time that it says in microseconds."""
    minutes = rng.choice(ZONES)
    fraction = rng.choice([0, 1, 3, 6])
    digits = 10 ** (6 - fraction)
    micros = micros // digits * digits
    local = EPOCH + datetime.timedelta(microseconds=micros, minutes=minutes or 0)
    basic = rng.random() < 0.5
    part = rng.choice(["s", "s", "s", "m", "h", "d"])
    text = local.strftime("%Y%m%d" if basic else "%Y-%m-%d")
    if part == "d":
        return text, int((datetime.datetime(local.year, local.month, local.day) - EPOCH).total_seconds()) * 10 ** 6
    text += rng.choice("TT ") + local.strftime("%H")
    if part == "h":
        local = local.replace(minute=0, second=0, microsecond=0)
    else:
        text += local.strftime("%M" if basic else ":%M")
        if part == "m":
            local = local.replace(second=0, microsecond=0)
        else:
            text += local.strftime("%S" if basic else ":%S")
            if fraction:
                text += rng.choice(".,") + "%06d" % local.microsecond
                text = text[:len(text) - 6 + fraction]
            else:
                local = local.replace(microsecond=0)
    if minutes == 0:
        text += rng.choice(["Z", "+00:00", "+00", "+0000", " UTC"])
    elif minutes is not None:
        hours, rest = divmod(abs(minutes), 60)
        text += "-+"[minutes > 0] + "%02d" % hours + (rng.choice([":", ""]) + "%02d" % rest if rest or rng.random() < 0.5 else "")
    utc = local - datetime.timedelta(minutes=minutes or 0)
    return text, (utc - EPOCH) // datetime.timedelta(microseconds=1)


def times(rng, values, meant):
    """An array of times; of texts, what they mean in microseconds."""
    kind = rng.choice(["text"] * 5 + ["s", "ms", "us", "ns", "us", "date", "other"])
    if kind == "other" and rng.random() < 0.3:
        return other(rng, [v is None for v in values])
    if kind == "date":
        return pa.array([None if v is None else v // 86_400_000_000 for v in values], pa.date32())
    if kind in ("s", "ms", "us", "ns"):
        scale = {"s": 10 ** 6, "ms": 1000, "us": 1, "ns": 1}[kind]
        whole = [None if v is None else v // scale * (1000 if kind == "ns" else 1) for v in values]
        return pa.array(whole, pa.timestamp(kind, rng.choice([None, "UTC", "Europe/Paris"])))
    made = [(None, None) if v is None else time_text(rng, v) for v in values]
    meant.extend(m for _, m in made)
    return pa.array([t for t, _ in made])


def embeddings(rng, n, dimension):
    """An array of embeddings, or now and then of something else."""
    values = np.random.default_rng(rng.getrandbits(32)).integers(-32, 32, (n, dimension)) / 8
    if rng.random() < 0.2:
        values[:] = 0.5
    if rng.random() < 0.2:
        values = values + np.arange(n * dimension).reshape(n, dimension) / 1024
    kind = rng.choice(["float"] * 4 + ["double", "half", "large", "fixed", "fixed", "floats", "halves", "flaw", "other"])
    if kind == "other":
        if rng.random() < 0.5:
            return other(rng, [False] * n)
        item = rng.choice([pa.int32(), pa.string(), pa.decimal128(9, 3), pa.bool_(), pa.struct([("a", pa.float32())])])
        value = {"int32": 1, "string": "x", "bool": True}.get(str(item), {"a": 1.0} if pa.types.is_struct(item) else decimal.Decimal(1))
        return pa.array([[value] * dimension] * n, pa.list_(item))
    if kind == "floats":
        return pa.array([row.astype("<f4").tobytes() for row in values], pa.binary(4 * dimension))
    if kind == "halves":
        return pa.array([row.astype("<f2").tobytes() for row in values], pa.binary(2 * dimension))
    item = pa.field(rng.choice(["item", "element"]), {"double": pa.float64(), "half": pa.float16()}.get(kind, pa.float32()),
                    rng.random() < 0.7)
    rows = [list(row) for row in values]
    if kind == "half":
        rows = [[np.float16(v) for v in row] for row in values]
    if kind == "flaw" and n > 0:
        at = rng.randrange(n)
        rows[at] = rng.choice([None, [], rows[at][:-1], rows[at] + [0.0], [None] * dimension])
        return pa.array(rows, pa.list_(pa.float32()))
    if kind == "large":
        return pa.array(rows, pa.large_list(item))
    return pa.array(rows, pa.list_(item, dimension) if kind == "fixed" else pa.list_(item))


def cells(rng, n, near=(3, 200, 2000)):
    near = rng.choice(near)
    return [(rng.randrange(-near, near), rng.randrange(-near, near)) for _ in range(n)]


def name(cell):
    row, column = cell
    return f"{abs(row)}{'D' if row < 0 else 'U'}_{abs(column)}{'L' if column < 0 else 'R'}"


def with_nulls(values, empty):
    return [None if e else v for v, e in zip(values, empty)]


def sometimes_null(rng, values):
    """Columns that must not have nulls have some, now and then."""
    return with_nulls(values, nulls(rng, len(values))) if rng.random() < 0.02 else values


def source(rng, n):
    """Addresses and row groups, null in the same rows."""
    empty = nulls(rng, n)
    urls = [f"https://example.org/part_{rng.randrange(5):05}.parquet" for _ in range(n)]
    limit = rng.choice([3, 100, 30_000, 2 ** 31 - 1])
    groups = [rng.randrange(limit) for _ in range(n)]
    return with_nulls(urls, empty), with_nulls(groups, empty), empty


def groups_array(rng, groups):
    if rng.random() < 0.03 and any(g is not None for g in groups):
        at = rng.choice([i for i, g in enumerate(groups) if g is not None])
        wrong = [None if g is None else float(g) for g in groups]
        wrong[at] = rng.choice([1e10, 1.5, -1.0, math.nan, math.inf, 2.0 ** 31])
        return pa.array(wrong, pa.float64(), from_pandas=False)
    return numbers(rng, groups, integer=True)


def instants(rng, n):
    start = rng.choice([-2 * 10 ** 9, 0, 1_668_529_099, 7 * 10 ** 9]) * 10 ** 6
    return [start + rng.randrange(10 ** 9) * rng.choice([1, 1000, 10 ** 6]) // 10 ** 3 for _ in range(n)]


def dataset(rng, n, meant):
    urls, groups, _ = source(rng, n)
    columns = {
        "unique_id": ids(rng, sometimes_null(rng, words(rng, n))),
        "grid_cell": texts(rng, sometimes_null(rng, [name(c) for c in cells(rng, n)])),
        "product_id": texts(rng, sometimes_null(rng, words(rng, n))),
        "timestamp": times(rng, sometimes_null(rng, instants(rng, n)), meant),
        "centre_lat": numbers(rng, sometimes_null(rng, [rng.randrange(-720, 720) / 8 for _ in range(n)])),
        "centre_lon": numbers(rng, sometimes_null(rng, [rng.uniform(-180, 179) for _ in range(n)])),
        "embedding": embeddings(rng, n, rng.choice([1, 2, 3, 4, 8, 17])),
    }
    if rng.random() < 0.8:
        columns["parquet_url"] = texts(rng, urls)
        columns["parquet_row"] = groups_array(rng, groups)
    if rng.random() < 0.8:
        columns["cloud_cover"] = numbers(rng, with_nulls([rng.randrange(-8, 810) / 8 for _ in range(n)], nulls(rng, n)))
    return columns


def metadata(rng, n):
    urls, groups, _ = source(rng, n)
    if rng.random() < 0.95:
        urls = [u or "file:///x" for u in urls]
        groups = [g or 0 for g in groups]
    return {
        "grid_cell": texts(rng, [name(c) for c in cells(rng, n)]),
        "product_id": texts(rng, sometimes_null(rng, [f"{w}-{i}" for i, w in enumerate(words(rng, n))])),
        "parquet_url": texts(rng, urls),
        "parquet_row": groups_array(rng, groups),
    }


def pixels(rng, n):
    values = with_nulls([rng.randbytes(rng.choice([1, 20, 400])) for _ in range(n)], nulls(rng, n))
    kind = rng.choice(["binary"] * 3 + ["image", "image", "dictionary", "large", "text", "other"])
    if kind == "image":
        fields = [("bytes", pa.binary()), ("path", pa.string())]
        rng.shuffle(fields)
        rows = [None if v is None and rng.random() < 0.5 else {"bytes": v, "path": rng.choice([None, "x.tif"])} for v in values]
        return pa.array(rows, pa.struct(fields))
    if kind == "text":
        return pa.array([None if v is None else v.hex() for v in values])
    if kind == "other" and rng.random() < 0.3:
        return other(rng, [v is None for v in values])
    made = pa.array(values, pa.large_binary() if kind == "large" else pa.binary())
    return made.dictionary_encode() if kind == "dictionary" else made


def shard(rng, n, meant):
    columns = {
        "product_id": texts(rng, sometimes_null(rng, words(rng, n))),
        "grid_cell": texts(rng, sometimes_null(rng, [name(c) for c in cells(rng, n, (3, 200))])),
        "timestamp": times(rng, sometimes_null(rng, instants(rng, n)), meant),
        "B04": pixels(rng, n),
        "thumbnail": pixels(rng, n),
    }
    if rng.random() < 0.7:
        columns["centre_lat"] = numbers(rng, [rng.randrange(-720, 720) / 8 for _ in range(n)])
        columns["centre_lon"] = numbers(rng, [rng.uniform(-180, 179) for _ in range(n)])
    return columns


def plain_of(field):
    """Encodings that pyarrow knows for a leaf of a type."""
    kind = field.type
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if pa.types.is_dictionary(kind):
        return ["PLAIN"]  # pyarrow writes others as well, and cannot read them
    while pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        kind = kind.value_type
    if pa.types.is_floating(kind):
        return ["PLAIN", "BYTE_STREAM_SPLIT"]
    if pa.types.is_decimal(kind) or pa.types.is_fixed_size_binary(kind):
        return ["PLAIN", "BYTE_STREAM_SPLIT", "DELTA_BYTE_ARRAY"]
    if pa.types.is_integer(kind) or pa.types.is_temporal(kind):
        return ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]
    if pa.types.is_boolean(kind):
        return ["PLAIN", "RLE"]
    if pa.types.is_nested(kind) or pa.types.is_null(kind):
        return ["PLAIN"]
    return ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"]


def leaf_path(name, kind, compliant):
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return leaf_path(f"{name}.list.{'element' if compliant else kind.value_field.name}", kind.value_type, compliant)
    return name


def by_pyarrow(rng, file, table, one_row):
    compliant = rng.random() < 0.7
    options = {
        "compression": rng.choice(["none", "snappy", "gzip", "zstd", "lz4", "zstd", "snappy", "brotli" if rng.random() < 0.2 else "none"]),
        "data_page_version": rng.choice(["1.0", "2.0"]),
        "data_page_size": rng.choice([1, 50, 1000, 1 << 20]),
        "write_batch_size": rng.choice([1, 3, 8, 100, 1024]),
        "dictionary_pagesize_limit": rng.choice([1, 40, 1 << 20]),
        "write_statistics": rng.random() < 0.7,
        "write_page_index": rng.random() < 0.3,
        "write_page_checksum": rng.random() < 0.3,
        "store_decimal_as_integer": rng.random() < 0.5,
        "store_schema": rng.random() < 0.6,
        "use_compliant_nested_type": compliant,
        "version": rng.choice(["1.0", "2.4", "2.6"]),
    }
    if rng.random() < 0.2:
        options["use_deprecated_int96_timestamps"] = True
    elif rng.random() < 0.2:
        options["coerce_timestamps"] = rng.choice(["ms", "us"])
        options["allow_truncated_timestamps"] = True
    use = rng.choice(["all", "none", "some"])
    names = table.column_names
    if len(set(names)) < len(names):
        use = rng.choice(["all", "none"])
    dictionary = {"all": names, "none": [], "some": [c for c in names if rng.random() < 0.5]}[use]
    options["use_dictionary"] = True if use == "all" else [leaf_path(c, table.schema.field(c).type, compliant) for c in dictionary]
    if use != "all":
        encodings = {}
        for field in table.schema:
            if field.name not in dictionary and names.count(field.name) == 1:
                encoding = rng.choice(plain_of(field))
                if encoding != "PLAIN":
                    encodings[leaf_path(field.name, field.type, compliant)] = encoding
        options["column_encoding"] = encodings or None
        if not options["use_dictionary"]:
            options["use_dictionary"] = False
    with pq.ParquetWriter(file, table.schema, **options) as writer:
        rows = 1 if one_row else rng.choice([1, 7, 100, 2000])
        for at in range(0, table.num_rows, rows):
            if rng.random() < 0.1:
                writer.write_table(table.slice(0, 0))
            writer.write_table(table.slice(at, rows), row_group_size=rows)
        if table.num_rows == 0 and rng.random() < 0.7:
            writer.write_table(table)
    return options


def simplified(writer, table):
    """The table in types that other writers than pyarrow take; what they do not take either, they refuse."""
    for i, field in enumerate(table.schema):
        column = table.column(i).combine_chunks()
        kind = field.type
        if isinstance(kind, pa.BaseExtensionType):
            column = column.storage
        elif pa.types.is_dictionary(kind) and writer == "fastparquet":
            column = column.cast(kind.value_type)
        elif pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
            column = column.cast(pa.string())
        elif pa.types.is_large_binary(kind):
            column = column.cast(pa.binary())
        elif pa.types.is_float16(kind):
            column = column.cast(pa.float32())
        elif pa.types.is_decimal(kind):
            wide = writer == "fastparquet" or kind.precision > 38
            column = column.cast(pa.float64() if wide else pa.decimal128(kind.precision, kind.scale))
        elif pa.types.is_list(kind) and field.name == "embedding" and writer == "fastparquet" and len(column) and (
                pa.types.is_float32(kind.value_type)):
            rows = column.to_pylist()
            if None not in rows and len({len(r) for r in rows}) == 1 and rows[0] and None not in sum(rows, []):
                column = pa.array([np.array(r, "<f4").tobytes() for r in rows], pa.binary(4 * len(rows[0])))
        table = table.set_column(i, pa.field(field.name, column.type, field.nullable), column)
    return table


def by_polars(rng, file, table, one_row):
    options = {
        "compression": rng.choice(["uncompressed", "snappy", "gzip", "zstd", "lz4"]),
        "row_group_size": 1 if one_row else rng.choice([1, 7, 100, 2000]),
        "data_page_size": rng.choice([1, 100, 1 << 20]),
        "statistics": rng.choice([True, False, "full"]),
    }
    if any(pa.types.is_decimal256(f.type) for f in table.schema):
        raise TypeError("polars does not know decimal256")
    pl.from_arrow(table).write_parquet(file, **options)
    return options


def by_duckdb(rng, file, table, one_row):
    options = {
        "compression": rng.choice(["uncompressed", "snappy", "gzip", "zstd", "lz4_raw"]),
        "row_group_size": rng.choice([1, 7, 100, 2048]),
        "parquet_version": rng.choice(["V1", "V2"]),
        "dictionary_size_limit": rng.choice([0, 1, 5, 1000]),
    }
    replaced = []
    if rng.random() < 0.3 and "unique_id" in table.column_names:
        replaced.append(rng.choice(["uuid() as unique_id", "'x'::enum('x', 'y') as unique_id", "unique_id::blob as unique_id"]))
    if rng.random() < 0.3 and "centre_lat" in table.column_names:
        replaced.append(f"centre_lat::decimal({rng.choice([4, 9, 18, 38])}, 1) as centre_lat")
    if rng.random() < 0.3 and "parquet_row" in table.column_names:
        replaced.append(f"parquet_row::{rng.choice(['hugeint', 'ubigint', 'uinteger', 'bigint', 'decimal(12, 2)'])} as parquet_row")
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute("set threads = 1")
        connection.register("t", table)
        what = "select *" + (f" replace ({', '.join(replaced)})" if replaced else "")
        settings = ", ".join(f"{k} {v}" for k, v in options.items())
        connection.execute(f"copy ({what} from t) to '{file}' (format parquet, {settings})")
    return {**options, "replaced": replaced}


def by_fastparquet(rng, file, table, one_row):
    flat = table
    frame = flat.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype(), pa.float64(): pd.Float64Dtype()}.get)
    encodings, fixed = {}, {}
    for field in table.schema:
        kind = field.type
        if pa.types.is_fixed_size_binary(kind):
            fixed[field.name] = kind.byte_width
            encodings[field.name] = "bytes"
        elif pa.types.is_binary(kind):
            encodings[field.name] = "bytes"
        elif pa.types.is_string(kind):
            encodings[field.name] = "utf8"
        elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_timestamp(kind)):
            raise TypeError(f"fastparquet does not write {kind}")
    fastparquet.writer.DATAPAGE_VERSION = version = rng.choice([1, 2])
    options = {
        "compression": rng.choice([None, "SNAPPY", "GZIP", "ZSTD"]),
        "row_group_offsets": 1 if one_row else rng.choice([7, 100, 2000]),
        "has_nulls": True,
        "times": rng.choice(["int64", "int96"]),
        "stats": rng.choice([True, False, "auto"]),
    }
    fastparquet.write(str(file), frame, object_encoding=encodings, fixed_text=fixed or None, write_index=False, **options)
    return {**options, "version": version}


def is_text(kind):
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
            or pa.types.is_string_view(kind) or pa.types.is_binary_view(kind))


def is_uuid(kind):
    return isinstance(kind, pa.UuidType)


def is_number(kind):
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


class Expected:
    """What pyarrow reads, and what has to be refused."""

    def __init__(self, table, meant):
        self.table = table
        self.meant = meant
        self.bad = []

    def column(self, name, required):
        """The column, or None where it counts as missing."""
        found = [i for i, c in enumerate(self.table.column_names) if c == name]
        if len(found) > 1:
            self.bad.append(name)
            return None
        if not found:
            if required:
                self.bad.append(name)
            return None
        column = self.table.column(found[0])
        kind = column.type
        if pa.types.is_struct(kind) and {f.name for f in kind} == {"bytes", "path"}:
            # Bytes that a tile may have: no number, and missing if they are null everywhere.
            if name == "cloud_cover":
                return None
            if all(v is None or v["bytes"] is None for v in column.to_pylist()):
                self.bad.extend(["row"] if required else [])
                return None
            if required and column.null_count:
                self.bad.append("row")  # a row group of nulls only may come first
        if pa.types.is_struct(kind) or pa.types.is_map(kind):
            self.bad.append(name)
            return None
        return column

    def values(self, name, required, good, value):
        n = self.table.num_rows
        column = self.column(name, required)
        if column is None:
            return [None] * n
        if required and column.null_count:
            self.bad.append("row")
        if column.null_count == n:
            return [None] * n
        if not good(column.type):
            self.bad.append(name)
            return [None] * n
        try:
            return [None if v is None else value(v) for v in column.to_pylist()]
        except UnicodeDecodeError:
            self.bad.append(name)
            return [None] * n

    def texts(self, name, required=True):
        return self.values(name, required, lambda k: is_text(k) or is_uuid(k),
                           lambda v: v.decode() if isinstance(v, bytes) else str(v))

    def ids(self):
        return self.values("unique_id", True, lambda k: is_text(k) or is_uuid(k) or pa.types.is_integer(k),
                           lambda v: v.decode() if isinstance(v, bytes) else str(v))

    def numbers(self, name, required=True, also=lambda k: False):
        return self.values(name, required, lambda k: is_number(k) or also(k), lambda v: repr(float(v)))

    def millis(self, name):
        n = self.table.num_rows
        column = self.column(name, False)
        if column is not None and is_text(column.type) and self.meant:
            return [None if m is None else m // 1000 for m in self.meant]
        if column is not None and pa.types.is_date(column.type):
            return [None if v is None else v * 86_400_000
                    for v in self.values(name, False, pa.types.is_date, lambda v: (v - datetime.date(1970, 1, 1)).days)]
        if column is not None and pa.types.is_timestamp(column.type):
            scale = {"s": (1000, 1), "ms": (1, 1), "us": (1, 1000), "ns": (1, 10 ** 6)}[column.type.unit]
            return [None if v is None else v * scale[0] // scale[1] for v in column.cast(pa.int64()).to_pylist()]
        self.values(name, False, lambda k: False, str)
        return [None] * n

    def cells(self, required=True):
        values = self.texts("grid_cell", required)
        if any(v is not None and not CELL.fullmatch(v) for v in values):
            self.bad.append("row")  # of UUIDs, which are texts
        return values

    def rows(self, required, urls):
        values = self.numbers("parquet_row", required)
        for v, u in zip(values, urls):
            if v is not None and u is not None and not (0 <= float(v) <= 2 ** 31 - 1 and float(v).is_integer()):
                self.bad.append("parquet_row")
            if v is not None and u is not None and not URL.fullmatch(u):
                self.bad.append("row")  # of bytes of UUIDs, which may be texts by chance
        return values

    def clouds(self):
        column = self.column("cloud_cover", False)
        if column is None or not is_number(column.type):
            return [None] * self.table.num_rows
        return [None if v is None or not 0 <= float(v) <= 100 else v for v in self.numbers("cloud_cover", False)]

    def embedding(self):
        """Floats in base64, and the dimension."""
        column = self.column("embedding", True)
        n = self.table.num_rows
        if column is None or n == 0:
            return "", 1
        kind = column.type
        if pa.types.is_fixed_size_binary(kind) and not is_uuid(kind):
            return base64.b64encode(b"".join(v or b"" for v in column.to_pylist())).decode(), -kind.byte_width
        listed = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
        if not listed or not pa.types.is_floating(kind.value_type):
            self.bad.append("embedding")
            return "", 1
        rows = column.to_pylist()
        lengths = {-1 if r is None or None in r else len(r) for r in rows}
        dimension = max(lengths)
        if len(lengths) > 1 or dimension < 1:
            self.bad.append("embedding")
            return "", max(1, dimension)
        return base64.b64encode(np.array(rows, np.float64).astype("<f4").tobytes()).decode(), dimension


def pixel_values(expected, name):
    """Bytes in base64 by row, or None where the column must be refused."""
    table = expected.table
    column = table.column(name)
    n = table.num_rows
    kind = column.type
    if pa.types.is_struct(kind):
        names = sorted(f.name for f in kind)
        if names != ["bytes", "path"]:
            return None
        values = [None if v is None else v["bytes"] for v in column.to_pylist()]
    else:
        if pa.types.is_map(kind):
            return None
        values = column.to_pylist()
        if not is_text(kind):
            return [None] * n if pa.types.is_null(kind) else [None if v is None else "refused" for v in values]
    values = [v.encode() if isinstance(v, str) else v for v in values]
    return [None if v is None else base64.b64encode(v).decode() for v in values]


WRITERS = {"pyarrow": by_pyarrow, "polars": by_polars, "duckdb": by_duckdb, "fastparquet": by_fastparquet}


def make(number, folder):
    """Makes a file that pyarrow reads: it cannot read all that it writes."""
    for attempt in range(20):
        try:
            return attempted(random.Random(f"{number}-{attempt}"), number, folder)
        except (pa.lib.ArrowException, OSError):
            pass
    raise RuntimeError(f"number {number}")


def attempted(rng, number, folder):
    kind = rng.choice(["dataset", "dataset", "metadata", "shard"])
    n = rng.choice([0, 1, 2, 5]) if kind == "shard" else rng.choice([0, 1, 2, 7, 8, 9, 33, 64, 100, 300, 1000])
    meant = []
    if kind == "dataset":
        columns = dataset(rng, n, meant)
    elif kind == "metadata":
        columns = metadata(rng, n)
    else:
        columns = shard(rng, n, meant)
    items = list(columns.items())
    rng.shuffle(items)
    if rng.random() < 0.01:
        items.append(rng.choice(items))
    if rng.random() < 0.2:
        items.insert(rng.randrange(len(items) + 1), ("else", other(rng, nulls(rng, n))))
    fields = [pa.field(c, v.type, v.null_count > 0 or rng.random() < 0.5 or pa.types.is_null(v.type)) for c, v in items]
    table = pa.Table.from_arrays([v for _, v in items], schema=pa.schema(fields))
    file = folder / f"{number}.parquet"
    writer = rng.choice(["pyarrow"] * 8 + ["polars", "duckdb", "fastparquet"])
    try:
        other_table = table if writer == "pyarrow" else simplified(writer, table)
        options = WRITERS[writer](rng, file, other_table, kind == "shard")
    except BaseException as problem:  # a writer that does not write such a table; polars panics
        if writer == "pyarrow" or isinstance(problem, KeyboardInterrupt):
            raise
        said = f"{writer}: {type(problem).__name__} {str(problem)[:60]}"
        writer = "pyarrow"
        options = {**by_pyarrow(rng, file, table, kind == "shard"), "instead": said}
    read = pq.ParquetFile(file).read()
    expected = Expected(read, meant)
    answer = {"number": number, "kind": kind, "rows": n}
    if kind == "dataset":
        answer["texts"] = {"unique_id": expected.ids(), "product_id": expected.texts("product_id", False)}
        answer["texts"]["grid_cell"] = expected.cells(False)
        answer["texts"]["parquet_url"] = urls = expected.texts("parquet_url", False)
        answer["numbers"] = {c: expected.numbers(c) for c in ("centre_lat", "centre_lon")}
        answer["numbers"]["parquet_row"] = expected.rows(False, urls)
        answer["numbers"]["cloud_cover"] = expected.clouds()
        answer["millis"] = expected.millis("timestamp")
        answer["embedding"], answer["dimension"] = expected.embedding()
    elif kind == "metadata":
        answer["texts"] = {c: expected.texts(c) for c in ("product_id", "parquet_url")}
        answer["texts"]["grid_cell"] = expected.cells()
        answer["numbers"] = {"parquet_row": expected.rows(True, answer["texts"]["parquet_url"])}
    else:
        answer["texts"] = {"product_id": expected.texts("product_id"), "grid_cell": expected.cells()}
        answer["millis"] = expected.millis("timestamp")
        if "centre_lat" in read.column_names:
            answer["numbers"] = {c: expected.numbers(c, False) for c in ("centre_lat", "centre_lon")}
        file_meta = pq.read_metadata(file)
        answer["groups"] = [i for i in range(file_meta.num_row_groups) if file_meta.row_group(i).num_rows > 0]
        if any(file_meta.row_group(i).num_rows != 1 for i in answer["groups"]):
            expected.bad.append("not one tile")  # DuckDB makes larger row groups than it is asked for
        twice = {c for c in read.column_names if read.column_names.count(c) > 1}
        answer["pixels"] = {c: None if c in twice else pixel_values(expected, c) for c in ("B04", "thumbnail")}
    bad = list(expected.bad) if n else []
    if options.get("compression") == "brotli" and n:
        bad = ["BROTLI", *bad]
    answer["bad"] = bad
    answer["made"] = f"{writer} {options} " + ", ".join(f"{f.name}: {f.type}{'' if f.nullable else ' required'}" for f in table.schema)
    return answer


for line in sys.stdin:
    folder, first, count = line.rstrip("\n").rsplit(" ", 2)
    with open(Path(folder) / f"{first}.json", "w", encoding="utf-8") as out:
        for seed in range(int(first), int(first) + int(count)):
            out.write(json.dumps(make(seed, Path(folder))) + "\n")
    print("made", flush=True)
