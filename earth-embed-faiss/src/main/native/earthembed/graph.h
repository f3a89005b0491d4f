// FAISS's search of a graph (HNSW) does not end, and reads beyond its arrays, if a distance is not a finite number. So
// vectors in a graph, and queries of one, must be so short that no distance overflows.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>

namespace earthembed {

// The square of the sum of two such lengths is a tenth of the largest float.
constexpr double LONGEST_IN_GRAPH = 1e18;

// The first of n vectors that is not finite or too long, or n.
inline int64_t first_beyond(int64_t n, int64_t d, const float* vectors) {
    for (int64_t row = 0; row < n; row++) {
        double square = 0;
        for (int64_t i = row * d; i < (row + 1) * d; i++) {
            square += static_cast<double>(vectors[i]) * vectors[i];
        }
        if (!(square <= LONGEST_IN_GRAPH * LONGEST_IN_GRAPH)) {
            return row;
        }
    }
    return n;
}

/// The first of n vectors or queries that a graph in an index cannot measure, or n.
inline int64_t first_beyond_graph(const faiss::Index& index, int64_t n, const float* vectors) {
    if (const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(&index)) {
        const float* inside = transform->apply_chain(n, vectors);
        const std::unique_ptr<const float[]> owned(inside == vectors ? nullptr : inside);
        return first_beyond_graph(*transform->index, n, inside);
    }
    if (const auto* refine = dynamic_cast<const faiss::IndexRefine*>(&index)) {
        return first_beyond_graph(*refine->base_index, n, vectors);
    }
    if (const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(&index)) {
        return first_beyond_graph(*ivf->quantizer, n, vectors);
    }
    if (dynamic_cast<const faiss::IndexHNSW*>(&index) != nullptr) {
        return first_beyond(n, index.d, vectors);
    }
    return n;
}

[[noreturn]] inline void refuse_vector(int64_t row) {
    throw std::invalid_argument(
            "vector " + std::to_string(row) +
            " is not finite, or longer than 1e18, as the graph would store it: its distances overflow");
}

// Codes may be infinite where vectors are not: halves end at 65,504.
inline void require_measurable_codes(const faiss::IndexFlatCodes& storage, int64_t n, const uint8_t* codes) {
    const int64_t step = 1024;
    std::vector<float> decoded(std::min(step, n) * storage.d);
    for (int64_t from = 0; from < n; from += step) {
        const int64_t size = std::min(step, n - from);
        storage.sa_decode(size, codes + from * storage.code_size, decoded.data());
        const int64_t row = first_beyond(size, storage.d, decoded.data());
        if (row < size) {
            refuse_vector(from + row);
        }
    }
}

/// Fails, naming the first, if a graph in an index cannot take all of n vectors.
inline void require_measurable(const faiss::Index& index, int64_t n, const float* vectors) {
    if (const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(&index)) {
        const float* inside = transform->apply_chain(n, vectors);
        const std::unique_ptr<const float[]> owned(inside == vectors ? nullptr : inside);
        require_measurable(*transform->index, n, inside);
    } else if (const auto* refine = dynamic_cast<const faiss::IndexRefine*>(&index)) {
        require_measurable(*refine->base_index, n, vectors);
    } else if (const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(&index)) {
        require_measurable(*ivf->quantizer, n, vectors);
    } else if (const auto* hnsw = dynamic_cast<const faiss::IndexHNSW*>(&index)) {
        const int64_t row = first_beyond(n, index.d, vectors);
        if (row < n) {
            refuse_vector(row);
        }
        const auto* storage = dynamic_cast<const faiss::IndexFlatCodes*>(hnsw->storage);
        if (storage != nullptr && storage->code_size != sizeof(float) * storage->d) {
            std::vector<uint8_t> codes(n * storage->code_size);
            storage->sa_encode(n, vectors, codes.data());
            require_measurable_codes(*storage, n, codes.data());
        }
    }
}

/// Fails, naming the first, if a vector that a graph in an index holds cannot be measured.
inline void require_measurable(const faiss::Index& index) {
    if (const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(&index)) {
        require_measurable(*transform->index);
    } else if (const auto* refine = dynamic_cast<const faiss::IndexRefine*>(&index)) {
        require_measurable(*refine->base_index);
    } else if (const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(&index)) {
        require_measurable(*ivf->quantizer);
    } else if (const auto* hnsw = dynamic_cast<const faiss::IndexHNSW*>(&index)) {
        if (const auto* storage = dynamic_cast<const faiss::IndexFlatCodes*>(hnsw->storage)) {
            require_measurable_codes(*storage, storage->ntotal, storage->codes.data());
        }
    }
}

} // namespace earthembed
