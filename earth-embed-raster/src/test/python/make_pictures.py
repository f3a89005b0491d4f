"""Writes the pictures of PictureStoreTest with Pillow and rasterio (GDAL).

The argument is a folder. The sample in row y, column x, band b of a TIFF of digital numbers is 1000 b + 100 y + x + 1; that
of a picture of 8 bits is 40 y + 7 x + 60 b.
"""

import sys
from pathlib import Path

import numpy as np
import rasterio
from PIL import Image
from rasterio.transform import from_origin

HEIGHT, WIDTH = 3, 5
folder = Path(sys.argv[1])


def samples(bands, row, column, band):
    b, y, x = np.mgrid[:bands, :HEIGHT, :WIDTH]
    return band * b + row * y + column * x


def tiff(name, values, dtype):
    with rasterio.open(
        folder / name, "w", driver="GTiff", height=HEIGHT, width=WIDTH, count=len(values), dtype=dtype, crs="EPSG:32632",
        transform=from_origin(500_000, 5_000_000, 10, 10), compress="deflate",
    ) as file:
        file.write(values.astype(dtype))


numbers = samples(12, 100, 1, 1000) + 1
tiff("numbers3.tif", numbers[:3], "uint16")
tiff("numbers4.tif", numbers[:4], "uint16")
tiff("numbers12.tif", numbers, "uint16")
tiff("floats3.tif", numbers[:3] + 0.5, "float32")
tones = samples(3, 40, 7, 60).astype(np.uint8)
tiff("colors.tif", tones, "uint8")
tiff("gray.tif", tones[:1], "uint8")
picture = np.ascontiguousarray(tones.transpose(1, 2, 0))
Image.fromarray(picture).save(folder / "colors.png")
Image.fromarray(picture).resize((32, 16)).save(folder / "colors.jpg")
