"""Serves items by rustac, a STAC API in Rust, and answers searches by what the items themselves say.

The first line asks for the server and is answered with its address. Each further line is a search in JSON (collections,
bbox, datetime), answered with the ids of the items that meet it.
"""

import ctypes
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

rng = random.Random(21)
items = []
for i in range(300):
    west, south = rng.uniform(-180, 179), rng.uniform(-80, 79)
    east, north = west + rng.uniform(0.1, 1), south + rng.uniform(0.1, 1)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    items.append(
        {
            "type": "Feature",
            "stac_version": "1.1.0",
            "id": f"item-{i:03}",
            "collection": rng.choice(["first", "second"]),
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "bbox": [west, south, east, north],
            "properties": {
                "datetime": f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T10:50:31Z",
                "eo:cloud_cover": rng.randint(0, 100),
            },
            "links": [],
            "assets": {"red": {"href": f"https://example.org/{i}/B04.tif", "roles": ["data"]}},
        }
    )


def end_with_parent():
    """Ends this process when its parent is killed, by Linux's PR_SET_PDEATHSIG."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def start():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tempfile.mkdtemp()
    file = os.path.join(folder, "items.json")
    with open(file, "w") as out:
        json.dump({"type": "FeatureCollection", "features": items}, out)
    program = os.path.join(os.path.dirname(sys.executable), "rustac")
    subprocess.Popen(
        [program, "serve", "--create-collections", "-a", f"127.0.0.1:{port}", file],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        stderr=sys.stderr,
        preexec_fn=end_with_parent,
    )
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
            return f"http://127.0.0.1:{port}/"
        except OSError:
            time.sleep(0.1)
    raise SystemExit("rustac does not answer")


def meets(item, search):
    west, south, east, north = search["bbox"]
    box = item["bbox"]
    spans = [(west, east)] if west <= east else [(west, 180), (-180, east)]
    start, end = search["datetime"].split("/")
    return (
        item["collection"] in search["collections"]
        and any(box[0] <= b and box[2] >= a for a, b in spans)
        and box[1] <= north
        and box[3] >= south
        and start <= item["properties"]["datetime"] <= end
    )


sys.stdin.readline()
print(start(), flush=True)
for line in sys.stdin:
    found = [item["id"] for item in items if meets(item, json.loads(line))]
    print(json.dumps(sorted(found)), flush=True)
