"""What the comparisons share: the Java side, turns, medians, rows of a report. Each side takes its turn in one run."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

here = Path(__file__).resolve().parent
root = here.parents[1]
SHORT = os.environ.get("EARTH_EMBED_SHORT") == "1"
THREADS = 2


def java_command(*options, classes=root / "benchmarks/target"):
    java = os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
    classpath = f"{(classes / 'classpath.txt').read_text().strip()}:{classes / 'classes'}"
    return [java, "--add-opens=java.base/java.nio=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED", *options, "-cp", classpath]


class Java:
    """A Java process that is asked a line at a time and answers "ok" and some words."""

    def __init__(self, main, *args, options=("-Xmx3g",), classes=root / "benchmarks/target"):
        self.process = subprocess.Popen(
            [*java_command(*options, classes=classes), main, *map(str, args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=sys.stderr if "-v" in sys.argv else subprocess.DEVNULL, text=True)

    def answer(self):
        words = self.process.stdout.readline().split()
        if not words or words[0] != "ok":
            raise RuntimeError(f"{self.process.args[-2:]}: {words}")
        return words[1:]

    def __call__(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return [float(word) for word in self.answer()]


def milliseconds(work, times=1):
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(1e3 * (time.perf_counter() - start))
    return statistics.median(taken)


def turns(sides, rounds):
    """Each side once a round, so that none has the quieter machine; medians."""
    taken = {name: [] for name in sides}
    for _ in range(rounds):
        for name, work in sides.items():
            taken[name].append(work())
    return {name: statistics.median(values) for name, values in taken.items()}


class Rows:
    """Lines of the report: ours beside a peer, smaller is better unless it says otherwise."""

    def __init__(self):
        self.rows = []

    def add(self, what, ours, peer, peers_name, unit, bar=None, larger_is_better=False):
        """bar: the ratio ours / peer that is wanted at the most, or at the least where larger is better."""
        ratio = ours / peer if peer else float("nan")
        held = None if bar is None else bool(ratio >= bar if larger_is_better else ratio <= bar)
        self.rows.append({"what": what, "ours": ours, "peer": peer, "name": peers_name, "unit": unit, "ratio": ratio,
                          "bar": bar, "larger is better": larger_is_better, "held": held})
        print(f"{what}: {ours:.4g} {unit}, {peers_name} {peer:.4g}: {ratio:.2f} x", flush=True)

    def write(self, folder, part):
        (folder / f"{part}.rows.json").write_text(json.dumps(self.rows, indent=1))
