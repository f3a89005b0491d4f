"""Writes rasters of pixel embeddings into the folder of its first argument, and pools their pixels by NumPy and pyproj.

"alphaearth" writes aef.tif by GDAL: int8, 64 bands, bottom-up as those of Source Cooperative, -128 where data are missing.
"tessera" writes grid.npy, grid_scales.npy and grid.tiff, as geotessera reads them: NaN is water, infinity no data.
"zarr" writes store.zarr/utm32 by zarr-python with geotessera's layout and codecs, in smaller shards.
"pool FILE BOXES" with boxes of west, south, east and north in JSON is answered with the number of pixels of each box, the
means of the components and their standard deviations.
"""

import json
import os
import sys

import numpy
import rasterio
import zarr
from pyproj import Transformer
from rasterio.transform import Affine

folder = sys.argv[1]
rng = numpy.random.default_rng(11)
written = {}


def alphaearth():
    height, width = 700, 900
    data = rng.integers(-127, 128, (64, height, width)).astype("int8")
    data[:, :90, :] = -128
    data[:, rng.random((height, width)) < 0.1] = -128
    transform = Affine(10, 0, 499980, 0, 10, 4990000)
    options = dict(driver="GTiff", width=width, height=height, count=64, dtype="int8", nodata=-128)
    options.update(crs="EPSG:32633", transform=transform, tiled=True, blockxsize=256, blockysize=256)
    options.update(compress="zstd", interleave="pixel")
    with rasterio.open(os.path.join(folder, "aef.tif"), "w", **options) as out:
        out.write(data)
    values = data.astype("float64") / 127.5
    values = numpy.sign(values) * values**2
    written["aef"] = (numpy.moveaxis(values, 0, -1), data[0] != -128, transform, 32633)


def tessera():
    height, width = 300, 220
    data = rng.integers(-127, 128, (height, width, 128)).astype("int8")
    scales = rng.uniform(0.01, 0.2, (height, width)).astype("float32")
    scales[rng.random((height, width)) < 0.1] = numpy.nan
    scales[:40, :40] = numpy.inf
    scales[50:60, 50:60] = 3e38
    scales[60:70, 50:60] = 0
    transform = Affine(10, 0, 300000, 0, -10, 6000000)
    numpy.save(os.path.join(folder, "grid.npy"), data)
    numpy.save(os.path.join(folder, "grid_scales.npy"), scales)
    options = dict(driver="GTiff", width=width, height=height, count=1, dtype="uint8")
    with rasterio.open(
        os.path.join(folder, "grid.tiff"), "w", crs="EPSG:32733", transform=transform, **options
    ) as out:
        out.write(numpy.ones((1, height, width), "uint8"))
    values = data.astype("float64") * scales[..., None]
    written["tessera"] = (values, (scales > 0) & (scales < 1), transform, 32733)


def store():
    height, width, shard, chunk = 512, 384, 128, 32
    group = zarr.open_group(os.path.join(folder, "store.zarr"), mode="w", zarr_format=3).create_group("utm32")
    blosc = zarr.codecs.BloscCodec(cname="zstd", clevel=3)
    embeddings = group.create_array(
        "embeddings",
        shape=(2, 128, height, width),
        chunks=(1, 128, chunk, chunk),
        shards=(1, 128, shard, shard),
        dtype="int8",
        fill_value=0,
        compressors=blosc,
    )
    scales = group.create_array(
        "scales",
        shape=(2, height, width),
        chunks=(1, chunk, chunk),
        shards=(1, shard, shard),
        dtype="float32",
        fill_value=float("inf"),
        compressors=blosc,
    )
    time = group.create_array("time", shape=(2,), dtype="int32", compressors=blosc)
    time[:] = numpy.array([2023, 2024], "int32")
    y, x = numpy.mgrid[0:height, 0:width]
    # Smooth, so that Blosc compresses and shuffles them; noise is stored as it is.
    data = ((y + x + 3 * numpy.arange(128)[:, None, None]) // 5 % 256 - 128).astype("int8")
    data[:, :64, :64] = rng.integers(-128, 128, (128, 64, 64))
    factors = (0.05 + 0.0001 * ((y // 3 + x // 7) % 300)).astype("float32")
    factors[rng.random((height, width)) < 0.05] = numpy.nan
    # The last shards of rows are absent.
    embeddings[1, :, :384] = data[:, :384]
    scales[1, :384] = factors[:384]
    factors[384:] = numpy.inf
    transform = Affine(10, 0, 600000, 0, -10, 5200000)
    group.attrs.update({"proj:code": "EPSG:32632", "spatial:transform": list(transform)[:6]})
    values = numpy.moveaxis(data, 0, -1).astype("float64") * factors[..., None]
    written["zarr"] = (values, (factors > 0) & (factors < 1), transform, 32632)


def pool(name, boxes):
    values, valid, transform, epsg = written[name]
    rows, columns = numpy.mgrid[0 : values.shape[0], 0 : values.shape[1]] + 0.5
    x, y = transform * (columns, rows)
    lon, lat = Transformer.from_crs(epsg, 4326, always_xy=True).transform(x, y)
    pooled = []
    for west, south, east, north in boxes:
        chosen = values[valid & (lon >= west) & (lon < east) & (lat >= south) & (lat < north)]
        if len(chosen) == 0:
            pooled.append([0, [], []])
        else:
            pooled.append([len(chosen), chosen.mean(0).tolist(), chosen.std(0).tolist()])
    return pooled


for line in sys.stdin:
    words = line.split(maxsplit=2)
    if words[0] == "pool":
        print(json.dumps(pool(words[1], json.loads(words[2]))), flush=True)
    else:
        {"alphaearth": alphaearth, "tessera": tessera, "zarr": store}[words[0]]()
        print("written", flush=True)
