"""Writes a GeoTIFF by GDAL for each line, a folder and a number, and answers with windows that GDAL reads from it.

The number seeds all choices: type, bands, blocks, compression, predictor, interleaving, overviews, BigTIFF, missing blocks,
orientation. The samples of the windows, as 64-bit floats band by band in each pixel, are in the file windows.bin.
"""

import json
import os
import sys

import numpy
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.windows import Window


def answer(folder, number):
    rng = numpy.random.default_rng(number)
    dtype = str(rng.choice(["uint8", "uint16", "int8", "int16", "float32"]))
    bands = int(rng.choice([1, 1, 2, 3, 5, 64]))
    limit = 400 if bands < 10 else 150
    width, height = int(rng.integers(1, limit)), int(rng.integers(1, limit))
    tiled = bool(rng.random() < 0.8)
    compress = str(rng.choice(["none", "deflate", "lzw", "zstd", "packbits"]))
    predictor = 1
    if compress in ("deflate", "lzw", "zstd"):
        predictor = int(rng.choice([1, 3] if dtype == "float32" else [1, 2]))
        if dtype == "float32" and rng.random() < 0.3:
            predictor = 2
    up = bool(rng.random() < 0.2)
    step = float(rng.choice([10, 20, 0.5]))
    west, edge = 399960.0 + 60 * int(rng.integers(0, 1000)), 4700040.0
    options = {
        "driver": "GTiff",
        "width": width,
        "height": height,
        "count": bands,
        "dtype": dtype,
        "crs": "EPSG:32632",
        "transform": Affine(step, 0, west, 0, step if up else -step, edge),
        "tiled": tiled,
        "compress": compress,
        "interleave": str(rng.choice(["pixel", "band"])),
        "BIGTIFF": str(rng.choice(["YES", "NO"])),
        "SPARSE_OK": True,
        "ENDIANNESS": str(rng.choice(["LITTLE", "BIG"])),
    }
    if predictor > 1:
        options["predictor"] = predictor
    if tiled:
        options["blockxsize"], options["blockysize"] = (int(16 * v) for v in rng.integers(1, 9, 2))
    else:
        options["blockysize"] = int(rng.integers(1, 50))
    missing = None
    if rng.random() < 0.5:
        missing = {"int8": -128, "int16": -9999}.get(dtype, 0 if rng.random() < 0.5 else 7)
        options["nodata"] = missing
    file = os.path.join(folder, f"{number}.tif")
    if dtype == "float32":
        data = rng.normal(size=(bands, height, width)).astype(dtype)
    else:
        info = numpy.iinfo(dtype)
        data = rng.integers(info.min, info.max + 1, (bands, height, width)).astype(dtype)
        if rng.random() < 0.5:
            data //= 16
    with rasterio.open(file, "w", **options) as out:
        if rng.random() < 0.2:
            # The other blocks stay missing.
            part = Window(0, 0, (width + 1) // 2, (height + 1) // 2)
            out.write(data[:, : part.height, : part.width], window=part)
        else:
            out.write(data)
    factors = [f for f in (2, 4, 8) if min(width, height) // f > 0 and rng.random() < 0.6]
    if factors:
        with rasterio.open(file, "r+") as out:
            out.build_overviews(factors, Resampling.nearest)
    windows = []
    with open(os.path.join(folder, "windows.bin"), "wb") as samples:
        for level in range(-1, len(factors)):
            with rasterio.open(file, **({} if level < 0 else {"overview_level": level})) as read:
                for _ in range(4):
                    row, column = int(rng.integers(0, read.height)), int(rng.integers(0, read.width))
                    rows = int(rng.integers(1, read.height - row + 1))
                    columns = int(rng.integers(1, read.width - column + 1))
                    chosen = [int(b) for b in rng.permutation(bands)[: int(rng.integers(1, bands + 1))]]
                    values = read.read([b + 1 for b in chosen], window=Window(column, row, columns, rows))
                    samples.write(numpy.moveaxis(values, 0, -1).astype("<f8").tobytes())
                    windows.append([level + 1, row, column, rows, columns, chosen])
    return {
        "file": file,
        "what": f"{dtype} {bands} x {height} x {width} {options}",
        "missing": missing,
        "grid": [west, step, edge, step if up else -step],
        "levels": 1 + len(factors),
        "windows": windows,
    }


for line in sys.stdin:
    place, seed = line.split()
    try:
        print(json.dumps(answer(place, int(seed))), flush=True)
    except Exception as e:
        raise SystemExit(f"number {seed}: {e!r}")
