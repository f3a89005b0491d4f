"""Writes the files of FaissIdsTest: indexes whose vectors have ids of their own. Usage: make_faiss_ids.py FOLDER"""
import sys

import faiss
import numpy as np

X = np.array([[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0], [0, 0, 0, 4], [5, 5, 0, 0]], "float32")


def inverted():
    index = faiss.index_factory(4, "IVF2,Flat", faiss.METRIC_L2)
    index.train(np.concatenate([X + 0.1 * i for i in range(20)]))
    index.nprobe = 2
    return index


def with_ids(ids):
    index = inverted()
    index.add_with_ids(X, np.array(ids, "int64"))
    return index


def removed():
    index = with_ids(range(5))
    index.remove_ids(np.array([2], "int64"))
    return index


def mapped(kind):
    index = with_ids(range(5))
    index.set_direct_map_type(kind)
    return index


def by_id():
    index = faiss.index_factory(4, "IDMap,Flat", faiss.METRIC_L2)
    index.add_with_ids(X, np.array([0, 1, 12345678901, 3, 4], "int64"))
    return index


def refined():
    ranking = faiss.IndexFlatL2(4)
    ranking.add(X)
    return faiss.IndexRefine(with_ids([0, 1, 2, 3, 9]), ranking)


for name, index in {
    "own": with_ids([4, 3, 2, 1, 0]),
    "doubled": with_ids([0, 1, 3, 3, 4]),
    "far": with_ids([0, 1, 2, 3, 2**31]),
    "negative": with_ids([0, 1, -5, 3, 4]),
    "removed": removed(),
    "array": mapped(faiss.DirectMap.Array),
    "hashtable": mapped(faiss.DirectMap.Hashtable),
    "idmap": by_id(),
    "refined": refined(),
}.items():
    faiss.write_index(index, f"{sys.argv[1]}/ids-{name}.index")
