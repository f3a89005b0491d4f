"""Writes the small files that TablesTest reads: one table by several writers, and tables whose columns have every type that
the columns of a dataset may have. Needs pyarrow 26.0.1, pandas 3.1.1, polars 2.1.0, duckdb 2.0.0, fastparquet 2026.9.0; what
Spark and parquet-mr write is made by make_spark_tables.py.

Usage: python make_tables.py FOLDER
"""

import sys
import uuid
import warnings
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import duckdb
import fastparquet
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])
N, D = 100, 4
START = datetime(2022, 11, 15, 16, 18, 19, 250_000, timezone.utc)


def is_null(i):
    """First, last, alternating, in a run, and here and there."""
    return i < 8 or i >= 95 or 20 <= i < 40 and i % 2 == 0 or 50 <= i < 70 or i in (73, 74, 81)


def texts():
    return {
        "unique_id": [f"id-{i}" for i in range(N)],
        "grid_cell": [f"{i}U_{i}R" for i in range(N)],
        "product_id": [f"product-{i % 5}" for i in range(N)],
        "timestamp": [f"20221115T1618{i % 60:02}" for i in range(N)],
        "parquet_url": [None if is_null(i) else f"https://example.org/{i % 3}.parquet" for i in range(N)],
    }


def numbers():
    return {
        "centre_lat": [i / 2 for i in range(N)],
        "centre_lon": [-i / 4 for i in range(N)],
        "parquet_row": [None if is_null(i) else i for i in range(N)],
        "cloud_cover": [None if is_null(i) else i / 2 for i in range(N)],
    }


EMBEDDING = [[i + j / 8 for j in range(D)] for i in range(N)]
TABLE = pa.table({
    **texts(),
    **{k: pa.array(v, pa.int64() if k == "parquet_row" else pa.float64()) for k, v in numbers().items()},
    "embedding": pa.array(EMBEDDING, pa.list_(pa.float32())),
})


def with_columns(table=TABLE, **columns):
    for name, values in columns.items():
        i = table.schema.get_field_index(name)
        table = table.append_column(name, values) if i < 0 else table.set_column(i, name, values)
    return table


def write(name, table, **options):
    pq.write_table(table, folder / f"{name}.parquet", **{"compression": "zstd", **options})


def writers():
    write("pyarrow-v1", TABLE, data_page_size=200, write_batch_size=8)
    write("pyarrow-v2", TABLE, use_dictionary=False, data_page_version="2.0", data_page_size=200, write_batch_size=8)
    frame = pl.from_arrow(TABLE)
    frame.write_parquet(folder / "polars.parquet", row_group_size=40)
    duckdb.from_arrow(TABLE).write_parquet(str(folder / "duckdb.parquet"), row_group_size=40)
    # fastparquet writes no lists: a row's floats in one value, as its bytes of fixed length.
    flat = TABLE.drop(["embedding"]).to_pandas()
    flat["parquet_row"] = flat["parquet_row"].astype("Int64")
    flat["cloud_cover"] = flat["cloud_cover"].astype("Float64")
    flat["embedding"] = [np.array(row, np.float32).tobytes() for row in EMBEDDING]
    for name, version in (("fastparquet-v1", 1), ("fastparquet-v2", 2)):
        fastparquet.writer.DATAPAGE_VERSION = version
        fastparquet.write(
            str(folder / f"{name}.parquet"), flat, compression="SNAPPY", fixed_text={"embedding": 4 * D},
            has_nulls=["parquet_url", "parquet_row", "cloud_cover"], row_group_offsets=40,
            object_encoding={"embedding": "bytes", **{k: "utf8" for k in texts()}})


def types():
    lat, lon, row, cloud = numbers().values()

    def decimal(values, precision, scale):
        quantum = Decimal(1).scaleb(-scale)
        return pa.array(
            [None if v is None else Decimal(v).quantize(quantum) for v in values], pa.decimal128(precision, scale))

    def exact(values, kind):
        return pa.array(values, kind)

    columns = with_columns(
        centre_lat=decimal(lat, 4, 1), centre_lon=decimal(lon, 15, 9), cloud_cover=decimal(cloud, 30, 20),
        parquet_row=decimal(row, 10, 0))
    write("decimals-fixed", columns)
    write("decimals-int", columns, store_decimal_as_integer=True)
    # Of BYTE_ARRAY: pyarrow cannot write it, so the test sets the type in the footer.
    def packed(values, scale):
        out = []
        for v in values:
            n = None if v is None else int(Decimal(v).scaleb(scale))
            out.append(None if n is None else n.to_bytes((n.bit_length() + 8) // 8, "big", signed=True))
        return pa.array(out, pa.binary())

    write("decimals-bytes", with_columns(centre_lat=packed(lat, 1), centre_lon=packed(lon, 2), cloud_cover=packed(cloud, 1),
                                         parquet_row=packed(row, 0)))
    duckdb.from_arrow(TABLE).project(
        "* replace (centre_lat::decimal(4,1) as centre_lat, centre_lon::decimal(18,2) as centre_lon, "
        "cloud_cover::decimal(30,5) as cloud_cover, parquet_row::uhugeint as parquet_row)"
        .replace("uhugeint", "uinteger")).write_parquet(str(folder / "decimals-duckdb.parquet"))
    write("unsigned", with_columns(parquet_row=exact(row, pa.uint16()), cloud_cover=exact(cloud, pa.float16()),
                                   centre_lat=exact(lat, pa.float16())))
    write("uuid", with_columns(
        unique_id=pa.array([uuid.UUID(int=i * 0x1234567890ABCDEF0123).bytes for i in range(N)], pa.uuid()),
        product_id=pa.array(texts()["product_id"]).dictionary_encode(),
        grid_cell=pa.array([t.encode() for t in texts()["grid_cell"]], pa.binary())))
    write("image", with_columns(product_id=pa.array(
        [{"bytes": b"x", "path": "y"} for _ in range(N)], pa.struct([("bytes", pa.binary()), ("path", pa.string())]))))


def times():
    def at(i):
        return START + timedelta(seconds=i)

    def text(name, form):
        write(f"times-{name}", with_columns(timestamp=pa.array([form(at(i), i) for i in range(N)])))

    zones = [timezone(timedelta(hours=h, minutes=m)) for h, m in ((0, 0), (2, 0), (-5, 0), (5, 45), (-9, -30))]
    text("zones", lambda t, i: t.astimezone(zones[i % 5]).isoformat())
    text("basic", lambda t, i: t.astimezone(zones[i % 5]).strftime("%Y%m%dT%H%M%S.%f%z"))
    duckdb.sql("set timezone = 'UTC'")
    made = duckdb.from_arrow(with_columns(timestamp=pa.array([at(i) for i in range(N)], pa.timestamp("us", "UTC"))))
    made.project("* replace (\"timestamp\"::varchar as \"timestamp\")").write_parquet(str(folder / "times-duckdb.parquet"))


def nulls():
    bare = TABLE.drop(["parquet_url", "parquet_row", "cloud_cover"])
    frame = bare.to_pandas()
    for name in "parquet_url", "parquet_row", "cloud_cover":
        frame[name] = None
    frame.to_parquet(folder / "nulls-pandas.parquet")
    frame["embedding"] = [np.array(row, np.float32).tobytes() for row in EMBEDDING]
    fastparquet.write(str(folder / "nulls-fastparquet.parquet"), frame, fixed_text={"embedding": 4 * D},
                      object_encoding={"embedding": "bytes", **{k: "utf8" for k in texts()}})
    pl.from_arrow(bare).with_columns(
        parquet_url=None, parquet_row=None, cloud_cover=None).write_parquet(folder / "nulls-polars.parquet")
    duckdb.from_arrow(bare).project("*, null as parquet_url, null as parquet_row, null as cloud_cover").write_parquet(
        str(folder / "nulls-duckdb.parquet"))
    write("nulls-typed", with_columns(parquet_url=pa.nulls(N, pa.bool_()), parquet_row=pa.nulls(N, pa.date32()),
                                      cloud_cover=pa.nulls(N, pa.string())))


def empty():
    with pq.ParquetWriter(folder / "empty-groups.parquet", TABLE.schema) as writer:
        for part in TABLE.slice(0, 0), TABLE.slice(0, 30), TABLE.slice(0, 0), TABLE.slice(30), TABLE.slice(0, 0):
            writer.write_table(part)
    write("empty-pyarrow", TABLE.slice(0, 0))
    pl.from_arrow(TABLE).clear().write_parquet(folder / "empty-polars.parquet")
    duckdb.from_arrow(TABLE).filter("false").write_parquet(str(folder / "empty-duckdb.parquet"))
    TABLE.drop(["embedding"]).to_pandas().iloc[:0].to_parquet(folder / "empty-fastparquet.parquet", engine="fastparquet")


def structs():
    pair = pa.struct([("a", pa.float32()), ("b", pa.float32())])
    write("struct-embedding", with_columns(embedding=pa.array([{"a": 1, "b": 2}] * N, pair)))
    write("struct-of-list", with_columns(embedding=pa.array([{"a": [1.0] * D}] * N, pa.struct([("a", pa.list_(pa.float32()))]))))
    write("list-of-structs", with_columns(
        embedding=pa.array([[{"a": 1.0}] * D] * N, pa.list_(pa.struct([("a", pa.float32())])))))
    required = pa.list_(pa.field("element", pa.float32(), nullable=False))
    lists = TABLE.drop(["embedding"])
    write("lists-required", pa.table(
        [*lists.columns, pa.array(EMBEDDING, required)],
        schema=lists.schema.append(pa.field("embedding", required, nullable=False))))
    write("twice", TABLE.append_column("centre_lat", pa.array([0.0] * N)))


def rows():
    """A parquet_row in row 1 that is no row group."""
    part = TABLE.slice(41, 3).set_column(0, "unique_id", pa.array(["a", "b", "c"]))
    for name, value in ("large", 1e10), ("fraction", 1.5), ("negative", -1.0), ("nan", np.nan), ("infinite", np.inf):
        write(f"row-{name}", with_columns(part, parquet_url=pa.array(["https://example.org/1.parquet"] * 3),
                                          parquet_row=pa.array(np.array([0, value, 2]))))


def shards():
    """Shards of tiles: one row in each row group."""
    n = 4
    table = pa.table({
        "product_id": [f"product-{i}" for i in range(n)],
        "grid_cell": [f"{i}U_{i}R" for i in range(n)],
        "timestamp": [f"20221115T16181{i}" for i in range(n)],
        "B04": pa.array([b"band-%d" % i for i in range(n)]),
        "thumbnail": pa.array([None if i % 2 else b"picture-%d" % i for i in range(n)]),
    })
    fastparquet.writer.DATAPAGE_VERSION = 1
    fastparquet.write(str(folder / "shard-fastparquet.parquet"), table.to_pandas(), row_group_offsets=1, has_nulls=True,
                      object_encoding={c: "bytes" if c in ("B04", "thumbnail") else "utf8" for c in table.column_names})
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    images = with_columns(
        table,
        B04=pa.array([{"bytes": b"band-%d" % i, "path": f"{i}.tif"} for i in range(n)], image),
        thumbnail=pa.array([None if i % 2 else {"bytes": b"picture-%d" % i, "path": None} for i in range(n)], image),
        timestamp=pa.array([datetime(2022, 11, 15, 16, 18, 10 + i) for i in range(n)], pa.timestamp("us")),
        cloud_mask=pa.nulls(n),
        B03=pa.array([{"a": b"x", "b": b"y"}] * n, pa.struct([("a", pa.binary()), ("b", pa.binary())])))
    images = images.append_column("B02", pa.array([b"x"] * n)).append_column("B02", pa.array([b"y"] * n))
    with pq.ParquetWriter(folder / "shard-images.parquet", images.schema) as writer:
        for i in range(n):
            writer.write_table(images.slice(i, 1))
            if i == 1:
                writer.write_table(images.slice(0, 0))


rows()
shards()
writers()
types()
times()
nulls()
empty()
structs()
