"""Writes mixed searches for ScoreFusionTest, by the reference system's rule spelt out: each part's scores brought to
[0, 1] over all tiles (zeros where they hardly differ), their mean by the active weights, and as threshold the percentile
that leaves the given part above it. Needs numpy.

Usage: python make_fusion_golden.py FILE. Each case is five lines: weights and per mille; then for each tile the scores
of three parts; the fused scores; the threshold; the tiles that reach it, best first.
"""

import sys

import numpy as np

random = np.random.default_rng(7)


def scaled(scores):
    low, high = scores.min(), scores.max()
    return np.zeros_like(scores) if high - low < 1e-9 else (scores - low) / (high - low)


def words(values):
    return " ".join(f"{v:.9g}" for v in values)


with open(sys.argv[1], "w") as out:
    for case in range(24):
        tiles = int(random.integers(1, 90))
        # float32, as embeddings' products are; the rule itself is computed in float64
        parts = random.normal(0.2, 0.1, (3, tiles)).astype(np.float32).astype(np.float64)
        if case % 5 == 1:
            parts[1] = parts[1][0]
        if case % 5 == 2:
            parts[:, tiles // 2 :] = parts[:, : tiles - tiles // 2]
        weights = random.uniform(0, 1, 3).round(2)
        if case % 4 == 3:
            weights[case % 3] = 0
        per_mille = float(random.choice([1, 7, 30, 333.3, 999]))
        active = weights > 0
        final = sum(w / weights[active].sum() * scaled(p) for w, p in zip(weights, parts) if w > 0)
        threshold = np.percentile(final, 100 * (1 - per_mille / 1000))
        kept = [i for i in np.lexsort((np.arange(tiles), -final.astype(np.float32))) if final[i] >= threshold]
        out.write(words(weights) + " " + repr(per_mille) + "\n")
        out.write(words(parts.T.ravel()) + "\n")
        out.write(words(final) + "\n")
        out.write(repr(float(threshold)) + "\n")
        out.write(" ".join(map(str, kept)) + "\n")
