"""Writes the GeoTIFFs that GeoTiffTest reads, in the forms that rasterio (GDAL) may give a band. Needs rasterio 1.4.4.

Usage: python make_geotiffs.py FOLDER
"""

import sys
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin

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
for name, options in FORMS.items():
    with rasterio.open(Path(sys.argv[1]) / f"{name}.tif", "w", driver="GTiff", height=48, width=80, count=1,
                       dtype="uint16", crs="EPSG:32733", transform=from_origin(431_230, 7_654_320, 10, 10),
                       **options) as out:
        out.write(pixels, 1)
