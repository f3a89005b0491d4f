// Exact, deterministic searches over FAISS indexes: what faiss::Index::search leaves open is decided here.
//
// FAISS's heaps keep no order among equal scores, and its flat index spreads queries, not vectors, over threads, so
// that one query runs on one core. These functions order by score and then by id, return the smallest ids of a tie
// that straddles the k-th place, and spread the vectors of a flat index over the OpenMP pool. A score is
// FAISS's own fvec_inner_product, or minus its fvec_L2sqr: larger is better.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <faiss/Index.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/utils/distances.h>
#include <faiss/utils/utils.h>
#include <omp.h>

namespace earthembed {

using Scored = std::pair<float, int64_t>;

inline bool better(const Scored& a, const Scored& b) {
    return a.first > b.first || (a.first == b.first && a.second < b.second);
}

inline bool passes(const uint8_t* bitmap, int64_t id) {
    return bitmap == nullptr || (bitmap[id >> 3] >> (id & 7) & 1);
}

// The best k of a flat index for each query, or all that reach a floor: each thread scans a slice, a block of rows at
// a time for all queries, so that a row comes from memory once. (The product of matrices that FAISS uses for batches
// rounds in another order, so that equal vectors get unequal scores, and was measured to be no faster here.)
inline std::vector<std::vector<Scored>> scan(
        const faiss::IndexFlat& index,
        int64_t queries,
        const float* query,
        int64_t k,
        float floor,
        const uint8_t* bitmap) {
    const int64_t n = index.ntotal;
    const size_t d = index.d;
    const float* base = index.get_xb();
    const bool inner = index.metric_type == faiss::METRIC_INNER_PRODUCT;
    const int64_t block = std::max<int64_t>(1, (128 << 10) / static_cast<int64_t>(4 * d));
    std::vector<std::vector<Scored>> best(queries);
    bool failed = false;
    // Below this much work a second thread costs more than it brings.
    const bool parallel = n * static_cast<int64_t>(d) * queries > 200000;
#pragma omp parallel if (parallel)
    {
        const int64_t threads = omp_get_num_threads();
        const int64_t thread = omp_get_thread_num();
        const int64_t from = n * thread / threads;
        const int64_t to = n * (thread + 1) / threads;
        // An exception must not leave a parallel region.
        try {
            // Heaps whose front is the worst, once they hold k.
            std::vector<std::vector<Scored>> heaps(queries);
            for (int64_t start = from; start < to; start += block) {
                const int64_t end = std::min(to, start + block);
                for (int64_t q = 0; q < queries; q++) {
                    std::vector<Scored>& mine = heaps[q];
                    for (int64_t i = start; i < end; i++) {
                        if (!passes(bitmap, i)) {
                            continue;
                        }
                        const float* row = base + i * d;
                        const float score = inner ? faiss::fvec_inner_product(query + q * d, row, d)
                                            : -faiss::fvec_L2sqr(query + q * d, row, d);
                        if (score < floor) {
                            continue;
                        }
                        const Scored found(score, i);
                        if (static_cast<int64_t>(mine.size()) < k) {
                            mine.push_back(found);
                            std::push_heap(mine.begin(), mine.end(), better);
                        } else if (better(found, mine.front())) {
                            std::pop_heap(mine.begin(), mine.end(), better);
                            mine.back() = found;
                            std::push_heap(mine.begin(), mine.end(), better);
                        }
                    }
                }
            }
#pragma omp critical
            try {
                for (int64_t q = 0; q < queries; q++) {
                    best[q].insert(best[q].end(), heaps[q].begin(), heaps[q].end());
                }
            } catch (...) {
                failed = true;
            }
        } catch (...) {
#pragma omp atomic write
            failed = true;
        }
    }
    if (failed) {
        throw std::runtime_error("out of memory in a search");
    }
    for (std::vector<Scored>& found : best) {
        std::sort(found.begin(), found.end(), better);
        if (static_cast<int64_t>(found.size()) > k) {
            found.resize(k);
        }
    }
    return best;
}

// Everything of a flat index that reaches a floor, best first: scores into one array, without heaps, then a radix sort
// of what reaches it. The sort keeps the order of equal scores, which is that of ids.
class Every {
   public:
    Every(const faiss::IndexFlat& index, const float* query, float floor, const uint8_t* bitmap)
            : scores(new float[index.ntotal]) {
        const int64_t n = index.ntotal;
        const size_t d = index.d;
        const float* base = index.get_xb();
        const bool inner = index.metric_type == faiss::METRIC_INNER_PRODUCT;
        const bool parallel = n * static_cast<int64_t>(d) > 200000;
#pragma omp parallel for schedule(static) if (parallel)
        for (int64_t i = 0; i < n; i++) {
            if (passes(bitmap, i)) {
                const float* row = base + i * d;
                // Adding zero makes of -0 the 0 that it equals.
                scores[i] =
                        (inner ? faiss::fvec_inner_product(query, row, d) : -faiss::fvec_L2sqr(query, row, d)) + 0.0f;
            }
        }
        keys.reset(new Key[n]);
        std::vector<uint32_t> counts(PASSES * (BUCKETS + 1));
        for (int64_t i = 0; i < n; i++) {
            if (passes(bitmap, i) && scores[i] >= floor) {
                uint32_t bits;
                std::memcpy(&bits, &scores[i], 4);
                // Floats as unsigned numbers in the opposite order.
                const uint32_t falling = bits & 0x80000000u ? bits : ~bits & 0x7fffffffu;
                keys[size++] = {falling, static_cast<uint32_t>(i)};
                for (int pass = 0; pass < PASSES; pass++) {
                    counts[pass * (BUCKETS + 1) + 1 + (falling >> pass * BITS & (BUCKETS - 1))]++;
                }
            }
        }
        std::unique_ptr<Key[]> other(new Key[size]);
        for (int pass = 0; pass < PASSES; pass++) {
            uint32_t* places = &counts[pass * (BUCKETS + 1)];
            // Scores of a kind often share their highest bits.
            if (size == 0 || places[1 + (keys[0].falling >> pass * BITS & (BUCKETS - 1))] == size) {
                continue;
            }
            for (int b = 0; b < BUCKETS; b++) {
                places[b + 1] += places[b];
            }
            for (int64_t i = 0; i < size; i++) {
                other[places[keys[i].falling >> pass * BITS & (BUCKETS - 1)]++] = keys[i];
            }
            keys.swap(other);
        }
    }

    int64_t count() const {
        return size;
    }

    void copy(float* into, int64_t* ids) const {
        for (int64_t i = 0; i < size; i++) {
            ids[i] = keys[i].id;
            into[i] = scores[keys[i].id];
        }
    }

   private:
    static constexpr int BITS = 11;
    static constexpr int BUCKETS = 1 << BITS;
    static constexpr int PASSES = 3;

    struct Key {
        uint32_t falling;
        uint32_t id;
    };

    std::unique_ptr<float[]> scores;
    std::unique_ptr<Key[]> keys;
    int64_t size = 0;
};

// Search parameters of an index with a filter; the selector lives as long as this.
class Parameters {
   public:
    Parameters(const faiss::Index& index, const uint8_t* bitmap, bool every_list) {
        if (bitmap != nullptr) {
            selector.reset(new faiss::IDSelectorBitmap((index.ntotal + 7) / 8, bitmap));
        }
        const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(&index);
        if (ivf != nullptr) {
            auto* own = new faiss::SearchParametersIVF();
            own->nprobe = every_list ? ivf->nlist : ivf->nprobe;
            parameters.reset(own);
        } else {
            parameters.reset(new faiss::SearchParameters());
        }
        parameters->sel = selector.get();
    }

    const faiss::SearchParameters* get() const {
        return parameters.get();
    }

   private:
    std::unique_ptr<faiss::IDSelector> selector;
    std::unique_ptr<faiss::SearchParameters> parameters;
};

// Everything that reaches a floor, by FAISS's range search, which excludes its radius.
inline std::vector<Scored> range(
        const faiss::Index& index,
        const float* query,
        float floor,
        const uint8_t* bitmap,
        bool every_list) {
    const bool inner = index.metric_type == faiss::METRIC_INNER_PRODUCT;
    Parameters parameters(index, bitmap, every_list);
    faiss::RangeSearchResult result(1);
    const float infinity = std::numeric_limits<float>::infinity();
    float radius = inner ? std::nextafter(floor, -infinity) : std::nextafter(-floor, infinity);
    index.range_search(1, query, radius, &result, parameters.get());
    std::vector<Scored> found;
    for (size_t i = result.lims[0]; i < result.lims[1]; i++) {
        const float score = inner ? result.distances[i] : -result.distances[i];
        if (score >= floor) {
            found.emplace_back(score, result.labels[i]);
        }
    }
    std::sort(found.begin(), found.end(), better);
    return found;
}

inline void write(const std::vector<Scored>& found, int64_t k, float* scores, int64_t* ids) {
    for (int64_t i = 0; i < k; i++) {
        const bool there = i < static_cast<int64_t>(found.size());
        scores[i] = there ? found[i].first : 0;
        ids[i] = there ? found[i].second : -1;
    }
}

/// The k best for each of n queries; ids are -1 where fewer pass. bitmap may be null: every vector passes.
inline void search(
        const faiss::Index& index,
        int64_t n,
        const float* queries,
        int64_t k,
        const uint8_t* bitmap,
        float* scores,
        int64_t* ids) {
    const auto* flat = dynamic_cast<const faiss::IndexFlat*>(&index);
    const size_t d = index.d;
    if (flat != nullptr) {
        const float everything = -std::numeric_limits<float>::infinity();
        const int64_t group = 64;
        for (int64_t from = 0; from < n; from += group) {
            const int64_t size = std::min(group, n - from);
            const auto found = scan(*flat, size, queries + from * d, k, everything, bitmap);
            for (int64_t q = 0; q < size; q++) {
                write(found[q], k, scores + (from + q) * k, ids + (from + q) * k);
            }
        }
        return;
    }
    const bool inner = index.metric_type == faiss::METRIC_INNER_PRODUCT;
    // A few more than asked show whether the k-th place is tied.
    const int64_t wide = std::min<int64_t>(index.ntotal, k + 8);
    std::vector<float> distances(n * wide);
    std::vector<int64_t> labels(n * wide);
    Parameters parameters(index, bitmap, false);
    index.search(n, queries, wide, distances.data(), labels.data(), parameters.get());
    for (int64_t q = 0; q < n; q++) {
        std::vector<Scored> found;
        for (int64_t i = q * wide; i < (q + 1) * wide && labels[i] >= 0; i++) {
            found.emplace_back(inner ? distances[i] : -distances[i], labels[i]);
        }
        std::sort(found.begin(), found.end(), better);
        const bool all = static_cast<int64_t>(found.size()) < wide || wide == index.ntotal;
        // Where the k-th score is the last seen as well, more of that score may have been left out.
        if (!all && found[k - 1].first <= found.back().first) {
            found = range(index, queries + q * d, found[k - 1].first, bitmap, false);
        }
        write(found, k, scores + q * k, ids + q * k);
    }
}

/// What reaches a score, best first.
class Above {
   public:
    /// Searches every vector of the index. bitmap may be null: every vector passes.
    Above(const faiss::Index& index, const float* query, float floor, const uint8_t* bitmap) {
        const auto* flat = dynamic_cast<const faiss::IndexFlat*>(&index);
        if (flat != nullptr && index.ntotal <= std::numeric_limits<uint32_t>::max()) {
            every.reset(new Every(*flat, query, floor, bitmap));
        } else {
            found = flat != nullptr ? std::move(scan(*flat, 1, query, index.ntotal, floor, bitmap)[0])
                                    : range(index, query, floor, bitmap, true);
        }
    }

    /// How many.
    int64_t size() const {
        return every != nullptr ? every->count() : found.size();
    }

    /// Copies them out; both arrays have size() places.
    void copy(float* scores, int64_t* ids) const {
        if (every != nullptr) {
            every->copy(scores, ids);
        } else {
            write(found, found.size(), scores, ids);
        }
    }

   private:
    std::unique_ptr<Every> every;
    std::vector<Scored> found;
};

/// Whether a flat index holds as many bytes as its size says; true for any other.
inline bool whole(const faiss::Index& index) {
    const auto* flat = dynamic_cast<const faiss::IndexFlat*>(&index);
    return flat == nullptr || flat->codes.size() == static_cast<size_t>(flat->ntotal) * flat->code_size;
}

/// Copies out a stored vector. An inverted file is searched for it: a map of where each vector lies would cost 8 bytes
/// each for what is rarely asked.
inline void reconstruct(const faiss::Index& index, int64_t id, float* into) {
    const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(&index);
    if (ivf == nullptr) {
        index.reconstruct(id, into);
        return;
    }
    for (size_t list = 0; list < ivf->nlist; list++) {
        const size_t size = ivf->invlists->list_size(list);
        faiss::InvertedLists::ScopedIds ids(ivf->invlists, list);
        const faiss::idx_t* found = std::find(ids.get(), ids.get() + size, id);
        if (found != ids.get() + size) {
            ivf->reconstruct_from_offset(list, found - ids.get(), into);
            return;
        }
    }
    throw std::runtime_error("no vector " + std::to_string(id));
}

/// Threads that parallel regions entered from the calling thread may use: OpenMP keeps this for each thread.
inline void set_threads(int threads) {
    omp_set_num_threads(threads);
}

/// An inverted file over its own flat quantizer, untrained.
inline faiss::Index* new_ivf_flat(int64_t d, int64_t nlist, int64_t nprobe, faiss::MetricType metric) {
    auto quantizer = std::make_unique<faiss::IndexFlat>(d, metric);
    auto index = std::make_unique<faiss::IndexIVFFlat>(quantizer.get(), d, nlist, metric);
    quantizer.release();
    index->own_fields = true;
    index->nprobe = nprobe;
    return index.release();
}

/// What FAISS was compiled for, for example "OPTIMIZE AVX2".
inline std::string compile_options() {
    return faiss::get_compile_options();
}

/// Frees an index, whichever kind it is.
inline void destroy(faiss::Index* index) {
    delete index;
}

} // namespace earthembed
