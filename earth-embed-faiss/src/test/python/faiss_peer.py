"""Makes random FAISS indexes, and reports FAISS's score of each of their vectors.

A line "make FOLDER SEED" chooses a case by the seed and writes its vectors; for a case of Python's it also makes the index
and writes it to FOLDER/index. The reply has the case's fields, separated by tabs. A line "table FOLDER" reads FOLDER/index,
written by Java or Python, and writes FOLDER/table: a score for each query and vector, NaN if it is unknown.
"""
import os
import random
import signal
import sys

import faiss
import numpy as np

faiss.omp_set_num_threads(1)


def code(r, d):
    """The codes of vectors, as the factory names them."""
    parts = r.choice([m for m in (2, 4, 8) if d % m == 0])
    bits = r.choice([2, 4, 5, 8])
    norm = r.choice(["", "_Nfloat", "_Nqint8", "_Nqint4", "_Ncqint8", "_Ncqint4", "_Nnone"])
    packed = r.choice(["_Nlsq2x4", "_Nrq2x4", ""])
    return r.choice(
        ["Flat"] * 6
        + ["SQ8", "SQ4", "SQ6", "SQfp16", "SQbf16"] * 3
        + [f"PQ{parts}x{bits}", f"PQ{parts}x{bits}np", f"PQ{parts}np", f"PQ{parts}x4fs", f"PQ{parts}x4fs_64"] * 2
        + [f"RQ{r.choice([1, 2, 3])}x{r.choice([2, 4])}{norm}", f"RQ{r.choice([2, 3])}x4fs{packed}"] * 2
        + [f"LSQ2x{r.choice([2, 4])}{norm}", f"LSQ2x4fs{packed}"]
        + [f"PRQ2x2x{r.choice([2, 4])}{norm}", f"PLSQ2x2x2{norm}", f"PRQ2x2x4fs{packed}", f"PLSQ2x2x4fs{packed}"]
        + ["RaBitQ", "RaBitQ"]
    )


def kind(r, d, n):
    """A factory string."""
    head = ""
    if r.random() < 0.25:
        size = r.choice([8, 16])
        head = r.choice(
            [f"PCA{size},", f"PCAR{size},", f"PCAW{size},", f"OPQ4_{size},", f"RR{size},", f"ITQ{size},", "L2norm,", f"Pad{2 * d},"]
        )
        d = 2 * d if head.startswith("Pad") else d if head == "L2norm," else size
    shape = r.random()
    if shape < 0.3:
        body = code(r, d)
    elif shape < 0.72:
        cells = r.choice(["IVF1", "IVF4", "IVF16", "IVF16_HNSW4", "IMI2x2", "IVF4(SQ8)", "IVF8(RCQ1x3)", "IVF4(IVF2,Flat)"])
        body = cells + "," + (code(r, d) if r.random() < 0.8 else r.choice(
            ["FlatDedup", "PQ4+4", "ITQ8,SH1.2", "ITQ,SH", "PCA8,SH0.5g", "PQ2x4fsr", "RQ2x4fsr", "RQ2x4fsr_Nrq2x4"]))
    elif shape < 0.9:
        body = f"HNSW{r.choice([2, 4, 16])}," + r.choice(["Flat", "Flat", "SQ8", "SQfp16", "PQ4x4", "PQ4np", "2x2+PQ4", "4+PQ4"])
    else:
        body = r.choice(["LSH", "LSHr", "LSH16rt", "LSHt", "Residual2x2,PQ4x4", "Residual8,PQ4x4", "IDMap,Flat", "Flat,IDMap2",
                         "MinMax,SQ8", "RCQ2x2", "ITQ8,LSHt", "ZnLattice4x4_2"])
    tail = r.choice([",RFlat", ",Refine(SQ8)", ",Refine(SQfp16)", ",Refine(Flat)"]) if r.random() < 0.15 else ""
    return head + body + tail


def vectors(r, n, d):
    """Normal ones, of which some may be equal, or all, or zero."""
    rng = np.random.default_rng(r.getrandbits(32))
    x = rng.standard_normal((n, d)).astype("float32")
    pattern = r.random()
    if n > 0 and pattern < 0.4:
        equal = rng.random(n) < r.choice([0.05, 0.3, 1.0])
        x[equal] = rng.standard_normal(d).astype("float32") if r.random() < 0.5 else 0
    return x


def make(folder, seed):
    r = random.Random(seed)
    d = r.choice([8, 16, 24, 32])
    n = r.choice([0, 1, 2, 5, 20, 60, 150, 300])
    metric = r.choice(["L2", "INNER_PRODUCT", "COSINE"])
    name = kind(r, d, n)
    sample = vectors(r, 320, d)
    x, q = vectors(r, n, d), vectors(r, 3, d)
    if n > 0:
        q[0] = x[r.randrange(n)]
    if metric == "COSINE":
        # A zero vector has no cosine.
        for matrix in (sample, x, q):
            matrix[~matrix.any(axis=1)] = 1
    ours = metric == "COSINE" or r.random() < 0.5
    share = r.choice([1, 1, 1, 0.5, 0.05, 0.005])
    mask = np.array([r.random() < share for _ in range(n)], "uint8")
    whole = r.random() < 0.7
    k = r.choice([1, 2, 10, 100, 1000])
    for key, value in (("x", x), ("q", q), ("sample", sample), ("mask", mask)):
        value.tofile(os.path.join(folder, key))
    index = faiss.index_factory(d, name, faiss.METRIC_L2 if metric == "L2" else faiss.METRIC_INNER_PRODUCT)
    if not ours:
        index.train(sample)
        if n > 0:
            index.add(x)
        faiss.write_index(index, os.path.join(folder, "index"))
    return "\t".join(str(v) for v in (name, d, metric, n, k, int(share == 1), int(whole), int(ours)))


def apart(work, *arguments):
    """Returns the result of work in a separate process, or None: Python's FAISS refuses some cases, and ends the process
    for others."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            os.write(writing, work(*arguments).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as reply:
        said = reply.read()
    os.waitpid(child, 0)
    return said or None


def table(index, q):
    """Scores of all vectors, and whether FAISS rounds those that a search finds."""
    index = faiss.downcast_index(index)
    if isinstance(index, faiss.IndexPreTransform):
        for i in range(index.chain.size()):
            q = index.chain.at(i).apply(q)
        return table(index.index, q)
    if isinstance(index, faiss.IndexRefine):
        scores, _ = table(index.refine_index, q)
        return scores, False
    if isinstance(index, faiss.IndexHNSW):
        return table(index.storage, q)
    n = index.ntotal
    inner = index.metric_type == faiss.METRIC_INNER_PRODUCT
    # Additive codes have a length of their own beside them, which a search uses.
    additive = isinstance(index, (faiss.IndexAdditiveQuantizerFastScan, faiss.IndexIVFAdditiveQuantizerFastScan))
    # Scores decoded vectors if a search rounds, because its own scores may be off by a tenth of their range.
    if not additive and isinstance(index, (faiss.IndexFastScan, faiss.Index2Layer, faiss.IndexIVFPQFastScan)):
        stored = index.reconstruct_n(0, n)
        rounded = not isinstance(index, faiss.Index2Layer)
        if inner:
            return q @ stored.T, rounded
        return -((q[:, None, :] - stored[None, :, :]) ** 2).sum(axis=2), rounded
    scores = np.full((len(q), n), np.nan, "float32")
    if isinstance(index, faiss.IndexIVF):
        index.nprobe = index.nlist
    found, ids = index.search(q, n)
    if not inner and "RaBitQ" in type(index).__name__:
        found[found == 0] = np.nan  # estimates below 0, which newer versions cut and FAISS 1.12 does not
    if not inner and additive:
        found += (q**2).sum(axis=1, keepdims=True)  # FAISS leaves it out
    for i in range(len(q)):
        for score, place in zip(found[i], ids[i]):
            if place >= 0:
                scores[i, place] = score if inner else -score
    return scores, isinstance(index, (faiss.IndexFastScan, faiss.IndexIVFFastScan))


def score(folder, metric):
    index = faiss.read_index(os.path.join(folder, "index"))
    q = np.fromfile(os.path.join(folder, "q"), "float32").reshape(3, -1)
    if metric == "COSINE":
        faiss.normalize_L2(q)
    scores, rounded = table(index, q) if index.ntotal > 0 else (np.zeros((3, 0)), False)
    scores.astype("float32").tofile(os.path.join(folder, "table"))
    return str(int(rounded))


def main():
    for line in sys.stdin:
        words = line.split()
        reply = None
        if words[0] == "make":
            attempt = 0
            while reply is None:
                reply = apart(make, words[1], f"{words[2]}.{attempt}")
                attempt += 1
        else:
            reply = apart(score, words[1], words[2]) or "unknown"
        print(reply, flush=True)


main()
