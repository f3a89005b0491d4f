"""Tells what GDAL reads from GeoTIFFs, for GeoTiffWriterTest. Needs rasterio.

Every line of standard input is the path of a file. The reply is JSON; the pixels go to a file beside it whose name ends in
.raw, interleaved by pixel, in little-endian order.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import rasterio

warnings.simplefilter("ignore")
for line in sys.stdin:
    path = Path(line.strip())
    with rasterio.open(path) as file:
        pixels = np.moveaxis(file.read(), 0, -1)
        path.with_suffix(".raw").write_bytes(pixels.astype(pixels.dtype.newbyteorder("<")).tobytes())
        reply = {
            "shape": pixels.shape,
            "type": str(pixels.dtype),
            "epsg": file.crs.to_epsg() if file.crs else None,
            "transform": list(file.transform)[:6],
        }
    print(json.dumps(reply), flush=True)
