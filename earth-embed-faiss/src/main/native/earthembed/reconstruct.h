// Copies out stored vectors.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <faiss/IndexIVF.h>
#include <faiss/IndexPreTransform.h>

#include <earthembed/layers.h>

namespace earthembed {

/// Decodes the vector with an id. In an inverted file this searches the lists for it: a map from ids to places would take
/// 8 bytes a vector, and reconstruction is rare.
inline void reconstruct(const Layers& layers, int64_t id, float* into) {
    if (layers.transform != nullptr) {
        std::vector<float> inside(layers.inside->index->d);
        reconstruct(*layers.inside, id, inside.data());
        layers.transform->reverse_chain(1, inside.data(), into);
        return;
    }
    if (layers.refine != nullptr) {
        reconstruct(*layers.ranking, id, into);
        return;
    }
    if (layers.ivf == nullptr) {
        layers.index->reconstruct(id, into);
        return;
    }
    for (size_t list = 0; list < layers.ivf->nlist; list++) {
        const size_t size = layers.ivf->invlists->list_size(list);
        faiss::InvertedLists::ScopedIds ids(layers.ivf->invlists, list);
        const faiss::idx_t* found = std::find(ids.get(), ids.get() + size, id);
        if (found != ids.get() + size) {
            layers.ivf->reconstruct_from_offset(list, found - ids.get(), into);
            return;
        }
    }
    throw std::runtime_error("no vector " + std::to_string(id));
}

} // namespace earthembed
