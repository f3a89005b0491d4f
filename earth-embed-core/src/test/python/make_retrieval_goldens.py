"""Computes the figures of random rankings with scikit-learn, torchmetrics and NumPy, for RankingMetricsTest.

    pip install numpy scikit-learn torchmetrics
    python make_retrieval_goldens.py ../resources/io/earthembed/evaluation/rankings.json.gz

Half of the cases have many equal scores. There torchmetrics sorts as it likes, so NumPy's stable sort is the reference of
the figures at k; scikit-learn's average precision does not depend on the order.
"""

import gzip
import json
import sys

import numpy as np
import torch
from sklearn.metrics import average_precision_score
from torchmetrics.functional.retrieval import retrieval_average_precision, retrieval_precision, retrieval_recall

rng = np.random.default_rng(20261130)
cases = []
for number in range(60):
    count = int(rng.integers(3, 250))
    ties = number % 2 == 1
    if ties:
        scores = (rng.integers(-5, 6, count) / 8).astype(np.float32)
    else:
        scores = rng.permutation(np.linspace(-1, 1, count)).astype(np.float32)
    relevant = rng.random(count) < (0.05, 0.3, 0.8)[number % 3]
    relevant[rng.integers(count)] = True
    order = np.argsort(-scores, kind="stable")
    hits = relevant[order]
    case = {
        "scores": scores.tolist(),
        "relevant": np.flatnonzero(relevant).tolist(),
        "averagePrecision": float(average_precision_score(relevant, scores)),
        "order": order.tolist(),
    }
    for k in (1, 5, 10, 100):
        best = hits[:k]
        positions = np.flatnonzero(best) + 1
        case[f"averagePrecision@{k}"] = float(np.mean(np.arange(1, len(positions) + 1) / positions)) if len(positions) else 0.0
        case[f"precision@{k}"] = float(best.sum() / k)
        case[f"recall@{k}"] = float(best.any())
        if not ties:
            s, r = torch.tensor(scores) + 2, torch.tensor(relevant)  # torchmetrics counts no score below 0
            theirs = retrieval_average_precision(s, r, top_k=k).item()
            assert abs(theirs - case[f"averagePrecision@{k}"]) < 1e-5, (number, k, theirs)
            assert abs(retrieval_precision(s, r, top_k=k).item() - case[f"precision@{k}"]) < 1e-5
            assert (retrieval_recall(s, r, top_k=k).item() > 0) == case[f"recall@{k}"]
    cases.append(case)
sample = rng.random(37)
quantiles = {"sample": np.sort(sample).tolist(), "quantiles": [[q, float(np.quantile(sample, q))] for q in (0, 0.025, 0.5, 0.975, 1)]}
with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as file:
    file.write(json.dumps({"cases": cases, **quantiles}).encode())
