"""Writes a Sentinel-2 scene of COGs by GDAL into the folder of its first argument, and reads windows of them by rasterio.

The line "picture COLUMN ROW SIDE" reads the first overview of the picture into window.bin, as bytes. The line "scene" writes the files. A line "window BAND LATITUDE LONGITUDE METERS" is answered with rows, columns, and the bytes
of the stored tiles that the window touches; the window's samples, as 16-bit integers, are in window.bin. Pixels outside are 0,
the offset of -1000 is undone.
"""

import json
import math
import os
import sys

import numpy
import rasterio
import rasterio.shutil
from pyproj import Transformer
from rasterio.transform import Affine
from rasterio.windows import Window

folder = sys.argv[1]
BANDS = {"TCI": 10, "B02": 10, "B03": 10, "B04": 10, "B05": 20, "SCL": 20}
WEST, NORTH, METERS = 499980, 5000040, 21960


def write(name, size):
    pixels = METERS // size
    rng = numpy.random.default_rng(len(name) + size)
    y, x = numpy.mgrid[0:pixels, 0:pixels] * size / 1000
    if name == "SCL":
        data = (x + y).astype("uint8") % 12
    elif name == "TCI":
        data = numpy.stack([(60 * x + 7 * y) % 256, (11 * y) % 256, (x * y) % 256]).astype("uint8")
    else:
        data = 2500 + 1400 * numpy.sin(x * 1.7) * numpy.cos(y * 2.3) + rng.normal(0, 90, (pixels, pixels))
        data = data.clip(1, 65535).astype("uint16")
        data[(x + y) < 3] = 0
    with rasterio.MemoryFile() as memory:
        options = dict(width=pixels, height=pixels, dtype=data.dtype, crs="EPSG:32633", nodata=0)
        options["count"] = 3 if name == "TCI" else 1
        options["transform"] = Affine(size, 0, WEST, 0, -size, NORTH)
        with memory.open(driver="GTiff", **options) as out:
            out.write(data if name == "TCI" else data[None])
        with memory.open() as source:
            rasterio.shutil.copy(
                source,
                os.path.join(folder, name + ".tif"),
                driver="COG",
                BLOCKSIZE=512,
                COMPRESS="DEFLATE",
                PREDICTOR=2,
            )


def window(name, latitude, longitude, meters):
    size = BANDS[name]
    x, y = Transformer.from_crs(4326, 32633, always_xy=True).transform(longitude, latitude)
    west = round((x - meters / 2) / 60) * 60
    north = round((y - meters / 2) / 60) * 60 + meters
    column, row, side = round((west - WEST) / size), round((NORTH - north) / size), meters // size
    with rasterio.open(os.path.join(folder, name + ".tif")) as read:
        values = read.read(1, window=Window(column, row, side, side), boundless=True, fill_value=0)
        stored = 0
        for i in range(max(0, row) // 512, math.ceil(min(read.height, row + side) / 512)):
            for j in range(max(0, column) // 512, math.ceil(min(read.width, column + side) / 512)):
                stored += int(read.get_tag_item(f"BLOCK_SIZE_{j}_{i}", "TIFF", bidx=1))
    values = values.astype("int32")
    if name != "SCL":
        values = numpy.where(values == 0, 0, (values - 1000).clip(1))
    with open(os.path.join(folder, "window.bin"), "wb") as out:
        out.write(values.astype("<u2").tobytes())
    return [*values.shape, stored]


def picture(column, row, side):
    with rasterio.open(os.path.join(folder, "TCI.tif"), overview_level=0) as read:
        values = read.read(window=Window(column, row, side, side))
    with open(os.path.join(folder, "window.bin"), "wb") as out:
        out.write(numpy.moveaxis(values, 0, -1).tobytes())
    return list(values.shape)


for line in sys.stdin:
    words = line.split()
    if words[0] == "scene":
        for band, resolution in BANDS.items():
            write(band, resolution)
        print("written", flush=True)
    elif words[0] == "picture":
        print(json.dumps(picture(*map(int, words[1:]))), flush=True)
    else:
        print(json.dumps(window(words[1], float(words[2]), float(words[3]), int(words[4]))), flush=True)
