"""Reads each STAC-GeoParquet file that a line names with stac-geoparquet, rustac and GeoPandas.

Answers with the items in JSON, after pystac has validated them, and with what GeoPandas and the footer say.
"""

import json
import sys

import geopandas
import pyarrow.parquet
import pystac
import rustac
import stac_geoparquet.arrow

for line in sys.stdin:
    file = line.strip()
    table = pyarrow.parquet.read_table(file)
    metadata = pyarrow.parquet.read_metadata(file).metadata
    items = list(stac_geoparquet.arrow.stac_table_to_items(table))
    for item in items:
        # The schemas of extensions are on the network.
        read = pystac.Item.from_dict(json.loads(json.dumps(item)) | {"stac_extensions": []})
        read.validate()
    frame = geopandas.read_parquet(file)
    answer = {
        "items": items,
        "rustac": rustac.read_sync(file)["features"] if len(table) else [],
        "points": [[p.x, p.y] for p in frame.geometry],
        "crs": str(frame.crs.to_authority()),
        "emb": json.loads(metadata[b"emb"]),
    }
    print(json.dumps(answer), flush=True)
