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
#include <faiss/Index2Layer.h>
#include <faiss/IndexAdditiveQuantizerFastScan.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexLSH.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/impl/FaissException.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/impl/LookupTableScaler.h>
#include <faiss/utils/distances.h>
#include <faiss/utils/utils.h>
#include <omp.h>

#include <earthembed/kinds.h>
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
        if (dynamic_cast<const faiss::IndexIVFAdditiveQuantizerFastScan*>(&index) != nullptr ||
            dynamic_cast<const faiss::IndexHNSW2Level*>(&index) != nullptr) {
            return nullptr;
        }
        if (const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(&index)) {
            auto own = std::make_unique<faiss::SearchParametersIVF>();
            const int64_t nprobe = effort.nprobe > 0 ? effort.nprobe : ivf->nprobe;
            own->nprobe = effort.every_list ? ivf->nlist : std::min<int64_t>(nprobe, ivf->nlist);
            own->sel = takes_selector(*ivf) ? selector.get() : nullptr;
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

// Copies out a stored vector. An inverted file is searched for it: a map of where each vector lies would cost 8 bytes
// each for what is rarely asked.
inline void decode(const faiss::Index& index, int64_t id, float* into) {
    if (const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(&index)) {
        std::vector<float> inside(transform->index->d);
        decode(*transform->index, id, inside.data());
        transform->reverse_chain(1, inside.data(), into);
        return;
    }
    if (const auto* refine = dynamic_cast<const faiss::IndexRefine*>(&index)) {
        decode(*refine->refine_index, id, into);
        return;
    }
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

// Whether a search for all cells finds them: a graph over centroids may not.
inline bool finds_every_list(const faiss::IndexIVF& index) {
    return dynamic_cast<const faiss::IndexFlat*>(index.quantizer) != nullptr ||
            dynamic_cast<const faiss::MultiIndexQuantizer*>(index.quantizer) != nullptr;
}

// FAISS's range search over every cell, in their order.
inline void range_every_list(
        const faiss::IndexIVF& index,
        const float* query,
        float radius,
        faiss::RangeSearchResult* result,
        const faiss::SearchParameters* parameters) {
    std::vector<int64_t> lists(index.nlist);
    std::vector<float> distances(index.nlist), centroid(index.d);
    for (size_t list = 0; list < index.nlist; list++) {
        lists[list] = list;
        decode(*index.quantizer, list, centroid.data());
        distances[list] = is_inner(index) ? faiss::fvec_inner_product(query, centroid.data(), index.d)
                                          : faiss::fvec_L2sqr(query, centroid.data(), index.d);
    }
    index.range_search_preassigned(
            1, query, radius, lists.data(), distances.data(), result, false,
            dynamic_cast<const faiss::IVFSearchParameters*>(parameters));
}

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
    if (effort.every_list && !finds_every_list(index)) {
        range_every_list(index, query, radius, &result, parameters.get());
    } else {
        index.range_search(1, query, radius, &result, parameters.get());
    }
    std::vector<Scored> found;
    for (size_t i = result.lims[0]; i < result.lims[1]; i++) {
        const float score = comparable(inner ? result.distances[i] : -result.distances[i]);
        const int64_t id = result.labels[i];
        if (score >= floor && id < filter.ids && passes(filter.bitmap, id)) {
            found.emplace_back(score, id);
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

// The same over all lists of an inverted file whose codes are packed for fast scan, or that has more codes beside them:
// FAISS's range search rounds the radius as it rounds the distances, and finds nothing where it is infinite, or leaves the
// other codes out. So every code is decoded here.
inline std::vector<Scored> decode_all(
        const faiss::IndexIVF& index,
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

// Whether an inverted file's range search finds what its search does, with the same scores.
inline bool ranges(const faiss::IndexIVF& index) {
    return dynamic_cast<const faiss::IndexIVFFastScan*>(&index) == nullptr &&
            dynamic_cast<const faiss::IndexIVFPQR*>(&index) == nullptr;
}

// Minus the number of bits in which codes differ, as FAISS's search of an index of hashes has it.
inline std::vector<Scored> score_hashes(
        const faiss::IndexLSH& index,
        const float* query,
        int64_t k,
        float floor,
        const Filter& filter) {
    std::vector<uint8_t> wanted(index.code_size);
    index.sa_encode(1, query, wanted.data());
    std::vector<Scored> found;
    for (int64_t id = 0; id < std::min<int64_t>(index.ntotal, filter.ids); id++) {
        if (!passes(filter.bitmap, id)) {
            continue;
        }
        const uint8_t* code = index.codes.data() + id * index.code_size;
        int64_t bits = 0;
        for (size_t i = 0; i < index.code_size; i++) {
            bits += __builtin_popcount(code[i] ^ wanted[i]);
        }
        const float score = -static_cast<float>(bits);
        if (score >= floor) {
            found.emplace_back(score, id);
        }
    }
    keep_best(found, k);
    return found;
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
    if (const auto* hashes = dynamic_cast<const faiss::IndexLSH*>(&index)) {
        return score_hashes(*hashes, query, k, floor, filter);
    }
    const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(&index);
    if (ivf != nullptr && !ranges(*ivf)) {
        std::vector<Scored> found = decode_all(*ivf, query, floor, filter);
        keep_best(found, k);
        return found;
    }
    if (ivf != nullptr) {
        std::vector<Scored> found = range(*ivf, query, floor, filter, {0, 0, 0, true});
        if (static_cast<int64_t>(found.size()) > k) {
            found.resize(k);
        }
        return found;
    }
    const bool inner = is_inner(index);
    // Others must be decoded vector by vector; FAISS takes the codes of two layers for 8 bits each, whatever they have.
    const bool computes = dynamic_cast<const faiss::IndexFlatCodes*>(&index) != nullptr &&
            dynamic_cast<const faiss::Index2Layer*>(&index) == nullptr;
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

// FAISS's own search of an inverted file of additive codes packed for fast scan, which takes no parameters.
inline void search_packed(
        const faiss::IndexIVFAdditiveQuantizerFastScan& index,
        int64_t n,
        const float* queries,
        int64_t k,
        Effort effort,
        float* distances,
        int64_t* labels) {
    const size_t nprobe = std::min<size_t>(effort.nprobe > 0 ? effort.nprobe : index.nprobe, index.nlist);
    const faiss::IndexIVFFastScan::CoarseQuantized cells{nprobe};
    const bool scaled = index.rescale_norm && index.norm_scale > 1 && !is_inner(index);
    const faiss::NormTableScaler scaler(index.norm_scale);
    index.search_dispatch_implem(n, queries, k, distances, labels, cells, scaled ? &scaler : nullptr);
}

// FAISS's fast scan finds scores far off where product codes are of residuals, or blocks not of 32 codes: those are decoded.
inline bool scans_rightly(const faiss::Index& index) {
    if (const auto* product = dynamic_cast<const faiss::IndexIVFPQFastScan*>(&index)) {
        return !product->by_residual && product->bbs == 32;
    }
    if (const auto* packed = dynamic_cast<const faiss::IndexIVFFastScan*>(&index)) {
        return packed->bbs == 32;
    }
    const auto* scan = dynamic_cast<const faiss::IndexFastScan*>(&index);
    return scan == nullptr || scan->bbs == 32;
}

// Whether the distances that FAISS finds lack the query's squared length, the same for every vector.
inline bool lacks_norm(const faiss::Index& index) {
    return !is_inner(index) &&
            (dynamic_cast<const faiss::IndexIVFAdditiveQuantizerFastScan*>(&index) != nullptr ||
             dynamic_cast<const faiss::IndexAdditiveQuantizerFastScan*>(&index) != nullptr);
}

// FAISS's own search of an index that is not flat; false where it has none for this kind, or not with a filter.
inline bool faiss_search(
        const faiss::Index& index,
        int64_t n,
        const float* queries,
        int64_t wide,
        const Filter& filter,
        Effort effort,
        std::vector<std::vector<Scored>>& results) {
    if (!scans_rightly(index)) {
        return false;
    }
    std::vector<float> distances(n * wide);
    std::vector<int64_t> labels(n * wide);
    try {
        if (const auto* packed = dynamic_cast<const faiss::IndexIVFAdditiveQuantizerFastScan*>(&index)) {
            search_packed(*packed, n, queries, wide, effort, distances.data(), labels.data());
        } else {
            Parameters parameters(index, filter, wide, effort);
            index.search(n, queries, wide, distances.data(), labels.data(), parameters.get());
        }
    } catch (const faiss::FaissException&) {
        if (faiss::InterruptCallback::is_interrupted()) {
            throw;
        }
        return false;
    }
    if (lacks_norm(index)) {
        for (int64_t q = 0; q < n; q++) {
            const float norm = faiss::fvec_norm_L2sqr(queries + q * index.d, index.d);
            for (int64_t i = q * wide; i < (q + 1) * wide; i++) {
                distances[i] += norm;
            }
        }
    }
    collect(n, wide, is_inner(index), distances.data(), labels.data(), filter, results);
    return true;
}

} // namespace earthembed
