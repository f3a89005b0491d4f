"""Writes GeoTIFFs by GDAL: each line names raw uint16 samples (band, row, column), bands, side, interleaving and a target."""
import json
import sys

import numpy as np
import rasterio

for line in sys.stdin:
    ask = json.loads(line)
    shape = (ask["bands"], ask["side"], ask["side"])
    data = np.fromfile(ask["raw"], "<u2", count=int(np.prod(shape))).reshape(shape)
    with rasterio.open(ask["out"], "w", driver="GTiff", dtype="uint16", count=shape[0], height=shape[1], width=shape[2],
                       interleave=ask["interleave"], tiled=True, blockxsize=32, blockysize=32, compress="deflate",
                       predictor=2) as out:
        out.write(data)
    print("done", flush=True)
