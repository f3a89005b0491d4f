// Deterministic searches over any FAISS index: what faiss::Index::search leaves open is decided here.
//
// A score is an inner product or minus a squared distance: larger is better. Results are in the order of ranking.h.
// Flat indexes are scanned by scan.h. Others are searched by FAISS; where it has no filter for a kind, finds fewer
// than there are, or few vectors pass, the vectors that pass are scored one by one, as the index stores them.
#pragma once

#include <cmath>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <faiss/Index.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/impl/FaissException.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/utils/utils.h>
#include <omp.h>

#include <earthembed/ranking.h>
#include <earthembed/scan.h>

namespace earthembed {

inline bool is_inner(const faiss::Index& index) {
    return index.metric_type == faiss::METRIC_INNER_PRODUCT;
}

inline Rows rows_of(const faiss::IndexFlat& flat) {
    return {flat.get_xb(), flat.ntotal, static_cast<size_t>(flat.d), is_inner(flat)};
}

// Which vectors pass, and how many of them.
struct Filter {
    const uint8_t* bitmap;
    int64_t ids; // bits in the bitmap; ids at and beyond it do not pass
    int64_t passing;

    Filter(const uint8_t* bitmap, int64_t ids) : bitmap(bitmap), ids(ids), passing(ids) {
        if (bitmap != nullptr) {
            passing = 0;
            for (int64_t i = 0; i < (ids + 7) / 8; i++) {
                passing += __builtin_popcount(bitmap[i]);
            }
        }
    }

    // So few that scoring just them beats any search, and that an approximate search would lose most of them.
    bool selective() const {
        return bitmap != nullptr && passing * 100 < ids;
    }
};

// How hard an approximate search tries; 0 leaves an index's own setting.
struct Effort {
    int64_t nprobe;
    int64_t ef;
    int64_t rerank;
    bool every_list;
};

// Candidates that a second ranking takes for each of k hits: so many as there are at the most, or FAISS would make room
// for any number that is asked for.
inline float factor_of(const faiss::IndexRefine& refine, int64_t k, int64_t rerank) {
    const float factor = rerank > 0 ? rerank : refine.k_factor;
    if (k == 0) {
        return factor;
    }
    // More than 1, as FAISS multiplies floats, whose product may be less than a large k, and refuses that.
    return std::min(factor, std::max<float>(1.001f, (refine.ntotal + k - 1) / k));
}

// Search parameters of an index and of those inside it; they live as long as this.
class Parameters {
   public:
    Parameters(const faiss::Index& index, const Filter& filter, int64_t k, Effort effort) {
        if (filter.bitmap != nullptr) {
            selector.reset(new faiss::IDSelectorBitmap((filter.ids + 7) / 8, filter.bitmap));
        }
        top = make(index, k, effort);
    }

    // Null for kinds that take none.
    const faiss::SearchParameters* get() const {
        return top;
    }

   private:
    template <typename T>
    T* keep(std::unique_ptr<T> made) {
        T* raw = made.get();
        owned.push_back(std::move(made));
        return raw;
    }

    faiss::SearchParameters* make(const faiss::Index& index, int64_t k, Effort effort) {
        if (const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(&index)) {
            auto own = std::make_unique<faiss::SearchParametersIVF>();
            const int64_t nprobe = effort.nprobe > 0 ? effort.nprobe : ivf->nprobe;
            own->nprobe = effort.every_list ? ivf->nlist : std::min<int64_t>(nprobe, ivf->nlist);
            own->sel = selector.get();
            return keep(std::move(own));
        }
        if (const auto* hnsw = dynamic_cast<const faiss::IndexHNSW*>(&index)) {
            auto own = std::make_unique<faiss::SearchParametersHNSW>();
            const int64_t ef = effort.ef > 0 ? effort.ef : hnsw->hnsw.efSearch;
            own->efSearch = std::min<int64_t>(std::max(ef, k), std::max<int64_t>(1, index.ntotal));
            own->sel = selector.get();
            return keep(std::move(own));
        }
        if (const auto* refine = dynamic_cast<const faiss::IndexRefine*>(&index)) {
            auto own = std::make_unique<faiss::IndexRefineSearchParameters>();
            own->k_factor = factor_of(*refine, k, effort.rerank);
            own->base_index_params = make(*refine->base_index, k * own->k_factor, effort);
            return keep(std::move(own));
        }
        if (const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(&index)) {
            auto own = std::make_unique<faiss::SearchParametersPreTransform>();
            own->index_params = make(*transform->index, k, effort);
            return keep(std::move(own));
        }
        if (selector == nullptr) {
            return nullptr;
        }
        auto own = std::make_unique<faiss::SearchParameters>();
        own->sel = selector.get();
        return keep(std::move(own));
    }

    std::unique_ptr<faiss::IDSelector> selector;
    std::vector<std::unique_ptr<faiss::SearchParameters>> owned;
    faiss::SearchParameters* top = nullptr;
};

// Everything of an inverted file that reaches a floor, by FAISS's range search, which excludes its radius.
inline std::vector<Scored> range(
        const faiss::IndexIVF& index,
        const float* query,
        float floor,
        const Filter& filter,
        Effort effort) {
    const bool inner = is_inner(index);
    Parameters parameters(index, filter, 0, effort);
    faiss::RangeSearchResult result(1);
    const float infinity = std::numeric_limits<float>::infinity();
    const float radius = inner ? std::nextafter(floor, -infinity) : std::nextafter(-floor, infinity);
    index.range_search(1, query, radius, &result, parameters.get());
    std::vector<Scored> found;
    for (size_t i = result.lims[0]; i < result.lims[1]; i++) {
        const float score = comparable(inner ? result.distances[i] : -result.distances[i]);
        if (score >= floor) {
            found.emplace_back(score, result.labels[i]);
        }
    }
    std::sort(found.begin(), found.end(), better);
    return found;
}

// The score of a decoded vector.
inline float score_of(const float* query, const float* row, size_t d, bool inner) {
    float one[1][4];
    inner ? tile<true, 1, 1>(&query, &row, d, one) : tile<false, 1, 1>(&query, &row, d, one);
    return comparable(one[0][0]);
}

// What the threads of a parallel region find. An exception must leave neither the region nor a critical section of
// OpenMP's, or the process ends: one is kept, without asking for memory, which may be what there is none of.
class Gathered {
   public:
    template <typename Work>
    void guard(Work work) {
        try {
            work();
        } catch (...) {
            const std::lock_guard<std::mutex> one(lock);
            fault = std::current_exception();
        }
    }

    void add(const std::vector<Scored>& some) {
        const std::lock_guard<std::mutex> one(lock);
        found.insert(found.end(), some.begin(), some.end());
    }

    std::vector<Scored> take() {
        if (fault) {
            std::rethrow_exception(fault);
        }
        return std::move(found);
    }

   private:
    std::mutex lock;
    std::exception_ptr fault;
    std::vector<Scored> found;
};

// The same over all lists of an inverted file whose codes are packed for fast scan: FAISS rounds the radius as it
// rounds the distances, and finds nothing where it is infinite, so every code is decoded here.
inline std::vector<Scored> decode_all(
        const faiss::IndexIVFFastScan& index,
        const float* query,
        float floor,
        const Filter& filter) {
    const bool inner = is_inner(index);
    Gathered all;
#pragma omp parallel
    {
        std::vector<Scored> mine;
#pragma omp for schedule(dynamic)
        for (int64_t list = 0; list < static_cast<int64_t>(index.nlist); list++) {
            all.guard([&] {
                std::vector<float> row(index.d);
                const size_t size = index.invlists->list_size(list);
                faiss::InvertedLists::ScopedIds ids(index.invlists, list);
                for (size_t i = 0; i < size; i++) {
                    if (ids[i] >= 0 && ids[i] < filter.ids && passes(filter.bitmap, ids[i])) {
                        index.reconstruct_from_offset(list, i, row.data());
                        const float score = score_of(query, row.data(), index.d, inner);
                        if (score >= floor) {
                            mine.emplace_back(score, ids[i]);
                        }
                    }
                }
            });
        }
        all.guard([&] { all.add(mine); });
    }
    return all.take();
}

// Every vector that passes, scored as the index stores it, that reaches a floor; best first, at most k.
inline std::vector<Scored> score_all(
        const faiss::Index& index,
        const float* query,
        int64_t k,
        float floor,
        const Filter& filter) {
    if (const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(&index)) {
        const float* inside = transform->apply_chain(1, query);
        std::unique_ptr<const float[]> owned(inside == query ? nullptr : inside);
        return score_all(*transform->index, inside, k, floor, filter);
    }
    if (const auto* refine = dynamic_cast<const faiss::IndexRefine*>(&index)) {
        return score_all(*refine->refine_index, query, k, floor, filter);
    }
    if (const auto* hnsw = dynamic_cast<const faiss::IndexHNSW*>(&index)) {
        return score_all(*hnsw->storage, query, k, floor, filter);
    }
    if (const auto* packed = dynamic_cast<const faiss::IndexIVFFastScan*>(&index)) {
        std::vector<Scored> found = decode_all(*packed, query, floor, filter);
        keep_best(found, k);
        return found;
    }
    if (const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(&index)) {
        std::vector<Scored> found = range(*ivf, query, floor, filter, {0, 0, 0, true});
        if (static_cast<int64_t>(found.size()) > k) {
            found.resize(k);
        }
        return found;
    }
    const bool inner = is_inner(index);
    // Others must be decoded vector by vector.
    const bool computes = dynamic_cast<const faiss::IndexFlatCodes*>(&index) != nullptr;
    Gathered all;
#pragma omp parallel
    {
        const int64_t threads = omp_get_num_threads();
        const int64_t thread = omp_get_thread_num();
        all.guard([&] {
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
    std::vector<Scored> found = all.take();
    keep_best(found, k);
    return found;
}

constexpr float EVERYTHING = -std::numeric_limits<float>::infinity();

// What FAISS found, in our order.
inline void collect(
        int64_t n,
        int64_t wide,
        bool inner,
        const float* distances,
        const int64_t* labels,
        const Filter& filter,
        std::vector<std::vector<Scored>>& results) {
    results.assign(n, {});
    for (int64_t q = 0; q < n; q++) {
        for (int64_t i = q * wide; i < (q + 1) * wide; i++) {
            // A filter inside an index that takes none would have been ignored.
            if (labels[i] >= 0 && labels[i] < filter.ids && passes(filter.bitmap, labels[i])) {
                results[q].emplace_back(comparable(inner ? distances[i] : -distances[i]), labels[i]);
            }
        }
        std::sort(results[q].begin(), results[q].end(), better);
    }
}

// FAISS's own search of an index that is not flat; false where it has no filter for this kind.
inline bool faiss_search(
        const faiss::Index& index,
        int64_t n,
        const float* queries,
        int64_t wide,
        const Filter& filter,
        Effort effort,
        std::vector<std::vector<Scored>>& results) {
    std::vector<float> distances(n * wide);
    std::vector<int64_t> labels(n * wide);
    Parameters parameters(index, filter, wide, effort);
    try {
        index.search(n, queries, wide, distances.data(), labels.data(), parameters.get());
    } catch (const faiss::FaissException&) {
        if (filter.bitmap == nullptr) {
            throw;
        }
        return false;
    }
    collect(n, wide, is_inner(index), distances.data(), labels.data(), filter, results);
    return true;
}

} // namespace earthembed
