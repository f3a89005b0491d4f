"""Shared by the comparisons: processes with one request per line, turns, medians, the rows of the report."""

import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

here = Path(__file__).resolve().parent
root = here.parents[1]
SHORT = os.environ.get("EARTH_EMBED_SHORT") == "1"
THREADS = 2


def java_program():
    return os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"


def java_release():
    """17 and the like, of the Java that runs our side."""
    told = subprocess.run([java_program(), "-version"], capture_output=True, text=True).stderr
    return int(re.search(r'version "(\d+)', told)[1])


def java_command(*options, classes=root / "benchmarks/target"):
    classpath = f"{(classes / 'classpath.txt').read_text().strip()}:{classes / 'classes'}"
    return [java_program(), "--add-opens=java.base/java.nio=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED", *options, "-cp",
            classpath]


class Peer:
    """A process that takes one request per line and answers "ok" and some words."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=sys.stderr if "-v" in sys.argv else subprocess.DEVNULL, text=True)

    def answer(self):
        words = self.process.stdout.readline().split()
        if not words or words[0] != "ok":
            raise RuntimeError(f"{self.process.args[-2:]}: {words}")
        return words[1:]

    def ask(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.answer()

    def __call__(self, *words):
        return [float(word) for word in self.ask(" ".join(map(str, words)))]

    def stop(self):
        self.process.kill()
        self.process.wait()


class Java(Peer):
    def __init__(self, main, *args, options=("-Xmx3g",), classes=root / "benchmarks/target"):
        super().__init__([*java_command(*options, classes=classes), main, *args])


def told(command):
    """Lines of name, value and perhaps a unit that a program prints, as numbers by name."""
    out = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout
    return {words[0]: float(words[1]) for words in (line.split("\t") for line in out.splitlines())}


class Median(float):
    """The median of the turns' times, which it keeps."""

    def __new__(cls, values):
        values = list(values)
        median = super().__new__(cls, statistics.median(values))
        median.values = values
        return median

    def map(self, f):
        return Median(map(f, self.values))


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
    return {name: Median(values) for name, values in taken.items()}


class Rows:
    """Lines of the report, ours beside a peer's. A bar is the largest or smallest ratio ours / peer that is acceptable."""

    def __init__(self):
        self.rows = []

    def add(self, what, ours, peer, name, unit, most=None, least=None):
        ratio = ours / peer if peer else None
        self._row(what, unit, ratio, most, least, ours=_figure(ours), peer=_figure(peer), name=name, ratio=ratio)
        print(f"{what}: {ours:.4g} {unit}, {name} {peer:.4g}: {ratio or 0:.2f} x", flush=True)

    def alone(self, what, ours, unit, most=None, least=None):
        """A bar for the figure itself."""
        self._row(what, unit, ours, most, least, ours=_figure(ours))
        print(f"{what}: {ours:.4g} {unit}", flush=True)

    def without(self, what, name, why):
        """A peer that could not run here."""
        self._row(what, "", None, None, None, name=name, why=why)

    def _row(self, what, unit, figure, most, least, **more):
        held = None
        if figure is not None and (most is not None or least is not None):
            held = bool(figure <= most) if most is not None else bool(figure >= least)
        self.rows.append({"what": what, "unit": unit, "most": most, "least": least, "held": held, **more})

    def write(self, folder, part):
        (folder / f"{part}.rows.json").write_text(json.dumps(self.rows, indent=1))


def _figure(value):
    values = getattr(value, "values", [value])
    return {"median": float(value), "least": float(min(values)), "most": float(max(values)), "turns": len(values)}
