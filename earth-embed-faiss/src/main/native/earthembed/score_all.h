// Scores every vector that passes a filter, as the index stores it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <faiss/Index2Layer.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexLSH.h>
#include <faiss/IndexPQ.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/utils/distances.h>
#include <omp.h>

#include <earthembed/filter.h>
#include <earthembed/layers.h>
#include <earthembed/parallel.h>
#include <earthembed/parameters.h>
#include <earthembed/ranking.h>
#include <earthembed/reconstruct.h>
#include <earthembed/scan.h>

namespace earthembed {

/// A floor that every score reaches.
constexpr float EVERYTHING = -std::numeric_limits<float>::infinity();

// Returns the score of a decoded vector.
inline float score_of(const float* query, const float* row, size_t d, bool inner) {
    float one[1][4];
    inner ? tile<true, 1, 1>(&query, &row, d, one) : tile<false, 1, 1>(&query, &row, d, one);
    return comparable(one[0][0]);
}

// Collects what the threads of a parallel region find.
class Gathered {
   public:
    void add(const std::vector<Scored>& some) {
        const std::lock_guard<std::mutex> one(lock);
        found.insert(found.end(), some.begin(), some.end());
    }

    std::vector<Scored> take() {
        return std::move(found);
    }

   private:
    std::mutex lock;
    std::vector<Scored> found;
};

// Returns whether a search for all cells finds all of them: a graph over centroids may miss some.
inline bool finds_every_list(const Layers& layers) {
    return layers.quantizer->flat != nullptr || layers.quantizer->is<faiss::MultiIndexQuantizer>();
}

// Runs FAISS's range search over every cell, in their order.
inline void range_every_list(
        const Layers& layers,
        const float* query,
        float radius,
        const faiss::IVFSearchParameters& parameters,
        faiss::RangeSearchResult* result) {
    const faiss::IndexIVF& ivf = *layers.ivf;
    std::vector<int64_t> lists(ivf.nlist);
    std::vector<float> distances(ivf.nlist), centroid(ivf.d);
    for (size_t list = 0; list < ivf.nlist; list++) {
        lists[list] = list;
        reconstruct(*layers.quantizer, list, centroid.data());
        distances[list] = layers.is_inner() ? faiss::fvec_inner_product(query, centroid.data(), ivf.d)
                                            : faiss::fvec_L2sqr(query, centroid.data(), ivf.d);
    }
    ivf.range_search_preassigned(1, query, radius, lists.data(), distances.data(), result, false, &parameters);
}

// Returns whether the range search of an inverted file finds the hits of its search, with equal scores. Fast scan
// rounds the radius as it rounds the distances, and finds nothing for an infinite one; residual codes outside the lists
// are left out.
inline bool ranges(const Layers& layers) {
    return layers.ivf_fast_scan == nullptr && !layers.is<faiss::IndexIVFPQR>();
}

/// Finds the vectors that reach a floor in the cells that an effort visits, by FAISS's range search; unordered.
inline std::vector<Scored> range(
        const Layers& layers,
        const float* query,
        float floor,
        const Filter& filter,
        const Effort& effort) {
    const bool inner = layers.is_inner();
    const Parameters parameters(layers, filter, 0, effort);
    faiss::RangeSearchResult result(1);
    const float infinity = std::numeric_limits<float>::infinity();
    // FAISS excludes the radius itself.
    const float radius = inner ? std::nextafter(floor, -infinity) : std::nextafter(-floor, infinity);
    if (effort.every_list && !finds_every_list(layers)) {
        const auto& own = static_cast<const faiss::IVFSearchParameters&>(*parameters.get());
        range_every_list(layers, query, radius, own, &result);
    } else {
        layers.index->range_search(1, query, radius, &result, parameters.get());
    }
    std::vector<Scored> found;
    for (size_t i = result.lims[0]; i < result.lims[1]; i++) {
        const float score = comparable(inner ? result.distances[i] : -result.distances[i]);
        if (score >= floor && filter.accepts(result.labels[i])) {
            found.emplace_back(score, result.labels[i]);
        }
    }
    return found;
}

// Decodes and scores all lists of an inverted file whose range search cannot be used (see ranges).
inline std::vector<Scored> decode_lists(const Layers& layers, const float* query, float floor, const Filter& filter) {
    const faiss::IndexIVF& ivf = *layers.ivf;
    const bool inner = layers.is_inner();
    Gathered all;
    RegionFault fault;
#pragma omp parallel
    {
        std::vector<Scored> mine;
#pragma omp for schedule(dynamic)
        for (int64_t list = 0; list < static_cast<int64_t>(ivf.nlist); list++) {
            fault.guard([&] {
                std::vector<float> row(ivf.d);
                const size_t size = ivf.invlists->list_size(list);
                faiss::InvertedLists::ScopedIds ids(ivf.invlists, list);
                for (size_t i = 0; i < size; i++) {
                    if (filter.accepts(ids[i])) {
                        ivf.reconstruct_from_offset(list, i, row.data());
                        const float score = score_of(query, row.data(), ivf.d, inner);
                        if (score >= floor) {
                            mine.emplace_back(score, ids[i]);
                        }
                    }
                }
            });
        }
        fault.guard([&] { all.add(mine); });
    }
    fault.rethrow();
    return all.take();
}

// Scores hashes by minus the number of bits that differ, as FAISS's search of them does.
inline std::vector<Scored> score_hashes(
        const faiss::IndexLSH& hashes,
        const float* query,
        float floor,
        const Filter& filter) {
    std::vector<uint8_t> wanted(hashes.code_size);
    hashes.sa_encode(1, query, wanted.data());
    std::vector<Scored> found;
    for (int64_t id = 0; id < std::min<int64_t>(hashes.ntotal, filter.ids); id++) {
        if (!passes(filter.bitmap, id)) {
            continue;
        }
        const uint8_t* code = hashes.codes.data() + id * hashes.code_size;
        int64_t bits = 0;
        for (size_t i = 0; i < hashes.code_size; i++) {
            bits += __builtin_popcount(code[i] ^ wanted[i]);
        }
        const float score = -static_cast<float>(bits);
        if (score >= floor) {
            found.emplace_back(score, id);
        }
    }
    return found;
}

// Scores vectors that are stored in the order of their ids.
inline std::vector<Scored> score_rows(const Layers& layers, const float* query, float floor, const Filter& filter) {
    const faiss::Index& index = *layers.index;
    const bool inner = layers.is_inner();
    // FAISS can compute distances to these codes. It wrongly assumes 8 bits for each code of a two-layer index, and
    // cannot compute distances for the rest; both are decoded.
    const bool computes = layers.codes != nullptr && !layers.is<faiss::Index2Layer>();
    Gathered all;
    RegionFault fault;
#pragma omp parallel
    {
        const int64_t threads = omp_get_num_threads();
        const int64_t thread = omp_get_thread_num();
        fault.guard([&] {
            std::unique_ptr<faiss::DistanceComputer> computer;
            std::vector<float> decoded(index.d);
            if (computes) {
                computer.reset(index.get_distance_computer());
                computer->set_query(query);
            }
            std::vector<Scored> mine;
            const int64_t end = std::min<int64_t>(index.ntotal, filter.ids);
            for (int64_t id = end * thread / threads; id < end * (thread + 1) / threads; id++) {
                if (!passes(filter.bitmap, id)) {
                    continue;
                }
                float score;
                if (computes) {
                    score = comparable(inner ? (*computer)(id) : -(*computer)(id));
                } else {
                    index.reconstruct(id, decoded.data());
                    score = score_of(query, decoded.data(), index.d, inner);
                }
                if (score >= floor) {
                    mine.emplace_back(score, id);
                }
            }
            all.add(mine);
        });
    }
    fault.rethrow();
    return all.take();
}

/// Finds the best k of all vectors that pass and reach a floor, best first.
inline std::vector<Scored> score_all(
        const Layers& layers,
        const float* query,
        int64_t k,
        float floor,
        const Filter& filter) {
    if (layers.transform != nullptr) {
        const Transformed inside(*layers.transform, 1, query);
        return score_all(*layers.inside, inside.get(), k, floor, filter);
    }
    if (layers.refine != nullptr) {
        return score_all(*layers.ranking, query, k, floor, filter);
    }
    if (layers.hnsw != nullptr) {
        return score_all(*layers.storage, query, k, floor, filter);
    }
    std::vector<Scored> found;
    if (const auto* hashes = layers.as<faiss::IndexLSH>()) {
        found = score_hashes(*hashes, query, floor, filter);
    } else if (layers.ivf == nullptr) {
        found = score_rows(layers, query, floor, filter);
    } else if (ranges(layers)) {
        found = range(layers, query, floor, filter, {0, 0, 0, true});
    } else {
        found = decode_lists(layers, query, floor, filter);
    }
    keep_best(found, k);
    return found;
}

} // namespace earthembed
