"""Single tiles out of a large shard over HTTP: ours beside pyarrow, DuckDB, parquet-java and Hardwood.

Usage: store.py FOLDER [fast|slow]; `./run compare store` calls it. With a Java older than 21, which Hardwood needs, the two Java
peers are left out. Writes one shard of the shape of MajorTOM Core-S2L2A with pyarrow (500 row groups of one tile, the
17 columns, 4 GB) and four more names of it, and reads them from a loopback server that waits 50 ms before each reply, and
again with 12.5 MB/s a connection, unless only one of both is asked for. Every figure is a median of turns taken in one run.
"""

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from io import BytesIO
from pathlib import Path

import duckdb
import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import rasterio
from fsspec.implementations.http import HTTPFileSystem
from PIL import Image
from rasterio.transform import from_origin

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
from common import SHORT, Java, Median, Rows, java_release

ROWS, TURNS, LATENCY, BANDWIDTH = (60 if SHORT else 500), (5 if SHORT else 7), 50, 12_500_000
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
BANDS = dict(B01=178, B02=1068, B03=1068, B04=1068, B05=534, B06=534, B07=534, B08=1068, B8A=534, B09=178, B11=534, B12=534)
COLORS = ["B04", "B03", "B02"]


def ground(size, seed):
    """Reflectances with the spectrum of a landscape, 1/f, and sensor noise: they deflate about as real ones do."""
    random = np.random.default_rng(seed)
    f = np.hypot(*np.meshgrid(np.fft.fftfreq(size), np.fft.rfftfreq(size), indexing="ij"))
    f[0, 0] = 1
    spectrum = np.fft.rfft2(random.normal(size=(size, size))) / f
    field = np.fft.irfft2(spectrum, s=(size, size))
    return (1500 + 400 * field / field.std() + 8 * random.normal(size=(size, size))).clip(1, 9999).astype(np.uint16)


def geotiff(pixels, meters):
    with rasterio.MemoryFile() as memory:
        with memory.open(driver="GTiff", height=pixels.shape[0], width=pixels.shape[1], count=1, dtype=pixels.dtype.name,
                         crs="EPSG:32633", transform=from_origin(500_000, 5_000_000, meters, meters),
                         compress="deflate", predictor=2) as file:
            file.write(pixels, 1)
        return memory.read()


def write_shard(path):
    tile = {name: geotiff(ground(size, i), 10 * 1068 // size) for i, (name, size) in enumerate(BANDS.items())}
    tile["cloud_mask"] = geotiff((ground(1068, 99) // 2500).astype(np.uint8), 10)
    picture = BytesIO()
    rgb = np.stack([ground(1068, i) / 40 for i in (3, 2, 1)], -1).clip(0, 255).astype(np.uint8)
    Image.fromarray(rgb).save(picture, "JPEG")
    tile["thumbnail"] = picture.getvalue()
    texts = ["product_id", "grid_cell", "timestamp"]
    schema = pa.schema([(n, pa.string()) for n in texts] + [(n, pa.binary()) for n in tile])
    beside = path.with_suffix(".tmp")
    with pq.ParquetWriter(beside, schema) as writer:
        for row in range(ROWS):
            writer.write_table(pa.table(
                [[f"S2A_MSIL2A_20240101T000000_N0510_R001_T01ABC_20240101T000001_{row}"], [f"{row}U_{row}R"],
                 ["20240101T000000"]] + [[v] for v in tile.values()], schema))
    beside.rename(path)


first = folder / "part_00001.parquet"
if not first.exists():
    write_shard(first)
for i in range(2, 6):
    name = folder / f"part_0000{i}.parquet"
    if not name.exists():
        os.link(first, name)
footer = pq.ParquetFile(first).metadata
sizes = {footer.row_group(0).column(i).path_in_schema: footer.row_group(0).column(i).total_compressed_size
         for i in range(footer.num_columns)}
print(f"shard {first.stat().st_size / 1e9:.2f} GB, footer {footer.serialized_size / 1e6:.2f} MB,",
      f"three bands {sum(sizes[b] for b in COLORS) / 1e6:.2f} MB, thumbnail {sizes['thumbnail'] / 1e6:.2f} MB", flush=True)

server = Java("io.earthembed.benchmarks.StorePeer", "serve", folder)
base = server.answer()[0]
urls = [f"{base}part_0000{i}.parquet" for i in range(1, 6)]
ours = Java("io.earthembed.benchmarks.StorePeer", "read")
JAVA_PEERS = java_release() >= 21
if JAVA_PEERS:
    subprocess.run(["mvn", "-q", "-B", "-ntp", "compile"], cwd=here, check=True)
    peers = Java("io.earthembed.peers.Peers", classes=here / "target")
SEED = "seed: pyarrow, read-ahead"
WARM = ("plain request of the same bytes", "pyarrow pre-buffered, file kept open", "parquet-java vectored, footer kept",
        "Hardwood, file kept open")
COLD = ("pyarrow, pre-buffered", "DuckDB", "parquet-java, vectored", "Hardwood")
row = 0


def next_row():
    global row
    row = (row + 37) % ROWS
    return row


def chunk(columns, r):
    found = [footer.row_group(r).column(i) for i in range(footer.num_columns) if footer.row_group(r).column(i).path_in_schema in columns]
    starts = [c.dictionary_page_offset or c.data_page_offset for c in found]
    ends = [s + c.total_compressed_size for s, c in zip(starts, found)]
    return min(starts), max(ends) - min(starts)


def seed(columns):
    """As EarthEmbeddingExplorer reads a picture."""
    with fsspec.open(urls[0], cache_type="readahead", block_size=5 << 20) as f:
        return pq.ParquetFile(f).read_row_group(next_row(), columns=columns)


def pyarrow_buffered(columns):
    with fsspec.open(urls[0], cache_type="none") as f:
        return pq.ParquetFile(f, pre_buffer=True).read_row_group(next_row(), columns=columns)


kept = {}


def pyarrow_warm(columns):
    if "file" not in kept:
        kept["file"] = pq.ParquetFile(fsspec.open(urls[0], cache_type="none").open(), pre_buffer=True)
    return kept["file"].read_row_group(next_row(), columns=columns)


class Dated(HTTPFileSystem):
    """DuckDB asks for a date, which fsspec's HTTP does not provide; its own httpfs would have to be downloaded."""

    def modified(self, path):
        return datetime(2024, 1, 1)


duck = duckdb.connect()
duck.register_filesystem(Dated(skip_instance_cache=True))


def duckdb_read(columns):
    cell = next_row()
    return duck.execute(f"select {','.join(columns)} from read_parquet('{urls[0]}') where grid_cell = '{cell}U_{cell}R'").fetchall()


def java_peers(state, columns):
    """parquet-java and Hardwood, if they run here, under the names of the report."""
    names = (WARM if state == "warm" else COLD)[-2:] if JAVA_PEERS else ()
    return {name: lambda library=library: peers(library, state, urls[0], next_row(), ",".join(columns))
            for library, name in zip(("parquet-java", "hardwood"), names)}


def stored(columns):
    return lambda: ours("stored", urls[0], next_row(), ",".join(columns))


def cold(columns):
    def read():
        ours("new")
        return ours("stored", urls[0], next_row(), ",".join(columns))
    return read


def indexed(columns):
    def read():
        ours("new")
        return ours("indexed", next_row(), ",".join(columns))
    return read


def five(parts, count, fresh):
    def read():
        if fresh:
            ours("new")
        rows = ",".join(str(next_row()) for _ in range(count))
        return ours("tiles", parts, ",".join(urls[:count]), rows)
    return read


def together(columns, count, fresh):
    def read():
        if fresh:
            ours("new")
        return ours("together", ",".join(urls[:count]), ",".join(str(next_row()) for _ in range(count)), ",".join(columns))
    return read


def turns(sides, rounds=TURNS):
    """Medians of milliseconds, requests and bytes as the server counts them; sides take turns."""
    seen = {name: [] for name in sides}
    for turn in range(rounds + 2):
        for name, side in sides.items():
            r0, b0 = server("counts")
            start = time.perf_counter()
            side()
            ms = (time.perf_counter() - start) * 1e3
            r1, b1 = server("counts")
            if turn >= 2:
                seen[name].append((ms, r1 - r0, b1 - b0))
    return {name: [Median(v[i] for v in all) for i in range(3)] for name, all in seen.items()}


def compare(title, columns):
    ours("index", urls[0], ",".join(columns))
    ours("new")
    ours("stored", urls[0], 0, columns[0])
    warm = {"plain request of the same bytes": lambda: ours("plain", urls[0], *chunk(columns, next_row())),
            "ours, warm": stored(columns),
            SEED: lambda: seed(columns),
            "pyarrow pre-buffered, file kept open": lambda: pyarrow_warm(columns),
            **java_peers("warm", columns)}
    fresh = {"ours, cold, indexed": indexed(columns),
             "ours, cold": cold(columns),
             SEED: lambda: seed(columns),
             "pyarrow, pre-buffered": lambda: pyarrow_buffered(columns),
             "DuckDB": lambda: duckdb_read(columns),
             **java_peers("cold", columns)}
    results = {"warm": turns(warm), "cold": turns(fresh)}
    wanted = sum(sizes[c] for c in columns)
    for state, sides in results.items():
        print(f"\n{title}, {state}: {wanted / 1e6:.2f} MB\n| | ms | requests | bytes / wanted |\n| --- | --- | --- | --- |")
        for name, (ms, requests, sent) in sides.items():
            print(f"| {name} | {ms:.0f} | {requests:.0f} | {sent / wanted:.3f} |")
    return results


def rows_of_report(title, results):
    for state, names in (("warm", WARM), ("cold", COLD)):
        for name in names:
            if name in results[state]:
                lines.add(f"{title}, {state}", results[state][f"ours, {state}"][0], results[state][name][0], name, "ms",
                          most=1.1 if name == WARM[0] else None)
            else:
                lines.without(f"{title}, {state}", name, "no JDK of 21 or later")
    for state, group in (("warm", "warm"), ("cold, indexed", "cold"), ("cold", "cold")):
        ms, requests, sent = results[group][f"ours, {state}"]
        seed_ms, seed_requests, seed_sent = results[group][SEED]
        lines.add(f"{title}, {state}", ms, seed_ms, SEED, "ms", most=1 / 3)
        lines.add(f"{title}, {state}", sent.map(lambda n: 1e-6 * n), seed_sent.map(lambda n: 1e-6 * n), SEED, "MB", most=0.2)
        lines.add(f"{title}, {state}", requests, seed_requests, SEED, "requests")


report = {}
lines = Rows()
server("latency", LATENCY)
for network, rate in (("50 ms", 2**62), ("50 ms, 12.5 MB/s a connection", BANDWIDTH)):
    if ("slow" in sys.argv and rate > BANDWIDTH) or ("fast" in sys.argv and rate == BANDWIDTH):
        continue
    server("bandwidth", rate)
    kept.clear()
    for what, columns in (("three bands", COLORS), ("thumbnail", ["thumbnail"])):
        results = report[f"{what}, {network}"] = compare(f"{what}, {network}", columns)
        rows_of_report(f"{what}, {network}", results)
    print(f"\nfive tiles in five shards, {network}\n| | one, ms | five, ms | ratio |\n| --- | --- | --- | --- |")
    for parts, columns in (("thumbnail", ["thumbnail"]), ("colour", COLORS)):
        ours("new")
        for how, state in ((h, s) for h in ("as stored", "decoded") for s in ("cold", "warm")):
            fresh = state == "cold"
            side = (lambda n: together(columns, n, fresh)) if how == "as stored" else (lambda n: five(parts, n, fresh))
            r = turns({"one": side(1), "five in five shards": side(5)})
            ratio = r["five in five shards"][0] / r["one"][0]
            name = f"{parts}, {how}, {state}"
            report[f"five: {name}, {network}"] = r
            lines.add(f"five tiles in five shards: {name}, {network}", r["five in five shards"][0], r["one"][0], "one tile", "ms",
                      most=1.3)
            print(f"| {name} | {r['one'][0]:.0f} | {r['five in five shards'][0]:.0f} | {ratio:.2f} |", flush=True)
(folder / "store.json").write_text(json.dumps(report, indent=1))
lines.write(folder, "store")
duck.close()
