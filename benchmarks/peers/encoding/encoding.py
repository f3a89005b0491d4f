"""Encoding and resizing beside Pillow, NumPy and ONNX Runtime in Python: encoding.py FOLDER.

Both sides use one thread, and rates are per second of its CPU time, so that other programs on the machine matter less; only
the throughput of two threads is per second on the wall. For each kind of work the sides run in turns; a figure is the best
rate of a turn, and the median of the turns.
"""

import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
from common import SHORT, Java, Median, Peer, Rows, root, turns

BATCH, SECONDS, TURNS = 64, 1 if SHORT else 2, 3 if SHORT else 5
MODEL = root / "earth-embed-onnx/src/main/resources/io/earthembed/onnx/demo/image.onnx"
CPU, WALL = "a second of CPU time", "a second"
# The network takes three quarters of Java's time on one thread, so that no preparation could give more than 1.75.
ENCODING = {"network": ("64 x 64 pictures, prepared by Java, through the network", CPU, 0.97),
            "encode-384": ("384 x 384 pictures, resized, prepared and through the network", CPU, 1.6),
            "encode-384-2": ("the same, with two threads", WALL, 1.6)}
RESIZING = [(source, target, kind) for source, target in ((1068, 384), (384, 224), (64, 224)) for kind in ("bilinear", "bicubic")]
GARBAGE = {"garbage-64": "garbage of a picture of 64 x 64", "garbage-384": "garbage of a picture of 384 x 384, resized"}
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)

ours = Java("io.earthembed.benchmarks.EncodePeer", BATCH, SECONDS)
theirs = Peer([sys.executable, here / "peer.py", MODEL, BATCH, SECONDS])
lines = Rows()


def beside(work, what, peer, unit, bar):
    taken = turns({"ours": lambda: ours(work)[0], "theirs": lambda: theirs(work)[0]}, TURNS)
    lines.add(what, taken["ours"], taken["theirs"], peer, unit, least=bar)
    return taken


def preparation(network, whole):
    """How often pictures are prepared alone: the rate of what remains of the whole without the network."""
    remainders = zip(sorted(network.values), sorted(whole.values))
    return Median(1 / (1 / w - 1 / n) for n, w in remainders)


taken = {work: beside(work, what, "ONNX Runtime and Pillow in Python", unit, bar) for work, (what, unit, bar) in ENCODING.items()}
alone = {side: preparation(taken["network"][side], taken["encode-384"][side]) for side in ("ours", "theirs")}
lines.add("384 x 384 pictures, resized and prepared: the difference", alone["ours"], alone["theirs"], "Pillow and NumPy", CPU, least=2)
for source, target, kind in RESIZING:
    beside(f"resize {source} {target} {kind}", f"resize {source} to {target}, {kind}", "Pillow", CPU, 2)
for work, what in GARBAGE.items():
    lines.alone(what, ours(work)[0], "bytes a picture", most=1024)
ours.stop()
theirs.stop()
lines.write(folder, "encoding")
