"""Runs the comparisons and writes one report: compare.py OUT PART... [--short]. `./run compare` calls it, in an environment of its own."""

import datetime
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from common import here, root

PARTS = {
    "search": [("search/search.py", "flat"), ("search/search.py", "curves")],
    "store": [("store/store.py",)],
    "encoding": [("encoding/encoding.py",)],
    "datasets": [("datasets/datasets.py",)],
    "grid": [("grid/grid.py",)],
    "seed": [("seed/seed.py",)],
}
PEERS = ["faiss-cpu", "numpy", "onnxruntime", "pillow", "pyarrow", "duckdb", "fsspec", "pandas", "torch", "majortom-eg"]

out = Path(sys.argv[1])
wanted = [a for a in sys.argv[2:] if not a.startswith("-")]
short = "--short" in sys.argv
if not wanted or wanted == ["all"]:
    wanted = list(PARTS)
for part in wanted:
    if part not in PARTS:
        raise SystemExit(f"no such part: {part}; there are {', '.join(PARTS)}")
work = out / ("short" if short else "full")
work.mkdir(parents=True, exist_ok=True)


def first_line(file, name):
    return next((line.split(":", 1)[1].strip() for line in Path(file).read_text().splitlines() if line.startswith(name)), "unknown")


def newest_jdk():
    """Hardwood needs a JDK of 21 or later, and JVector computes faster with one: the newest that is found."""
    candidates = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    candidates += sorted(Path("/usr/lib/jvm").glob("*")) if Path("/usr/lib/jvm").exists() else []
    best = (0, None)
    for home in candidates:
        release = home / "release"
        if (home / "bin/javac").exists() and release.exists():
            version = next((line.split('"')[1] for line in release.read_text().splitlines() if line.startswith("JAVA_VERSION=")), "0")
            best = max(best, (int(version.split(".")[0]), str(home)))
    return best


version, home = newest_jdk()
environment = dict(os.environ, EARTH_EMBED_SHORT="1" if short else "0", **({"JAVA_HOME": home} if home else {}))
machine = {
    "date": datetime.date.today().isoformat(),
    "commit": subprocess.run(["git", "describe", "--always", "--dirty"], cwd=root, capture_output=True, text=True).stdout.strip(),
    "processor": first_line("/proc/cpuinfo", "model name"),
    "cores": str(os.cpu_count()),
    "memory": f"{int(first_line('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.1f} GiB",
    "kernel": f"{platform.system()} {platform.release()}",
    "java": f"JDK {version}" if version else "as on the path",
    "python": platform.python_version(),
    "load before": f"{os.getloadavg()[0]:.2f}",
    "peers": ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PEERS)
             + ", JVector 4.0.0-rc.8, Lucene 9.12.3, Hardwood 1.0.0.Final, parquet-java 1.18.1",
}


def number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def write():
    report = {"machine": machine, "short": short, "parts": results, "not run": missing}
    (out / "report.json").write_text(json.dumps(report, indent=1))
    lines = ["# Beside peers", "", f"`./run compare {' '.join(wanted)}{' --short' if short else ''}`: both sides in turns, in one run;"
             " figures are medians. The ratio is ours to the peer's; a bar is what it should be at the most, or at the least where"
             " more is better.", "", "| machine | |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in machine.items()]
    for part, rows in results.items():
        lines += ["", f"## {part}", "", "| what | ours | peer | | unit | ratio | bar | |", "| --- | --- | --- | --- | --- | --- | --- | --- |"]
        for row in rows:
            bar = "" if row["bar"] is None else f"{'≥' if row['larger is better'] else '≤'} {row['bar']:.3g}"
            held = {None: "", True: "held", False: "**missed**"}[row["held"]]
            lines.append(f"| {row['what']} | {number(row['ours'])} | {number(row['peer'])} | {row['name']} | {row['unit']} |"
                         f" {row['ratio']:.3g} | {bar} | {held} |")
    for part, why in missing.items():
        lines += ["", f"Not run: {part}, {why}"]
    (out / "report.md").write_text("\n".join(lines) + "\n")


results, missing = {}, {}
for part in wanted:
    if part == "store" and version < 21:
        missing[part] = "since there is no JDK of 21 or later, which Hardwood needs"
        continue
    for script, *args in PARTS[part]:
        print(f"--- {part} {' '.join(args)}", flush=True)
        command = [sys.executable, str(here / script), *args, str(work)]
        done = subprocess.run(command, env=environment)
        if done.returncode != 0:
            missing[part] = f"{script} ended with {done.returncode}"
            break
        name = args[0] if args else part
        results.setdefault(part, []).extend(json.loads((work / f"{name}.rows.json").read_text()))
        write()
write()
print(f"Written: {out / 'report.md'}, report.json")
sys.exit(1 if any("ended with" in why for why in missing.values()) else 0)
