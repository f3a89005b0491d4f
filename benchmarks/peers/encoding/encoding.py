"""Encoding and resizing beside Pillow, NumPy and ONNX Runtime in Python: encoding.py FOLDER. Each side runs in turns, a process each.

A figure is what is done in a second: the best of a turn, and the median of the turns.
"""

import statistics
import subprocess
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
from common import SHORT, THREADS, Rows, java_command, root

BATCH, SECONDS, TURNS = 64, 1 if SHORT else 2, 3
MODEL = root / "earth-embed-onnx/src/main/resources/io/earthembed/onnx/demo/image.onnx"
BARS = {"network": 0.97, "encode-384": 1.3}


def run(command):
    told = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout
    return {name: float(value) for name, value in (line.split("\t") for line in told.splitlines())}


ours, theirs = {}, {}
for _ in range(TURNS):
    for seen, command in (
            (ours, [*java_command("-Xmx2g"), "io.earthembed.benchmarks.EncodePeer", THREADS, BATCH, SECONDS]),
            (theirs, [sys.executable, here / "peer.py", MODEL, THREADS, BATCH, SECONDS])):
        for name, value in run(command).items():
            seen.setdefault(name, []).append(value)
lines = Rows()
for name, values in theirs.items():
    peer = "Pillow" if name.startswith("resize") else "ONNX Runtime and Pillow in Python"
    lines.add(name, statistics.median(ours[name]), statistics.median(values), peer, "a second", BARS.get(name, 2), True)
for name, values in ours.items():
    if name not in theirs:
        print(name, statistics.median(values))
lines.write(Path(sys.argv[1]), "encoding")
