"""Cells of Major TOM's grid, each with its name, beside majortom-eg, which is written in Rust: grid.py FOLDER

Boxes of ten degrees by ten, cells of 10 km. Other tests compare the cells. Here the counts need only be similar, since
its grid is spaced slightly differently and includes cells that only touch the box.
"""

import sys
from pathlib import Path

from majortom_eg import MajorTomGrid
from shapely.geometry import box

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common import Java, Rows, milliseconds, turns

SIDE = 10
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
grid = MajorTomGrid(d=10_000, overlap=False)
java = Java("io.earthembed.benchmarks.GridPeer")


def names(area):
    return [cell.id() for cell in grid.generate_grid_cells(area)]


lines = Rows()
for south in (0, 40):
    area = box(0, south, SIDE, south + SIDE)
    count, found = int(java("cells", 0, south, SIDE, SIDE)[1]), len(names(area))
    if abs(count - found) > 0.05 * count + 400:
        raise SystemExit(f"{count} cells, majortom-eg's {found}")
    for _ in range(3):  # so that Java has compiled it
        java("cells", 0, south, SIDE, SIDE)
    rates = turns({"ours": lambda: 1e3 * count / java("cells", 0, south, SIDE, SIDE)[0],
                   "majortom-eg": lambda: 1e3 * found / milliseconds(lambda: names(area), 5)}, 5)
    lines.add(f"cells of {SIDE} by {SIDE} degrees from {south} degrees north, each with its name", rates["ours"], rates["majortom-eg"],
              "majortom-eg", "a second")
lines.write(folder, "grid")
