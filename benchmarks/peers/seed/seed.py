"""From a sentence to five pictures, as EarthEmbeddingExplorer goes about it today and as we do, on the same data: seed.py FOLDER

docs/benchmarks/seed.md describes the method. Both sides must find the same five tiles, in the same order.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
from common import SHORT, Java, Median, Peer, Rows, java_command

ROWS, STARTS = (25_000 if SHORT else 249_000), (3 if SHORT else 5)
PEER = "io.earthembed.benchmarks.SeedPeer"
FIRST, *LATER = [f"a satellite image of {what}" for what in (
    "a river", "a forest", "a highway", "the sea", "a residential area", "a lake", "an industrial area", "a pasture", "crops",
    "a city")]
folder = Path(sys.argv[1])
data = folder / "seed"


def make(*words):
    subprocess.run([*java_command("-Xmx3g"), PEER, *map(str, words)], check=True)


if not (data / "made").exists():
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    make("shards", data)
    (data / "made").touch()
server = Java("io.earthembed.benchmarks.StorePeer", "serve", data)
# The set has the shards' addresses, so it is made for this server.
make("set", data, server.answer()[0], ROWS)

SIDES = {
    "ours": lambda: Java(PEER, "ask", data, options=("-Xmx1g", "-XX:MaxDirectMemorySize=4g")),
    "seed": lambda: Peer([sys.executable, here / "seed_peer.py", data]),
}


def ask(side, text, start):
    """Milliseconds since the start, requests, megabytes; the tiles; the peak of memory in megabytes."""
    requests, sent = server("counts")
    *tiles, peak = side.ask(text)
    ms = 1e3 * (time.perf_counter() - start)
    after = server("counts")
    return [ms, after[0] - requests, 1e-6 * (after[1] - sent)], tiles, 1e-6 * int(peak)


def same(text, found):
    if found["ours"] != found["seed"] or len(found["ours"]) != 5:
        raise SystemExit(f"{text}: not the same five tiles: {found}")


lines = Rows()
for latency in (0, 50):
    server("latency", latency)
    seen = {state: {name: [] for name in SIDES} for state in ("from the start of the process", "later texts", "the same texts again")}
    memory = {name: [] for name in SIDES}
    running = {}
    for _ in range(STARTS):
        found = {}
        for name, start_side in SIDES.items():
            if name in running:
                running[name].stop()
            start = time.perf_counter()
            running[name] = start_side()
            figures, found[name], _ = ask(running[name], FIRST, start)
            seen["from the start of the process"][name].append(figures)
        same(FIRST, found)
    for state in ("later texts", "the same texts again"):
        for text in LATER:
            found = {}
            for name, side in running.items():
                figures, found[name], peak = ask(side, text, time.perf_counter())
                seen[state][name].append(figures)
                memory[name].append(peak)
            same(text, found)
    for side in running.values():
        side.stop()
    for state, by_side in seen.items():
        for i, unit in enumerate(("ms", "requests", "MB")):
            ours, seed = (Median(figures[i] for figures in by_side[name]) for name in ("ours", "seed"))
            lines.add(f"{state}, {latency} ms of latency", ours, seed, "the seed's way", unit)
    lines.add(f"the most memory, {latency} ms of latency", max(memory["ours"]), max(memory["seed"]), "the seed's way", "MB resident")
lines.write(folder, "seed")
