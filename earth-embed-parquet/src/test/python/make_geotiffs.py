"""Writes the GeoTIFFs that GeoTiffTest reads, in the forms that rasterio (GDAL) may give a band. Needs rasterio 1.4.4.

Usage: python make_geotiffs.py FOLDER
"""

import sys
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin
from rasterio.windows import Window

rows, columns = np.mgrid[0:48, 0:80]
pixels = (rows * 1000 + columns * 37 + (rows * columns) % 11).astype(np.uint16)
FORMS = {
    "plain": {},
    "big-endian": {"ENDIANNESS": "BIG"},
    "strips-deflate": {"compress": "deflate", "blockysize": 7},
    "strips-lzw-predictor": {"compress": "lzw", "predictor": 2},
    "tiles-deflate-predictor": {"compress": "deflate", "predictor": 2, "tiled": True, "blockxsize": 32, "blockysize": 16},
    "tiles-lzw": {"compress": "lzw", "tiled": True, "blockxsize": 64, "blockysize": 32},
    "big-endian-lzw-predictor": {"compress": "lzw", "predictor": 2, "ENDIANNESS": "BIG"},
}
TENTHS = pixels.astype(np.float32) / np.float32(10) - np.float32(1000)
# The sample types and their stored forms.
SAMPLES = {
    "int16": (pixels.astype(np.int16), {"compress": "deflate", "predictor": 2}),
    "int16-big-endian": (pixels.astype(np.int16), {"compress": "lzw", "ENDIANNESS": "BIG"}),
    "int8": (pixels.astype(np.int8), {"compress": "zstd", "predictor": 2}),
    "float32": (TENTHS, {"compress": "zstd", "predictor": 3, "tiled": True, "blockxsize": 32, "blockysize": 16}),
    "float32-big-endian": (TENTHS, {"compress": "deflate", "predictor": 2, "ENDIANNESS": "BIG"}),
    "float16": ((pixels % 2048 / 8 - 100).astype(np.float32), {"compress": "deflate", "NBITS": 16, "predictor": 3}),
    "bits-1": ((pixels % 2).astype(np.uint8), {"compress": "packbits", "NBITS": 1}),
    "bits-4": ((pixels % 16).astype(np.uint8), {"compress": "deflate", "NBITS": 4}),
    "bits-12": ((pixels % 4096).astype(np.uint16), {"compress": "lzw", "NBITS": 12, "ENDIANNESS": "BIG"}),
    "packbits": (pixels, {"compress": "packbits", "blockysize": 5}),
    "big-tiff": (pixels, {"compress": "deflate", "predictor": 2, "BIGTIFF": "YES"}),
    "int32": (pixels.astype(np.int32), {"compress": "deflate"}),
    "uint32": (pixels.astype(np.uint32), {"compress": "deflate"}),
    "float64": (pixels.astype(np.float64), {"compress": "deflate"}),
    "complex64": (pixels.astype(np.complex64), {"compress": "deflate"}),
    "jpeg": (pixels.astype(np.uint8), {"compress": "jpeg"}),
    "lerc": (pixels, {"compress": "lerc"}),
}
# Only the second of three blocks in a row and a column is written.
SPARSE = {
    "sparse-tiles": {"tiled": True, "blockxsize": 32, "blockysize": 16, "compress": "deflate"},
    "sparse-tiles-nodata": {"tiled": True, "blockxsize": 32, "blockysize": 16, "nodata": 7},
    "sparse-strips": {"blockysize": 16, "compress": "lzw"},
    "sparse-strips-nan": {"blockysize": 16, "compress": "zstd", "nodata": float("nan"), "dtype": "float32"},
}


def create(name, **options):
    options = {"dtype": "uint16"} | options
    return rasterio.open(Path(sys.argv[1]) / f"{name}.tif", "w", driver="GTiff", height=48, width=80, count=1, crs="EPSG:32733",
                         transform=from_origin(431_230, 7_654_320, 10, 10), **options)


for name, options in FORMS.items():
    with create(name, **options) as out:
        out.write(pixels, 1)
for name, (samples, options) in SAMPLES.items():
    with create(name, dtype=samples.dtype.name, **options) as out:
        out.write(samples, 1)
for name, options in SPARSE.items():
    with create(name, SPARSE_OK=True, **options) as out:
        rows, columns = slice(16, 32), slice(32, 64) if "tiled" in options else slice(0, 80)
        out.write(pixels[rows, columns].astype(out.dtypes[0]), 1, window=Window.from_slices(rows, columns))
with create("point") as out:
    out.update_tags(AREA_OR_POINT="Point")
    out.write(pixels, 1)
