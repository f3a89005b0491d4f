"""Reads each item collection that a line names with pystac, validates its items, and answers with what pystac read."""

import json
import sys

import pystac

for line in sys.stdin:
    collection = pystac.ItemCollection.from_file(line.strip())
    items = []
    for item in collection:
        extensions = item.stac_extensions
        item.stac_extensions = []  # their schemas are on the network, the core's are part of pystac
        item.validate()
        items.append(
            [
                item.id,
                item.datetime and item.datetime.isoformat(),
                item.bbox,
                item.geometry["type"],
                extensions,
                item.properties.get("eo:cloud_cover"),
                item.properties["earthembed:rank"],
                {name: asset.href for name, asset in item.assets.items()},
            ]
        )
    print(json.dumps(items), flush=True)
