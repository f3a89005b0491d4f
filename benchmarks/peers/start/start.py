"""From the start of a process to five pictures: a dataset opened and indexed, beside a saved explorer: start.py FOLDER

Each turn starts a new process. "dataset" opens GeoParquet and fills an index, "saved" maps a saved explorer, and "saved, archive"
does so with an archive of the JVM's loaded classes (AppCDS). All must find the same five tiles. Peaks of memory count shared
pages too.
"""

import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
from common import SHORT, Java, Median, Rows, java_command

PEER = "io.earthembed.benchmarks.StartPeer"
SEED = "io.earthembed.benchmarks.SeedPeer"
# Tiles, milliseconds before each reply, and the bars: seconds, megabytes.
SETS = [(8_000, 0, 0.8, None), (25_000 if SHORT else 249_000, 50, 1.2, 1200)]
TURNS = 5 if SHORT else 9
LIGHT = ("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
folder = Path(sys.argv[1])


def run(peer, *words, options=("-Xmx3g",)):
    """Seconds, seconds of all processors, the words of the answer."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([*java_command(*options), peer, *map(str, words)], check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout.split()


shards = folder / "seed"
if not (shards / "made").exists():
    shutil.rmtree(shards, ignore_errors=True)
    shards.mkdir(parents=True)
    run(SEED, "shards", shards)
    (shards / "made").touch()
lines = Rows()
server = Java("io.earthembed.benchmarks.StorePeer", "serve", shards)
address = server.answer()[0]
for tiles, latency, most_seconds, most_megabytes in SETS:
    data = folder / f"start-{tiles}"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    # Local pictures are read from the files themselves. The server's port is new each time, so the set is as well.
    run(SEED, "set", data, f"{shards.as_uri()}/" if latency == 0 else address, tiles)
    run(PEER, "save", data)
    archive = data / "classes.jsa"
    run(PEER, "saved", data, options=(*LIGHT, f"-XX:ArchiveClassesAtExit={archive}"))
    server("latency", latency)
    sides = {"dataset": ("dataset", ("-Xmx3g",)), "saved": ("saved", LIGHT),
             "saved, archive": ("saved", (*LIGHT, f"-XX:SharedArchiveFile={archive}"))}
    seen = {name: [] for name in sides}
    found = {}
    for _ in range(TURNS):
        for name, (way, options) in sides.items():
            seconds, cpu, (_, *ordinals, peak) = run(PEER, way, data, options=options)
            seen[name].append((seconds, cpu, 1e-6 * int(peak)))
            found[name] = ordinals
    if len(set(map(tuple, found.values()))) != 1 or len(found["saved"]) != 5:
        raise SystemExit(f"not the same five tiles: {found}")
    figures = {name: [Median(values) for values in zip(*rows)] for name, rows in seen.items()}
    for name in ("saved", "saved, archive"):
        for i, unit in enumerate(("s", "s of CPU", "MB resident")):
            lines.add(f"{tiles:,} tiles, {latency} ms of latency, {name}", figures[name][i], figures["dataset"][i], "dataset", unit)
    lines.alone(f"{tiles:,} tiles, {latency} ms of latency, from the start to five pictures", figures["saved, archive"][0], "s", most=most_seconds)
    lines.alone(f"{tiles:,} tiles, {latency} ms of latency, memory", figures["saved, archive"][2], "MB", most=most_megabytes)
    server("latency", 0)
server.stop()
lines.write(folder, "start")
