"""Trains scikit-learn's logistic regression on labeled rows of a matrix.

The argument names a file of little-endian float32 rows, and their dimension. A line has the good rows, a semicolon and the
bad rows, each separated by commas. The reply has the weights, separated by blanks.
"""
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

rows = np.fromfile(sys.argv[1], "<f4").reshape(-1, int(sys.argv[2]))
for line in sys.stdin:
    good, bad = ([int(row) for row in part.split(",")] for part in line.strip().split(";"))
    labels = [1] * len(good) + [0] * len(bad)
    model = LogisticRegression(class_weight="balanced", max_iter=1000).fit(rows[good + bad], labels)
    print(" ".join(repr(float(weight)) for weight in model.coef_[0]), flush=True)
