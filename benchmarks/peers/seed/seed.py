"""From a sentence to five pictures, as EarthEmbeddingExplorer goes about it today and as we do, on the same data: seed.py FOLDER

The seed's way, written anew from its description (shared steps, not its code): all columns of the embeddings' Parquet into
pandas, a stacked and normalised torch tensor, the product with the query, a full argsort; then one thread for each of five
pictures, which opens the shard through fsspec with 5 MiB of read-ahead, reads its footer with pyarrow, the thumbnail column of one
row group, and decodes it with Pillow. Both sides encode the text with the demo model's ONNX file by ONNX Runtime, two threads.
A server in a process of its own counts requests and bytes. Both must find the same five tiles.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
from common import SHORT, Java, Rows, java_command

ROWS, SHARDS, WARM = (25_000 if SHORT else 249_000), 2, 9
PEER = "io.earthembed.benchmarks.SeedPeer"
TEXTS = [f"a satellite image of {what}" for what in (
    "a river", "a forest", "a highway", "the sea", "a residential area", "a lake", "an industrial area", "a pasture", "a desert",
    "snow", "crops", "a city", "a town")]
folder = Path(sys.argv[1])
shards = folder / f"seed-{SHARDS}"
if not (shards / f"part_{SHARDS - 1}.parquet").exists():
    shards.mkdir(parents=True, exist_ok=True)
    subprocess.run([*java_command("-Xmx3g"), PEER, "shards", str(shards), str(SHARDS)], check=True, stdout=subprocess.DEVNULL)
server = Java("io.earthembed.benchmarks.StorePeer", "serve", shards)
base = server.answer()[0]
# The shards' addresses are in the set: made for this server.
subprocess.run([*java_command("-Xmx3g"), PEER, "set", str(shards), base, str(ROWS)], check=True, stdout=subprocess.DEVNULL)


class Python:
    def __init__(self):
        self.process = subprocess.Popen([sys.executable, str(here / "seed_peer.py"), str(shards)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        words = self.process.stdout.readline().split()
        if not words or words[0] != "ok":
            raise RuntimeError(f"{text}: {words}")
        return words[1:]


class Ours(Java):
    def __init__(self):
        super().__init__(PEER, "ask", shards, options=("-Xmx1g", "-XX:MaxDirectMemorySize=4g"))

    def ask(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return self.answer()


def measure(side, text):
    """Milliseconds, requests, bytes, tiles, peak memory."""
    r0, b0 = server("counts")
    start = time.perf_counter()
    *tiles, peak = side.ask(text)
    ms = 1e3 * (time.perf_counter() - start)
    r1, b1 = server("counts")
    return {"ms": ms, "requests": r1 - r0, "bytes": b1 - b0, "tiles": tiles, "memory": float(peak)}


def cold(kind):
    start = time.perf_counter()
    side = kind()
    found = measure(side, TEXTS[0])
    found["ms"] = 1e3 * (time.perf_counter() - start)
    return side, found


lines = Rows()
for latency in (0, 50):
    server("latency", latency)
    first, warm = {"ours": [], "seed": []}, {"ours": [], "seed": []}
    sides = {}
    for _ in range(3):
        for name, kind in (("seed", Python), ("ours", Ours)):
            if name in sides:
                sides[name].process.kill()
            sides[name], found = cold(kind)
            first[name].append(found)
    for text in TEXTS[1:1 + WARM]:
        answers = {name: measure(sides[name], text) for name in sides}
        if answers["ours"]["tiles"] != answers["seed"]["tiles"]:
            raise SystemExit(f"{text}: {answers}")
        for name, found in answers.items():
            warm[name].append(found)
    for name in sides:
        sides[name].process.kill()
    for state, seen in (("from the start of the process", first), ("a later query", warm)):
        for key, unit, scale in (("ms", "ms", 1), ("requests", "requests", 1), ("bytes", "MB", 1e-6), ("memory", "MB at the peak", 1e-6)):
            if key == "memory" and (latency or state == "a later query"):
                continue
            ours, theirs = (scale * statistics.median(found[key] for found in seen[name]) for name in ("ours", "seed"))
            lines.add(f"{ROWS:,} tiles, {latency} ms of latency, {state}", ours, theirs, "the seed's way", unit)
lines.write(folder, "seed")
