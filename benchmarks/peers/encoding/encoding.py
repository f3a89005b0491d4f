"""Encoding and resizing beside Pillow, NumPy and ONNX Runtime in Python: encoding.py FOLDER. Each side runs in turns, a process each.

A figure is a rate per second: the best of a turn, and the median of the turns.
"""

import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
from common import SHORT, THREADS, Median, Rows, java_command, root, told

BATCH, SECONDS, TURNS = 64, 1 if SHORT else 2, 3
MODEL = root / "earth-embed-onnx/src/main/resources/io/earthembed/onnx/demo/image.onnx"
BARS = {"network": 0.97, "encode-384": 1.6}
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)

ours, theirs = {}, {}
for _ in range(TURNS):
    for seen, command in (
            (ours, [*java_command("-Xmx2g"), "io.earthembed.benchmarks.EncodePeer", THREADS, BATCH, SECONDS]),
            (theirs, [sys.executable, here / "peer.py", MODEL, THREADS, BATCH, SECONDS])):
        for name, value in told(command).items():
            seen.setdefault(name, []).append(value)
lines = Rows()
for name, values in theirs.items():
    peer = "Pillow" if name.startswith("resize") else "ONNX Runtime and Pillow in Python"
    lines.add(name, Median(ours[name]), Median(values), peer, "a second", least=BARS.get(name, 2))
for name, values in ours.items():
    if name.startswith("garbage"):
        lines.alone(name.removesuffix(", bytes"), Median(values), "bytes a picture", most=1024)
lines.write(folder, "encoding")
