// The search for the best k. It is deterministic for every FAISS index; faiss::Index::search is not.
//
// A score is an inner product or minus a squared distance: larger is better. Results are in the order of ranking.h.
// Arrays of whole or quantized vectors are scanned by scan.h. FAISS searches the others. All vectors that pass are scored one by one if FAISS has
// no filter for a kind, finds fewer vectors than there are, or few vectors pass.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <earthembed/faiss_search.h>
#include <earthembed/filter.h>
#include <earthembed/graph.h>
#include <earthembed/layers.h>
#include <earthembed/parameters.h>
#include <earthembed/ranking.h>
#include <earthembed/scan.h>
#include <earthembed/score_all.h>

namespace earthembed {

/// Returns how many hits to ask for: a few more than k show whether the k-th place is tied.
inline int64_t width_for(int64_t k, int64_t ntotal) {
    return std::min<int64_t>(ntotal, k + 8);
}

// Searches an array of vectors.
inline void search_rows(
        const Rows& rows,
        int64_t n,
        const float* queries,
        int64_t k,
        const uint8_t* bitmap,
        float* scores,
        int64_t* labels) {
    // The heaps of 64 queries fit the processor's cache.
    const int64_t group = 64;
    for (int64_t from = 0; from < n; from += group) {
        const int64_t size = std::min(group, n - from);
        const auto found = scan(rows, size, queries + from * rows.d, k, bitmap);
        for (int64_t q = 0; q < size; q++) {
            write(found[q], k, scores + (from + q) * k, labels + (from + q) * k);
        }
    }
}

/// Finds the best k for each of n queries; ids are -1 after the last that passes. The bitmap has a bit for each of ids; if
/// it is null, every vector passes.
inline void search(
        const Layers& layers,
        int64_t n,
        const float* queries,
        int64_t k,
        const uint8_t* bitmap,
        int64_t ids,
        const Effort& effort,
        float* scores,
        int64_t* labels) {
    if (layers.transform != nullptr) {
        const Transformed inside(*layers.transform, n, queries);
        search(*layers.inside, n, inside.get(), k, bitmap, ids, effort, scores, labels);
        return;
    }
    if (is_scanned(layers)) {
        search_rows(rows_of(layers), n, queries, k, bitmap, scores, labels);
        return;
    }
    const Filter filter(bitmap, ids);
    const int64_t d = layers.index->d;
    const int64_t ntotal = layers.index->ntotal;
    // Fast scan rounds its scores, so FAISS cannot return all vectors with a given score.
    const bool rounded = layers.ivf_fast_scan != nullptr || layers.fast_scan != nullptr;
    const int64_t width = width_for(k, ntotal);
    std::vector<std::vector<Scored>> results;
    const bool searched = !filter.selective() && first_beyond_graph(layers, n, queries) == n &&
            faiss_search(layers, n, queries, width, filter, effort, results);
    for (int64_t q = 0; q < n; q++) {
        const float* query = queries + q * d;
        std::vector<Scored> found;
        if (searched) {
            found = std::move(results[q]);
        }
        const int64_t have = found.size();
        if (!searched || have < std::min(k, std::min(filter.passing, ntotal))) {
            found = score_all(layers, query, k, EVERYTHING, filter);
        } else if (!rounded && have == width && is_tied(found, k, ntotal)) {
            if (layers.ivf != nullptr && ranges(layers)) {
                found = range(layers, query, found[k - 1].first, filter, effort);
                keep_best(found, k);
            } else {
                found = score_all(layers, query, k, EVERYTHING, filter);
            }
        }
        write(found, k, scores + q * k, labels + q * k);
    }
}

} // namespace earthembed
