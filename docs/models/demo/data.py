"""Pictures in memory, split by a fixed seed into training (80 %), validation (10 %) and test (10 %) for each class."""

from pathlib import Path

import numpy as np
from PIL import Image

from concepts import EUROSAT, GENERATED, PHRASES

SEED = 20261101
CONCEPTS = list(PHRASES)


def split(count, seed):
    order = np.random.default_rng(seed).permutation(count)
    a, b = int(0.8 * count), int(0.9 * count)
    return {"train": order[:a], "val": order[a:b], "test": order[b:]}


def load(patches, landscapes):
    """-> {split: (pictures uint8 [n, 64, 64, 3], concept index [n], is real [n])}"""
    parts = {"train": [], "val": [], "test": []}
    for number, (folder, concept) in enumerate(sorted(EUROSAT.items())):
        files = sorted((Path(patches) / folder).glob("*.jpg"), key=lambda f: int(f.stem.split("_")[1]))
        pictures = np.stack([np.asarray(Image.open(f).convert("RGB")) for f in files])
        for name, rows in split(len(files), SEED + number).items():
            parts[name].append((pictures[rows], CONCEPTS.index(concept), True))
    for number, (kind, concept) in enumerate(sorted(GENERATED.items())):
        pictures = np.fromfile(Path(landscapes) / f"{kind}.rgb", np.uint8).reshape(-1, 64, 64, 3)
        for name, rows in split(len(pictures), SEED + 100 + number).items():
            parts[name].append((pictures[rows], CONCEPTS.index(concept), False))
    return {
        name: (
            np.concatenate([p for p, _, _ in chunk]),
            np.concatenate([np.full(len(p), c) for p, c, _ in chunk]),
            np.concatenate([np.full(len(p), r) for p, _, r in chunk]))
        for name, chunk in parts.items()}
