"""Runs the comparisons and writes one report: compare.py OUT PART... [--short]. `./run compare` calls it, in its own
Python environment."""

import datetime
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

from common import here, java_release, root

PARTS = {
    "search": [("search/search.py", part) for part in ("flat", "curves", "large", "recipe")],
    "store": [("store/store.py",)],
    "encoding": [("encoding/encoding.py",)],
    "models": [("models/models.py",)],
    "datasets": [("datasets/datasets.py",)],
    "grid": [("grid/grid.py",)],
    "seed": [("seed/seed.py",)],
    "start": [("start/start.py",)],
}
# Two millions of vectors, and half an hour of training, are no short run.
LONG = ("large", "recipe")
PYTHON = ("faiss-cpu", "numpy", "onnxruntime", "pillow", "pyarrow", "duckdb", "fsspec", "pandas", "torch", "majortom-eg", "onnx", "scikit-learn")
JAVA = {"jvector": "benchmarks", "lucene-core": "benchmarks", "hardwood-core": "benchmarks/peers/store",
        "parquet-hadoop": "benchmarks/peers/store"}

out = Path(sys.argv[1]).resolve()
short = "--short" in sys.argv
wanted = [word for word in sys.argv[2:] if not word.startswith("-")]
unknown = [part for part in wanted if part not in PARTS and part != "all"]
unknown += [word for word in sys.argv[2:] if word.startswith("-") and word != "--short"]
if unknown:
    raise SystemExit(f"no such part: {' '.join(unknown)}; there are {', '.join(PARTS)} and all, and --short")
if not wanted or "all" in wanted:
    wanted = list(PARTS)
work = out / ("short" if short else "full")
work.mkdir(parents=True, exist_ok=True)


def newest_jdk():
    """Hardwood needs a JDK of 21 or later, and JVector computes faster with one: the newest that is found."""
    places = [Path("/usr/lib/jvm"), Path("/opt"), Path.home() / ".sdkman/candidates/java", Path.home() / ".jdks"]
    homes = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    homes += [home for place in places for home in sorted(place.glob("*"))]
    best = (0, None)
    for home in homes:
        if (home / "bin/javac").exists() and (home / "release").exists():
            release = re.search(r'JAVA_VERSION="(\d+)', (home / "release").read_text())
            if release and int(release[1]) > best[0]:
                best = (int(release[1]), str(home))
    return best[1]


def first_line(file, name):
    return next((line.split(":", 1)[1].strip() for line in Path(file).read_text().splitlines() if line.startswith(name)), "unknown")


def versions():
    found = {name: importlib.metadata.version(name) for name in PYTHON}
    for name, module in JAVA.items():
        pom = (root / module / "pom.xml").read_text()
        found[name] = re.search(rf"<artifactId>{name}</artifactId>\s*<version>([^<]+)<", pom)[1]
    return found


home = newest_jdk()
if home:
    os.environ["JAVA_HOME"] = home
environment = dict(os.environ, EARTH_EMBED_SHORT="1" if short else "0")
commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=root, capture_output=True, text=True).stdout.strip()
machine = {
    "date": datetime.date.today().isoformat(),
    "commit": commit or "unknown",
    "processor": first_line("/proc/cpuinfo", "model name"),
    "cores": str(os.cpu_count()),
    "memory": f"{int(first_line('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.1f} GiB",
    "system": f"{platform.system()} {platform.release()}",
    "Java": f"JDK {java_release()}",
    "Python": platform.python_version(),
    "load before": f"{os.getloadavg()[0]:.2f}",
    "peers": ", ".join(f"{name} {version}" for name, version in versions().items()),
}


def number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def figure(of):
    if of is None:
        return ""
    spread = f" ({number(of['least'])} to {number(of['most'])})" if of["turns"] > 1 else ""
    return number(of["median"]) + spread


def line(row):
    bar = f"≤ {row['most']:.3g}" if row["most"] is not None else f"≥ {row['least']:.3g}" if row["least"] is not None else ""
    held = row.get("why") or {None: "", True: "held", False: "**missed**"}[row["held"]]
    ratio = row.get("ratio")
    cells = [row["what"], row["unit"], figure(row.get("ours")), figure(row.get("peer")), row.get("name", ""),
             "" if ratio is None else f"{ratio:.3g}", bar, held]
    return f"| {' | '.join(cells)} |"


def write():
    report = {"machine": machine, "short": short, "seconds": seconds, "parts": results, "failed": failed}
    (out / "report.json").write_text(json.dumps(report, indent=1))
    lines = ["# Beside peers", "",
             f"`./run compare {' '.join(wanted)}{' --short' if short else ''}`: both sides in turns, in one run. A figure is the",
             "median of the turns, with the least and the most of them. The ratio is ours to the peer's; a bar is for the ratio, or",
             "for the figure where no peer stands beside it.", "", "| machine | |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in machine.items()]
    for part, rows in results.items():
        lines += ["", f"## {part}", "", "| what | unit | ours | peer | | ratio | bar | |", "| --- " * 8 + "|"]
        lines += [line(row) for row in rows]
        lines += ["", f"{seconds[part]:.0f} s with making the data."]
    lines += [text for part, why in failed.items() for text in ("", f"**{part} failed**: {why}.")]
    (out / "report.md").write_text("\n".join(lines) + "\n")


results, seconds, failed = {}, {}, {}
for part in wanted:
    start = time.monotonic()
    for script, *args in PARTS[part]:
        if short and args and args[0] in LONG:
            continue
        print(f"--- {' '.join([part, *args])}", flush=True)
        done = subprocess.run([sys.executable, str(here / script), *args, str(work)], env=environment)
        if done.returncode != 0:
            failed[part] = f"{' '.join([script, *args])} ended with {done.returncode}"
            break
        name = args[0] if args else part
        results.setdefault(part, []).extend(json.loads((work / f"{name}.rows.json").read_text()))
    seconds[part] = time.monotonic() - start
    write()
print(f"Written: {out / 'report.md'}, report.json")
sys.exit(1 if failed else 0)
