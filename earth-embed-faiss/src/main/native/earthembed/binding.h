// What Java calls; nothing else is parsed for it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVFAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/index_factory.h>
#include <faiss/index_io.h>

#include <earthembed/device.h>
#include <earthembed/graph.h>
#include <earthembed/guard.h>
#include <earthembed/merge.h>
#include <earthembed/search.h>
#include <earthembed/threads.h>

extern "C" void openblas_set_num_threads(int);

namespace earthembed {

// The inverted file in an index, or null.
inline faiss::IndexIVF* inverted_file(faiss::Index* index) {
    if (auto* transform = dynamic_cast<faiss::IndexPreTransform*>(index)) {
        return inverted_file(transform->index);
    }
    if (auto* refine = dynamic_cast<faiss::IndexRefine*>(index)) {
        return inverted_file(refine->base_index);
    }
    return dynamic_cast<faiss::IndexIVF*>(index);
}

/// Places that FAISS fills for each query while it looks for k hits.
inline int64_t candidates(const faiss::Index& index, int64_t k, int64_t rerank) {
    if (const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(&index)) {
        return candidates(*transform->index, k, rerank);
    }
    if (const auto* refine = dynamic_cast<const faiss::IndexRefine*>(&index)) {
        const int64_t wanted = k * factor_of(*refine, k, rerank);
        return candidates(*refine->base_index, std::max(k, wanted), rerank);
    }
    return k;
}

/// The k best for each of n queries; ids are -1 where fewer pass. bitmap has a bit for each of ids, or is null: every
/// vector passes. nprobe, ef and rerank are 0 for the index's own.
inline void search(
        const faiss::Index& index,
        int64_t n,
        const float* queries,
        int64_t k,
        const uint8_t* bitmap,
        int64_t ids,
        int64_t nprobe,
        int64_t ef,
        int64_t rerank,
        float* scores,
        int64_t* labels) {
    const size_t d = index.d;
    if (const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(&index)) {
        const float* inside = transform->apply_chain(n, queries);
        const std::unique_ptr<const float[]> owned(inside == queries ? nullptr : inside);
        search(*transform->index, n, inside, k, bitmap, ids, nprobe, ef, rerank, scores, labels);
        return;
    }
    if (const auto* flat = dynamic_cast<const faiss::IndexFlat*>(&index)) {
        const int64_t group = 64;
        for (int64_t from = 0; from < n; from += group) {
            const int64_t size = std::min(group, n - from);
            const auto found = scan(rows_of(*flat), size, queries + from * d, k, bitmap);
            for (int64_t q = 0; q < size; q++) {
                write(found[q], k, scores + (from + q) * k, labels + (from + q) * k);
            }
        }
        return;
    }
    const Filter filter(bitmap, ids);
    const Effort effort{nprobe, ef, rerank, false};
    // Fast scan rounds its scores, so that it cannot be asked for all of one score.
    const bool rounded = dynamic_cast<const faiss::IndexIVFFastScan*>(&index) != nullptr ||
            dynamic_cast<const faiss::IndexFastScan*>(&index) != nullptr;
    const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(&index);
    // A few more than asked show whether the k-th place is tied.
    const int64_t wide = std::min<int64_t>(index.ntotal, k + 8);
    std::vector<std::vector<Scored>> results;
    const bool searched =
            !filter.selective() && first_beyond_graph(index, n, queries) == n && faiss_search(index, n, queries, wide, filter, effort, results);
    for (int64_t q = 0; q < n; q++) {
        std::vector<Scored> found;
        if (searched) {
            found = std::move(results[q]);
        }
        const int64_t have = found.size();
        if (!searched || have < std::min(k, std::min(filter.passing, index.ntotal))) {
            found = score_all(index, queries + q * d, k, EVERYTHING, filter);
        } else if (!rounded && have == wide && is_tied(found, k, index.ntotal)) {
            found = ivf != nullptr && ranges(*ivf)
                    ? range(*ivf, queries + q * d, found[k - 1].first, filter, effort)
                    : score_all(index, queries + q * d, k, EVERYTHING, filter);
        }
        write(found, k, scores + q * k, labels + q * k);
    }
}

/// A copy of an index in the memory of a GPU, for searches without a filter; the index itself answers the rest.
class DeviceCopy {
   public:
    /// Fails where there is no such GPU, or the build knows none.
    DeviceCopy(const faiss::Index& index, int device) : copy(new OnDevice(index, device)) {}

    /// As earthembed::search of the index that was copied. What the GPU cannot decide is searched here.
    void search(
            const faiss::Index& index,
            int64_t n,
            const float* queries,
            int64_t k,
            int64_t ids,
            int64_t nprobe,
            float* scores,
            int64_t* labels) const {
        const int64_t wide = std::min<int64_t>(index.ntotal, k + 8);
        std::vector<std::vector<Scored>> results;
        const bool searched = copy->search(n, queries, wide, Filter(nullptr, ids), {nprobe, 0, 0, false}, results);
        for (int64_t q = 0; q < n; q++) {
            const int64_t have = searched ? results[q].size() : 0;
            if (have < wide || is_tied(results[q], k, index.ntotal)) {
                earthembed::search(index, 1, queries + q * index.d, k, nullptr, ids, nprobe, 0, 0, scores + q * k, labels + q * k);
            } else {
                write(results[q], k, scores + q * k, labels + q * k);
            }
        }
    }

   private:
    std::unique_ptr<OnDevice> copy;
};

/// Copies out a stored vector.
inline void reconstruct(const faiss::Index& index, int64_t id, float* into) {
    decode(index, id, into);
}

/// What reaches a score, best first, of all vectors of an index.
class Above {
   public:
    /// bitmap has a bit for each of ids, or is null: every vector passes.
    Above(const faiss::Index& index, const float* query, float floor, const uint8_t* bitmap, int64_t ids) {
        const auto* flat = dynamic_cast<const faiss::IndexFlat*>(&index);
        if (flat != nullptr && index.ntotal <= std::numeric_limits<uint32_t>::max()) {
            ranked = scan_all(rows_of(*flat), query, floor, bitmap);
            count = ranked.size();
        } else {
            found = score_all(index, query, std::numeric_limits<int64_t>::max(), floor, Filter(bitmap, ids));
            count = found.size();
        }
    }

    /// How many.
    int64_t size() const {
        return count;
    }

    /// Copies them out; both arrays have size() places.
    void copy(float* scores, int64_t* ids) const {
        if (found.empty()) {
            ranked.copy(scores, ids);
        } else {
            write(found, count, scores, ids);
        }
    }

   private:
    int64_t count;
    Ranked ranked;
    std::vector<Scored> found;
};

/// An index by FAISS's description of it, untrained; fails where it is of a kind that is not offered.
inline faiss::Index* make_index(int d, const char* description, faiss::MetricType metric) {
    std::unique_ptr<faiss::Index> index;
    on_large_stack([&] {
        const Modest modest(size_t{1} << 30);
        index.reset(faiss::index_factory(d, description, metric));
        require_offered(index.get(), metric);
    });
    return index.release();
}

/// Reads an index; with map its vectors stay in the file. size is the file's: no array of it can be much larger.
inline faiss::Index* open_index(const char* file, bool map, int64_t size) {
    const Modest modest((size_t{64} << 20) + 8 * static_cast<size_t>(size));
    std::unique_ptr<faiss::Index> index(faiss::read_index(file, map ? faiss::IO_FLAG_MMAP_IFC : 0));
    if (index->metric_type != faiss::METRIC_L2 && index->metric_type != faiss::METRIC_INNER_PRODUCT) {
        refuse(*index, "the metric " + std::to_string(index->metric_type) + " is not offered");
    }
    require_offered(index.get(), index->metric_type);
    if (!map) {
        require_measurable(*index);
    }
    // FAISS 1.12 leaves this null in what it reads, and follows it when it decodes a vector.
    faiss::IndexIVF* ivf = inverted_file(index.get());
    if (auto* product = dynamic_cast<faiss::IndexIVFPQFastScan*>(ivf)) {
        product->fine_quantizer = &product->pq;
    } else if (auto* additive = dynamic_cast<faiss::IndexIVFAdditiveQuantizerFastScan*>(ivf)) {
        additive->fine_quantizer = additive->aq;
    }
    if (ivf != nullptr && !ivf->direct_map.no()) {
        // Of no use here, and in the way of changes.
        ivf->set_direct_map_type(faiss::DirectMap::NoMap);
    }
    return index.release();
}

/// Sets what a search does unless told otherwise; without effect on kinds that have no such setting.
inline void set_effort(faiss::Index* index, int64_t nprobe, int64_t ef, int64_t rerank) {
    if (faiss::IndexIVF* ivf = inverted_file(index)) {
        if (nprobe > 0) {
            ivf->nprobe = std::min<int64_t>(nprobe, ivf->nlist);
        }
    }
    if (auto* hnsw = dynamic_cast<faiss::IndexHNSW*>(index)) {
        if (ef > 0) {
            hnsw->hnsw.efSearch = ef;
        }
    }
    if (auto* refine = dynamic_cast<faiss::IndexRefine*>(index)) {
        if (rerank >= 1) {
            refine->k_factor = rerank;
        }
    }
}

/// Stores n vectors under the ids from first on.
inline void add_from(faiss::Index* index, int64_t n, const float* vectors, int64_t first) {
    require_measurable(*index, n, vectors);
    if (index->ntotal == first) {
        index->add(n, vectors);
        return;
    }
    // Some were removed: FAISS would give the ids of the last ones again.
    std::vector<int64_t> ids(n);
    std::iota(ids.begin(), ids.end(), first);
    index->add_with_ids(n, vectors, ids.data());
}

/// Whether an index holds n vectors in each of its parts: one that failed while vectors were added may not.
inline bool holds(const faiss::Index& index, int64_t n) {
    if (index.ntotal != n) {
        return false;
    }
    if (const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(&index)) {
        return holds(*transform->index, n);
    }
    if (const auto* refine = dynamic_cast<const faiss::IndexRefine*>(&index)) {
        return holds(*refine->base_index, n) && holds(*refine->refine_index, n);
    }
    if (const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(&index)) {
        return static_cast<int64_t>(ivf->invlists->compute_ntotal()) == n;
    }
    if (const auto* hnsw = dynamic_cast<const faiss::IndexHNSW*>(&index)) {
        return holds(*hnsw->storage, n) && static_cast<int64_t>(hnsw->hnsw.levels.size()) == n;
    }
    if (const auto* codes = dynamic_cast<const faiss::IndexFlatCodes*>(&index)) {
        return codes->codes.size() == n * codes->code_size;
    }
    return true;
}

/// Removes what a bitmap names and returns how many that were. Only inverted files keep the other ids.
inline int64_t remove_ids(faiss::Index* index, const uint8_t* bitmap, int64_t ids) {
    auto* transform = dynamic_cast<faiss::IndexPreTransform*>(index);
    faiss::Index* inside = transform != nullptr ? transform->index : index;
    auto* ivf = dynamic_cast<faiss::IndexIVF*>(inside);
    if (ivf == nullptr) {
        throw std::invalid_argument("only inverted files keep the ordinals of what stays");
    }
    const int64_t before = ivf->ntotal;
    index->remove_ids(faiss::IDSelectorBitmap((ids + 7) / 8, bitmap));
    // FAISS does not count what it removes from lists packed for fast scan.
    index->ntotal = ivf->ntotal = ivf->invlists->compute_ntotal();
    return before - ivf->ntotal;
}

/// Fails unless two indexes can be merged.
inline void require_alike(faiss::Index* into, faiss::Index* from) {
    if (form_of(into) != form_of(from)) {
        throw std::invalid_argument("the indexes were not trained alike");
    }
}

/// Moves all vectors of one index to the end of another like it, whose next free id is first; all or none.
inline void merge_from(faiss::Index* into, faiss::Index* from, int64_t first) {
    move_vectors(into, from, first, [] {});
}

// Whether an index ranks again.
inline bool refines(const faiss::Index* index) {
    const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(index);
    return transform != nullptr ? refines(transform->index) : dynamic_cast<const faiss::IndexRefine*>(index) != nullptr;
}

// Ids that an ordinal's bitmap has room for.
constexpr int64_t MOST_IDS = std::numeric_limits<int32_t>::max();

/// One more than the largest id stored; fails where an id is no ordinal, or there are two of it.
inline int64_t next_id(faiss::Index* index) {
    faiss::IndexIVF* ivf = inverted_file(index);
    if (ivf == nullptr) {
        return index->ntotal;
    }
    int64_t next = 0;
    const auto each = [ivf](const auto& visit) {
        for (size_t list = 0; list < ivf->nlist; list++) {
            const size_t size = ivf->invlists->list_size(list);
            faiss::InvertedLists::ScopedIds ids(ivf->invlists, list);
            for (size_t i = 0; i < size; i++) {
                visit(ids[i]);
            }
        }
    };
    int64_t count = 0;
    each([&](int64_t id) {
        if (id < 0 || id >= MOST_IDS) {
            throw std::runtime_error("the id " + std::to_string(id) + " is no ordinal");
        }
        next = std::max(next, id + 1);
        count++;
    });
    if (count != ivf->ntotal || count != index->ntotal) {
        throw std::runtime_error(
                "the inverted lists hold " + std::to_string(count) + " vectors, not " + std::to_string(index->ntotal));
    }
    std::vector<bool> seen(next);
    each([&](int64_t id) {
        if (seen[id]) {
            throw std::runtime_error("two vectors have the id " + std::to_string(id));
        }
        seen[id] = true;
    });
    // A second ranking has its vectors by position.
    if (refines(index) && next != index->ntotal) {
        throw std::runtime_error("the id " + std::to_string(next - 1) + " has no vector in the second ranking");
    }
    return next;
}

/// Threads of parallel regions entered from the calling thread: OpenMP keeps this for each thread.
inline void set_threads(int threads) {
    omp_set_num_threads(threads);
}

/// Threads of OpenBLAS, which FAISS calls to train and to find the lists of a batch.
inline void set_blas_threads(int threads) {
    openblas_set_num_threads(threads);
}

/// Lets FAISS look at interruptions, once for the process.
inline void watch_interrupts() {
    faiss::InterruptCallback::instance.reset(new Interrupts());
}

/// What the calling thread computes ends with an exception, at FAISS's next look round, once the flag is not 0. Null ends
/// that.
inline void interrupt_by(const uint8_t* flag) {
    Interrupts::flag = flag;
}

/// Makes whatever FAISS computes, now and from here on, end with an exception at its next look round.
inline void interrupt_all() {
    Interrupts::all = true;
}

/// What FAISS was compiled for, for example "OPTIMIZE AVX2".
inline std::string compile_options() {
    return faiss::get_compile_options();
}

// Components of an index worth the milliseconds of giving memory back.
constexpr int64_t LARGE = 1 << 18;

/// Frees an index, whichever kind it is, and gives its memory back to the system: glibc keeps what is freed, in an arena for
/// each of many threads, so that a process that loads indexes in turn would grow to a multiple of one.
inline void destroy(faiss::Index* index) {
    const bool large = index->ntotal * static_cast<int64_t>(index->d) > LARGE;
    delete index;
#ifdef __GLIBC__
    if (large) {
        malloc_trim(0);
    }
#endif
}

} // namespace earthembed
