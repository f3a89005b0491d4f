"""Search beside its peers: Python's FAISS, NumPy, JVector, Lucene; each side takes its turn in one run over the same files.

Usage: search.py PART FOLDER; `./run compare search` calls it. Parts:
  flat      249,000 x 1152: one query, a batch of 64, with and without a copy in 8 bits; the worst case for the copy;
            ExactIndex; small sets; a call's own cost                        (2.5 GB of disk, 9 GB of memory)
  curves    100,000 x 768: recall and latency of every kind, plot in FOLDER (minutes of building)
  large     2,000,000 x 768 within 2.5 GB                                    (14 GB of disk, half an hour of building)
  recipe    500,000 x 768: Major TOM's recipe with as many vectors a cell as it has, beside ours at equal memory
JAVA_HOME chooses the JDK: from 20 on JVector computes with SIMD.
"""

import json
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faiss
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common import SHORT, THREADS, Java, Rows, milliseconds, turns

K = 10
part, folder = sys.argv[1], Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
faiss.omp_set_num_threads(THREADS)


def clustered(name, rows, dimension, seed=7):
    """Unit vectors in clusters of unequal size; within one, 24 directions vary with falling strength, and all a little."""
    path = folder / name
    size = rows * dimension * 4
    if path.exists() and path.stat().st_size == size:
        return path
    shape = np.random.default_rng(1)
    centers = 2000
    center = shape.standard_normal((centers, dimension), dtype=np.float32)
    weight = shape.pareto(1.2, centers) + 0.2
    directions = shape.standard_normal((24, dimension), dtype=np.float32) * (np.arange(1, 25, dtype=np.float32) ** -0.5)[:, None]
    rng = np.random.default_rng(seed)
    with open(path.with_suffix(".part"), "wb") as out:
        for start in range(0, rows, 50_000):
            n = min(50_000, rows - start)
            which = rng.choice(centers, n, p=weight / weight.sum())
            rows_now = (center[which] + 0.7 * rng.standard_normal((n, 24), dtype=np.float32) @ directions
                        + 0.25 * rng.standard_normal((n, dimension), dtype=np.float32))
            rows_now /= np.linalg.norm(rows_now, axis=1, keepdims=True)
            rows_now.tofile(out)
    path.with_suffix(".part").rename(path)
    return path


def vectors(path, dimension):
    return np.fromfile(path, np.float32).reshape(-1, dimension)


def recall(found, exact):
    return float(np.mean([len(set(f) & set(e)) / len(e) for f, e in zip(found, exact)]))


def search_peer(d, options=("--add-modules=jdk.incubator.vector",)):
    return Java("io.earthembed.benchmarks.SearchPeer", d, THREADS,
                options=("-Xmx3g", "-XX:MaxDirectMemorySize=12g", *options))


def alike(name, rows, dimension):
    """Vectors that differ by less than a score of floats tells: for bounds the worst case."""
    path = folder / name
    if not path.exists() or path.stat().st_size != rows * dimension * 4:
        rng = np.random.default_rng(3)
        one = rng.standard_normal(dimension, dtype=np.float32)
        one /= np.linalg.norm(one)
        with open(path, "wb") as out:
            for start in range(0, rows, 50_000):
                n = min(50_000, rows - start)
                (one + 1e-8 * rng.standard_normal((n, dimension), dtype=np.float32)).tofile(out)
    return path


def small(rows, d, lines):
    """A set that the processor's cache holds, where a call's own cost counts."""
    base, ask = clustered(f"small-{rows}.f32", rows, d), clustered(f"small-{rows}-queries.f32", 64, d, seed=8)
    java = search_peer(d)
    java("queries", ask)
    java("build", "flat", "Flat", base, 0)
    java("build", "copied", "Flat", base, 0)
    java("copy", "copied")
    data, queries = vectors(base, d), vectors(ask, d)
    index = faiss.IndexFlatIP(d)
    index.add(data)
    sides = {name: lambda name=name: java("time", name, K, 0, 0, 0, folder / "ids")[0] for name in ("flat", "copied")}
    sides["argpartition"] = lambda: statistics.median(
        milliseconds(lambda: np.argpartition(-(data @ query), K)[:K]) for query in queries)
    sides["faiss"] = lambda: statistics.median(milliseconds(lambda: index.search(queries[q:q + 1], K)) for q in range(64))
    for side in sides.values():
        side()
    one = turns(sides, 9)
    lines.add(f"{rows:,} x {d}, one query", one["flat"], one["argpartition"], "NumPy, product and argpartition", "ms")
    lines.add(f"{rows:,} x {d} with a copy in 8 bits", one["copied"], one["argpartition"],
              "NumPy, product and argpartition", "ms", most=0.5)
    java.stop()
    return one


def flat():
    rows, d = (24_900 if SHORT else 249_000), 1152
    base = clustered("flat.f32", rows, d)
    ask = clustered("flat-queries.f32", 64, d, seed=8)
    java = search_peer(d)
    java("queries", ask)
    java("build", "flat", "Flat", base, 0)
    java("build", "copied", "Flat", base, 0)
    seconds = java("copy", "copied")[0]
    data, queries = vectors(base, d), vectors(ask, d)
    index = faiss.IndexFlatIP(d)
    index.add(data)
    halves = np.array_split(data.reshape(-1), THREADS)
    out, copied_out = folder / "ids", folder / "copied-ids"

    def ours():
        return java("time", "flat", K, 0, 0, 0, out)[0]

    def copied():
        return java("time", "copied", K, 0, 0, 0, copied_out)[0]

    def single():
        return statistics.median(milliseconds(lambda: index.search(queries[q:q + 1], K)) for q in range(64))

    def argsort():
        return milliseconds(lambda: np.argsort(-(data @ queries[0]))[:K])

    def argpartition():
        return milliseconds(lambda: np.argpartition(-(data @ queries[0]), K)[:K])

    java("exact", "exact", base)
    plain = search_peer(d, options=())
    plain("queries", ask)
    plain("exact", "exact", base)

    def exact_vector():
        return java("time", "exact", K, 0, 0, 0, folder / "exact-ids")[0]

    def exact_plain():
        return plain("time", "exact", K, 0, 0, 0, folder / "exact-ids")[0]

    with ThreadPoolExecutor(THREADS) as pool:
        def reading():
            return milliseconds(lambda: list(pool.map(np.sum, halves)), 5)

        ours()
        copied()
        one = turns({"ours": ours, "copied": copied, "exact": exact_vector, "exact, plain loops": exact_plain, "faiss": single,
                     "sum": reading, "argsort": argsort, "argpartition": argpartition}, 9)
    same = np.fromfile(out, np.int64).reshape(-1, K)
    assert np.array_equal(same, np.fromfile(copied_out, np.int64).reshape(-1, K))
    exact = index.search(queries, K)[1]
    batch = turns({"ours": lambda: java("batch", "flat", K, 64)[0], "copied": lambda: java("batch", "copied", K, 64)[0],
                   "exact": lambda: java("batch", "exact", K, 64)[0],
                   "faiss": lambda: milliseconds(lambda: index.search(queries, K), 5)}, 5)
    nanos, garbage = java("overhead")
    plain.stop()
    java("close", "exact")
    java("close", "copied")
    java("close", "flat")
    worst_base = alike("flat-alike.f32", rows, d)
    java("build", "flat", "Flat", worst_base, 0)
    java("build", "copied", "Flat", worst_base, 0)
    java("copy", "copied")
    worst = turns({"ours": ours, "copied": copied}, 9)
    worst_batch = turns({name: lambda name=name: java("batch", name, K, 64)[0] for name in ("flat", "copied")}, 5)
    java.stop()
    lines = Rows()
    smalls = {f"{n} x {m}": small(n, m, lines) for n, m in ((20_000, 384), (25_000, 128))}
    lines.add("flat, one query", one["ours"], one["sum"], "reading the same bytes", "ms", most=1.25)
    lines.add("flat, one query", one["ours"], one["faiss"], "FAISS in Python", "ms", most=1.03)
    lines.add("flat, one query", one["ours"], one["argsort"], "NumPy, product and argsort", "ms", most=0.25)
    lines.add("flat with a copy in 8 bits, one query", one["copied"], one["sum"], "reading the same bytes", "ms", most=0.35)
    lines.add("flat with a copy in 8 bits, one query", one["copied"], one["argpartition"], "NumPy, product and argpartition", "ms", most=0.35)
    lines.add("flat with a copy in 8 bits, one query", one["copied"], one["faiss"], "FAISS in Python", "ms", most=0.2)
    lines.add("flat with a copy in 8 bits, one query", one["copied"], one["argsort"], "NumPy, product and argsort", "ms", most=0.3)
    lines.add("every vector a candidate, one query", worst["copied"], worst["ours"], "without the copy", "ms", most=1.1)
    lines.add("every vector a candidate, batch of 64", worst_batch["copied"], worst_batch["flat"], "without the copy", "ms", most=1.1)
    lines.add("ExactIndex with the Vector API, one query", one["exact"], one["ours"], "FaissIndex.flat", "ms", most=1.5)
    lines.add("ExactIndex with plain loops, one query", one["exact, plain loops"], one["ours"], "FaissIndex.flat", "ms", most=1.5)
    lines.add("flat with a copy in 8 bits, batch of 64", batch["copied"], batch["faiss"], "FAISS in Python", "ms", most=0.06)
    lines.alone("making the copy", seconds, "s")
    lines.add("flat, batch of 64", batch["ours"], batch["faiss"], "FAISS in Python", "ms", most=1.05)
    lines.alone("a call over ten vectors", nanos / 1e3, "µs", most=10)
    lines.alone("a call, garbage on the Java heap", garbage, "bytes", most=200)
    lines.write(folder, "flat")
    report("flat", {
        "one query, ms": one, "batch of 64, ms": batch,
        "ours / sum": one["ours"] / one["sum"], "ours / faiss": one["ours"] / one["faiss"],
        "copied / sum": one["copied"] / one["sum"], "copied / faiss": one["copied"] / one["faiss"],
        "copied / argpartition": one["copied"] / one["argpartition"], "copied / argsort": one["copied"] / one["argsort"],
        "making the copy, s": seconds, "every vector a candidate, ms": worst, "the same, batch of 64": worst_batch,
        "exact / ours": one["exact"] / one["ours"], "exact, plain loops / ours": one["exact, plain loops"] / one["ours"],
        "batch: copied / faiss": batch["copied"] / batch["faiss"], "small sets, ms": smalls,
        "argsort / ours": one["argsort"] / one["ours"], "argpartition / ours": one["argpartition"] / one["ours"],
        "batch: ours / faiss": batch["ours"] / batch["faiss"],
        "same ids as faiss": recall(same, exact),
        "same ids of ExactIndex as faiss": recall(np.fromfile(folder / "exact-ids", np.int64).reshape(-1, K), exact),
        "a call over ten vectors, microseconds": nanos / 1e3, "a call, bytes": garbage})


def truth(base, d, queries, name):
    """Exact neighbors, once for each file."""
    path = folder / f"{name}.truth"
    if not path.exists():
        data = np.memmap(base, np.float32, "r").reshape(-1, d)
        best = [faiss.ResultHeap(len(queries), K, keep_max=True)]
        for start in range(0, len(data), 100_000):
            index = faiss.IndexFlatIP(d)
            index.add(np.ascontiguousarray(data[start:start + 100_000]))
            scores, ids = index.search(queries, K)
            best[0].add_result(scores, ids + start)
        best[0].finalize()
        best[0].I.astype(np.int64).tofile(path)
    return np.fromfile(path, np.int64).reshape(-1, K)


def curves():
    rows, d, asked = (20_000, 256, 200) if SHORT else (100_000, 768, 500)
    base = clustered("curves.f32", rows, d)
    ask = clustered("curves-queries.f32", asked, d, seed=8)
    queries = vectors(ask, d)
    java = search_peer(d)
    java("queries", ask)
    exact = truth(base, d, queries, "curves")
    out = folder / "ids"
    results = {}
    if SHORT:
        probes, graph_efforts, cells, codes = [8, 32], [64, 256], "IVF256", ["Flat", "PQ64x4fs,Refine(SQ8)"]
    else:
        probes, graph_efforts, cells = [1, 2, 4, 8, 16, 32, 64, 128], [16, 32, 64, 128, 256, 512], "IVF1024"
        codes = ["Flat", "SQfp16", "SQ8", "PQ192x4fs,Refine(SQ8)", "PQ96"]
    kinds = {"Flat": [0], **{f"{cells},{code}": probes for code in codes}, "HNSW32,Flat": graph_efforts}
    for kind, efforts in kinds.items():
        file = folder / f"curves-{kind.replace(',', '-').replace('(', '').replace(')', '')}.index"
        if not file.exists():
            seconds = java("build", "x", kind, base, min(rows, 50_000))[-1]
            java("save", "x", file)
            java("close", "x")
            print(kind, f"built in {seconds:.0f} s, {file.stat().st_size / 1e6:.0f} MB", flush=True)
        java("open", "x", file)
        peer = faiss.read_index(str(file))
        for effort in efforts:
            hnsw, rerank = kind.startswith("HNSW"), 10 if "Refine" in kind else 0

            def ours():
                return java("time", "x", K, 0 if hnsw else effort, effort if hnsw else 0, rerank, out)[0]

            def python():
                if hnsw:
                    peer.hnsw.efSearch = effort
                elif effort:
                    faiss.extract_index_ivf(peer).nprobe = effort
                if rerank:
                    faiss.downcast_index(peer).k_factor = rerank
                return statistics.median(milliseconds(lambda: peer.search(queries[q:q + 1], K)) for q in range(0, asked, 5))

            ms = turns({"ours": ours, "faiss": python}, 3)
            found = recall(np.fromfile(out, np.int64).reshape(-1, K), exact)
            results.setdefault(kind, []).append([effort, found, ms["ours"], ms["faiss"]])
            print(kind, effort, f"recall {found:.3f}, {ms['ours']:.3f} ms, faiss {ms['faiss']:.3f} ms", flush=True)
        java("close", "x")
    lines = Rows()
    for kind, points in results.items():
        for effort, found, ours, theirs in points:
            if effort in (0, 32, 64, 256):
                lines.add(f"{kind}, effort {effort}, recall {found:.3f}", ours, theirs, "FAISS in Python", "ms")
    java("open", "hnsw", folder / "curves-HNSW32-Flat.index")
    for library in ["jvector", "lucene"]:
        seconds = java("graph", library, library, base)[0]
        print(library, f"built in {seconds:.0f} s", flush=True)
        for effort in graph_efforts:
            java("time", library, K, 0, effort, 0, out)
            found = recall(np.fromfile(out, np.int64).reshape(-1, K), exact)
            # Ours beside it: the least effort that finds as much.
            equal = [(e, r) for e, r, _, __ in results["HNSW32,Flat"] if r >= found]
            sides = {library: lambda: java("time", library, K, 0, effort, 0, out)[0]}
            if equal:
                sides["ours"] = lambda: java("time", "hnsw", K, 0, equal[0][0], 0, out)[0]
            ms = turns(sides, 3)
            results.setdefault(library, []).append([effort, found, ms[library], None])
            print(library, effort, f"recall {found:.3f}, {ms[library]:.3f} ms", flush=True)
            if equal:
                lines.add(f"graph, recall {found:.3f}, ours {equal[0][1]:.3f}", ms["ours"], ms[library], library, "ms")
        java("close", library)
    report("curves", results)
    lines.write(folder, "curves")
    plot(results, f"{rows:,} x {d}, one query, two threads", folder / "recall.svg")


def plot(results, title, target):
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "recall"
    import matplotlib.pyplot as pyplot
    figure, axes = pyplot.subplots(figsize=(8, 5))
    for kind, points in results.items():
        style = dict(linestyle="--", marker="x") if kind in ("jvector", "lucene") else dict(marker="o", markersize=4)
        axes.plot([p[2] for p in points], [p[1] for p in points], label=kind, **style)
    axes.set(xscale="log", xlabel="milliseconds a query (median)", ylabel="recall@10", title=title)
    axes.grid(True, which="both", alpha=0.3)
    axes.legend(loc="lower right", fontsize=8)
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None})


def approximate(name, rows, d, kinds, asked, sample, with_flat):
    """Recall, latency and memory of some kinds, beside one flat search in the same turns."""
    base = clustered(f"{name}.f32", rows, d)
    ask = clustered(f"{name}-queries.f32", asked, d, seed=8)
    queries = vectors(ask, d)
    files = {}
    for kind in kinds:
        files[kind] = folder / f"{name}-{kind.replace(',', '-').replace('(', '').replace(')', '')}.index"
        if not files[kind].exists():
            java = search_peer(d)
            java("queries", ask)
            trained, seconds = java("build", "x", kind, base, sample)
            java("save", "x", files[kind])
            print(kind, f"trained in {trained:.0f} s, built in {seconds:.0f} s", flush=True)
            java.process.kill()
    exact = truth(base, d, queries, name)
    out = folder / "ids"
    flat_java = search_peer(d)
    flat_java("queries", ask)
    if with_flat:
        flat_java("build", "flat", "Flat", base, 0)
    results = {}
    for kind, efforts in kinds.items():
        java = search_peer(d)
        java("queries", ask)
        java("open", "x", files[kind])
        for nprobe, rerank in efforts:
            sides = {"ours": lambda: java("time", "x", K, nprobe, 0, rerank, out)[0]}
            if with_flat:
                sides["flat"] = lambda: flat_java("batch", "flat", K, 1)[0]
            ms = turns(sides, 3)
            found = recall(np.fromfile(out, np.int64).reshape(-1, K), exact)
            results[f"{kind} nprobe {nprobe} rerank {rerank}"] = dict(
                ms, recall=found, resident=java("memory")[0], file=files[kind].stat().st_size)
            print(kind, nprobe, rerank, results[f"{kind} nprobe {nprobe} rerank {rerank}"], flush=True)
        java.process.kill()
    report(name, results)
    return results


def large():
    results = approximate("large", 2_000_000, 768, {
        "IVF4096,SQ8": [(n, 0) for n in (8, 32, 64, 80, 96)],
        "IVF4096,PQ192x4fs,Refine(SQ8)": [(n, 10) for n in (32, 64, 96, 128, 256)],
    }, 200, 160_000, True)
    lines = Rows()
    for kind, found in results.items():
        # Cells that find enough are compared with a flat search of the same vectors; memory is the whole process's.
        if found["recall"] >= 0.95:
            lines.add(f"{kind}, recall {found['recall']:.3f}", found["ours"], found["flat"], "our own flat search", "ms", most=1 / 25)
            lines.alone(f"{kind}, resident", found["resident"] / 1e9, "GB", most=2.5)
    lines.write(folder, "large")


def recipe():
    results = approximate("recipe", 500_000, 768, {
        "IVF1024,PQ32": [(n, 0) for n in (8, 32)],
        "OPQ32,IVF1024,PQ32": [(n, 0) for n in (8, 32)],
    }, 200, 65_000, False)
    lines = Rows()
    for probes in (8, 32):
        turned, plain = (results[f"{kind}IVF1024,PQ32 nprobe {probes} rerank 0"] for kind in ("OPQ32,", ""))
        lines.add(f"OPQ32,IVF1024,PQ32, {probes} cells", turned["recall"], plain["recall"], "IVF1024,PQ32", "recall@10")
    lines.write(folder, "recipe")


def report(name, results):
    (folder / f"{name}.json").write_text(json.dumps(results, indent=1))
    print(json.dumps(results, indent=1))


{"flat": flat, "curves": curves, "large": large, "recipe": recipe}[part]()
