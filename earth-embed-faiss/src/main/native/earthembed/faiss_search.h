// FAISS's own search of an index that is not flat.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <faiss/IndexAdditiveQuantizerFastScan.h>
#include <faiss/IndexFastScan.h>
#include <faiss/IndexIVFAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/FaissException.h>
#include <faiss/impl/LookupTableScaler.h>
#include <faiss/utils/distances.h>

#include <earthembed/filter.h>
#include <earthembed/layers.h>
#include <earthembed/parameters.h>
#include <earthembed/ranking.h>

namespace earthembed {

/// Sorts FAISS's hits for n queries, width hits each, in the order of ranking.h, and drops hits that do not pass.
inline void collect(
        int64_t n,
        int64_t width,
        bool inner,
        const float* distances,
        const int64_t* labels,
        const Filter& filter,
        std::vector<std::vector<Scored>>& results) {
    results.assign(n, {});
    for (int64_t q = 0; q < n; q++) {
        for (int64_t i = q * width; i < (q + 1) * width; i++) {
            // Kinds that take no filter ignored it.
            if (filter.accepts(labels[i])) {
                results[q].emplace_back(comparable(inner ? distances[i] : -distances[i]), labels[i]);
            }
        }
        std::sort(results[q].begin(), results[q].end(), better);
    }
}

// Searches an inverted file of additive codes packed for fast scan. FAISS's own search of it takes no parameters.
inline void search_additive_fast_scan(
        const faiss::IndexIVFAdditiveQuantizerFastScan& index,
        int64_t n,
        const float* queries,
        int64_t k,
        const Effort& effort,
        float* distances,
        int64_t* labels) {
    const size_t nprobe = std::min<size_t>(effort.nprobe > 0 ? effort.nprobe : index.nprobe, index.nlist);
    const faiss::IndexIVFFastScan::CoarseQuantized cells{nprobe};
    const bool inner = index.metric_type == faiss::METRIC_INNER_PRODUCT;
    const bool scaled = index.rescale_norm && index.norm_scale > 1 && !inner;
    const faiss::NormTableScaler scaler(index.norm_scale);
    index.search_dispatch_implem(n, queries, k, distances, labels, cells, scaled ? &scaler : nullptr);
}

// Returns whether fast scan computes right scores. It does not for product codes of residuals, nor for blocks of other
// than 32 codes.
inline bool scores_are_right(const Layers& layers) {
    if (layers.fast_scan != nullptr) {
        return layers.fast_scan->bbs == 32;
    }
    if (layers.ivf_fast_scan != nullptr) {
        const auto* product = layers.as<faiss::IndexIVFPQFastScan>();
        return layers.ivf_fast_scan->bbs == 32 && (product == nullptr || !product->by_residual);
    }
    return true;
}

// Returns whether FAISS's distances lack the query's squared length, which is equal for every vector.
inline bool lacks_norm(const Layers& layers) {
    return !layers.is_inner() &&
            (layers.ivf_additive_fast_scan != nullptr ||
             (layers.fast_scan != nullptr && layers.is<faiss::IndexAdditiveQuantizerFastScan>()));
}

/// Searches n queries for width hits each. Returns false if FAISS has no search for this kind, or none with a filter.
inline bool faiss_search(
        const Layers& layers,
        int64_t n,
        const float* queries,
        int64_t width,
        const Filter& filter,
        const Effort& effort,
        std::vector<std::vector<Scored>>& results) {
    if (!scores_are_right(layers)) {
        return false;
    }
    std::vector<float> distances(n * width);
    std::vector<int64_t> labels(n * width);
    try {
        if (layers.ivf_additive_fast_scan != nullptr) {
            search_additive_fast_scan(
                    *layers.ivf_additive_fast_scan, n, queries, width, effort, distances.data(), labels.data());
        } else {
            const Parameters parameters(layers, filter, width, effort);
            layers.index->search(n, queries, width, distances.data(), labels.data(), parameters.get());
        }
    } catch (const faiss::FaissException&) {
        if (faiss::InterruptCallback::is_interrupted()) {
            throw;
        }
        return false;
    }
    if (lacks_norm(layers)) {
        const int64_t d = layers.index->d;
        for (int64_t q = 0; q < n; q++) {
            const float norm = faiss::fvec_norm_L2sqr(queries + q * d, d);
            for (int64_t i = q * width; i < (q + 1) * width; i++) {
                distances[i] += norm;
            }
        }
    }
    collect(n, width, layers.is_inner(), distances.data(), labels.data(), filter, results);
    return true;
}

} // namespace earthembed
