// Adds and removes vectors.
#pragma once

#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/impl/IDSelector.h>

#include <earthembed/graph.h>
#include <earthembed/layers.h>

namespace earthembed {

/// Stores n vectors under the ids from first on.
inline void add_from(const Layers& layers, int64_t n, const float* vectors, int64_t first) {
    require_measurable(layers, n, vectors);
    if (layers.index->ntotal == first) {
        layers.index->add(n, vectors);
        return;
    }
    // After a removal FAISS's add would number from ntotal and reuse the ids of the last vectors.
    std::vector<int64_t> ids(n);
    std::iota(ids.begin(), ids.end(), first);
    layers.index->add_with_ids(n, vectors, ids.data());
}

/// Returns whether every layer holds n vectors: after an addition that failed midway, some may hold more than others.
inline bool holds(const Layers& layers, int64_t n) {
    if (layers.index->ntotal != n) {
        return false;
    }
    if (layers.transform != nullptr) {
        return holds(*layers.inside, n);
    }
    if (layers.refine != nullptr) {
        return holds(*layers.base, n) && holds(*layers.ranking, n);
    }
    if (layers.ivf != nullptr) {
        return static_cast<int64_t>(layers.ivf->invlists->compute_ntotal()) == n;
    }
    if (layers.hnsw != nullptr) {
        return holds(*layers.storage, n) && static_cast<int64_t>(layers.hnsw->hnsw.levels.size()) == n;
    }
    return layers.codes == nullptr || layers.codes->codes.size() == n * layers.codes->code_size;
}

/// Removes the vectors whose bits are set and returns how many there were.
inline int64_t remove_ids(const Layers& layers, const uint8_t* bitmap, int64_t ids) {
    faiss::IndexIVF* ivf = layers.transform != nullptr ? layers.inside->ivf : layers.ivf;
    if (ivf == nullptr) {
        // In all other kinds FAISS renumbers the remaining vectors.
        throw std::invalid_argument("only inverted files keep the ordinals of what stays");
    }
    const int64_t before = ivf->ntotal;
    layers.index->remove_ids(faiss::IDSelectorBitmap((ids + 7) / 8, bitmap));
    // FAISS does not count the vectors that it removes from lists packed for fast scan.
    layers.index->ntotal = ivf->ntotal = ivf->invlists->compute_ntotal();
    return before - ivf->ntotal;
}

} // namespace earthembed
