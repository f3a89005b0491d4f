// Limits the length of a graph's vectors. If a distance is not finite, FAISS's search of a graph (HNSW) does not end
// and reads beyond its arrays. Vectors in a graph, and its queries, must therefore be short enough that no distance
// overflows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <faiss/IndexFlatCodes.h>

#include <earthembed/layers.h>

namespace earthembed {

// The square of the sum of two such lengths is a tenth of the largest float.
constexpr double LONGEST_IN_GRAPH = 1e18;

// Returns the first of n vectors that is not finite or too long, or n.
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

// Returns the graph that a search of an index walks, among vectors or among centroids, or null.
inline const Layers* graph_of(const Layers& layers) {
    const Layers& innermost = layers.innermost();
    if (innermost.ivf != nullptr) {
        return graph_of(*innermost.quantizer);
    }
    return innermost.hnsw != nullptr ? &innermost : nullptr;
}

// Calls visit(graph, vectors) with the vectors as the transforms above the graph make them.
template <typename Visit>
inline void with_graph(const Layers& layers, int64_t n, const float* vectors, Visit visit) {
    if (layers.transform != nullptr) {
        const Transformed inside(*layers.transform, n, vectors);
        with_graph(*layers.inside, n, inside.get(), visit);
    } else if (layers.refine != nullptr) {
        with_graph(*layers.base, n, vectors, visit);
    } else if (layers.ivf != nullptr) {
        with_graph(*layers.quantizer, n, vectors, visit);
    } else {
        visit(layers, vectors);
    }
}

/// Returns the first of n queries that a graph in an index cannot measure, or n.
inline int64_t first_beyond_graph(const Layers& layers, int64_t n, const float* queries) {
    int64_t first = n;
    if (graph_of(layers) != nullptr) {
        with_graph(layers, n, queries, [&](const Layers& graph, const float* measured) {
            first = first_beyond(n, graph.index->d, measured);
        });
    }
    return first;
}

[[noreturn]] inline void refuse_vector(int64_t row) {
    throw std::invalid_argument(
            "vector " + std::to_string(row) +
            " is not finite, or longer than 1e18, as the graph would store it: its distances overflow");
}

// Checks codes, which may be infinite if vectors are not: halves end at 65,504.
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

// Fails, naming the first bad one, if a graph cannot take all of n vectors.
inline void require_measurable_by(const Layers& graph, int64_t n, const float* vectors) {
    const int64_t row = first_beyond(n, graph.index->d, vectors);
    if (row < n) {
        refuse_vector(row);
    }
    const faiss::IndexFlatCodes* storage = graph.storage->codes;
    if (storage != nullptr && storage->code_size != sizeof(float) * storage->d) {
        std::vector<uint8_t> codes(n * storage->code_size);
        storage->sa_encode(n, vectors, codes.data());
        require_measurable_codes(*storage, n, codes.data());
    }
}

/// Fails, naming the first bad one, if a graph in an index cannot take all of n vectors.
inline void require_measurable(const Layers& layers, int64_t n, const float* vectors) {
    if (graph_of(layers) != nullptr) {
        with_graph(layers, n, vectors, [&](const Layers& graph, const float* measured) {
            require_measurable_by(graph, n, measured);
        });
    }
}

/// Fails, naming the first bad one, if a graph in an index holds a vector that it cannot measure.
inline void require_measurable(const Layers& layers) {
    const Layers* graph = graph_of(layers);
    if (graph != nullptr && graph->storage->codes != nullptr) {
        const faiss::IndexFlatCodes& storage = *graph->storage->codes;
        require_measurable_codes(storage, storage.ntotal, storage.codes.data());
    }
}

} // namespace earthembed
