"""Major TOM's grid beside majortom-eg: the cells of boxes of ten degrees by ten, at 10 km. grid.py FOLDER"""

import sys
from pathlib import Path

from majortom_eg import MajorTomGrid
from shapely.geometry import box

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common import SHORT, Java, Rows, milliseconds, turns

theirs = MajorTomGrid(d=10_000, overlap=False)
ours = Java("io.earthembed.benchmarks.GridPeer")
side = 2 if SHORT else 10
lines = Rows()
for south in (0, 40):
    count = ours("cells", 0, south, side, side)[1]
    found = sum(1 for _ in theirs.generate_grid_cells(box(0, south, side, south + side)))
    # Theirs takes in cells that only touch the box; ours those with their corner in it.
    if abs(count - found) > 0.05 * count + 400:
        raise SystemExit(f"{count} cells, theirs {found}")
    ms = turns({
        "ours": lambda: ours("cells", 0, south, side, side)[0] / count,
        "majortom-eg": lambda: milliseconds(lambda: list(theirs.generate_grid_cells(box(0, south, side, south + side)))) / found,
    }, 5)
    lines.add(f"cells of a box from {south} degrees north, each with its name", 1e6 * ms["ours"], 1e6 * ms["majortom-eg"],
              "majortom-eg", "ns a cell")
lines.write(Path(sys.argv[1]), "grid")
