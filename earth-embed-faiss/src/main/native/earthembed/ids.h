// Checks the ids of files that FAISS itself wrote: they must be ordinals.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <faiss/IndexIVF.h>

#include <earthembed/layers.h>

namespace earthembed {

// The number of ids that the bitmap of a filter can hold.
constexpr int64_t MOST_IDS = std::numeric_limits<int32_t>::max();

/// Returns one more than the largest stored id. Fails if an id is no ordinal, or if two vectors have equal ids.
inline int64_t next_id(const Layers& layers) {
    const faiss::IndexIVF* ivf = layers.innermost().ivf;
    const int64_t ntotal = layers.index->ntotal;
    if (ivf == nullptr) {
        return ntotal;
    }
    const auto for_each_id = [ivf](const auto& visit) {
        for (size_t list = 0; list < ivf->nlist; list++) {
            const size_t size = ivf->invlists->list_size(list);
            faiss::InvertedLists::ScopedIds ids(ivf->invlists, list);
            for (size_t i = 0; i < size; i++) {
                visit(ids[i]);
            }
        }
    };
    int64_t next = 0;
    int64_t count = 0;
    for_each_id([&](int64_t id) {
        if (id < 0 || id >= MOST_IDS) {
            throw std::runtime_error("the id " + std::to_string(id) + " is no ordinal");
        }
        next = std::max(next, id + 1);
        count++;
    });
    if (count != ivf->ntotal || count != ntotal) {
        throw std::runtime_error(
                "the inverted lists hold " + std::to_string(count) + " vectors, not " + std::to_string(ntotal));
    }
    std::vector<bool> seen(next);
    for_each_id([&](int64_t id) {
        if (seen[id]) {
            throw std::runtime_error("two vectors have the id " + std::to_string(id));
        }
        seen[id] = true;
    });
    // A second ranking finds its vectors by position, so no id may be missing.
    if (layers.without_transforms().refine != nullptr && next != ntotal) {
        throw std::runtime_error("the id " + std::to_string(next - 1) + " has no vector in the second ranking");
    }
    return next;
}

} // namespace earthembed
