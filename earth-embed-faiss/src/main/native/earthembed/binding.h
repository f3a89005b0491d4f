// What Java calls; nothing else is parsed for it.
#pragma once

#include <cstdint>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <earthembed/search.h>

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

void search(
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
        int64_t* labels);

void reconstruct(const faiss::Index& index, int64_t id, float* into);

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

/// An index by FAISS's description of it, untrained.
inline faiss::Index* make_index(int d, const char* description, faiss::MetricType metric) {
    return faiss::index_factory(d, description, metric);
}

/// Reads an index whose vectors stay in the file.
inline faiss::Index* map_index(const char* file) {
    return faiss::read_index(file, faiss::IO_FLAG_MMAP_IFC);
}

/// Fails unless ids of the index are positions, as an ordinal must be.
inline void require_ordinals(const faiss::Index& index) {
    if (dynamic_cast<const faiss::IndexIDMap*>(&index) != nullptr) {
        throw std::runtime_error("an IDMap gives vectors other ids than their ordinals");
    }
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
    if (index->ntotal == first) {
        index->add(n, vectors);
        return;
    }
    // Some were removed: FAISS would give the ids of the last ones again.
    std::vector<int64_t> ids(n);
    std::iota(ids.begin(), ids.end(), first);
    index->add_with_ids(n, vectors, ids.data());
}

/// Removes what a bitmap names and returns how many that were. Only inverted files keep the other ids.
inline int64_t remove_ids(faiss::Index* index, const uint8_t* bitmap, int64_t ids) {
    auto* transform = dynamic_cast<faiss::IndexPreTransform*>(index);
    faiss::Index* inside = transform != nullptr ? transform->index : index;
    if (dynamic_cast<faiss::IndexIVF*>(inside) == nullptr) {
        throw std::invalid_argument("only inverted files keep the ordinals of what stays");
    }
    return index->remove_ids(faiss::IDSelectorBitmap((ids + 7) / 8, bitmap));
}

/// One more than the largest id stored.
inline int64_t next_id(faiss::Index* index) {
    const faiss::IndexIVF* ivf = inverted_file(index);
    if (ivf == nullptr || dynamic_cast<faiss::IndexRefine*>(index) != nullptr) {
        return index->ntotal;
    }
    int64_t next = 0;
    for (size_t list = 0; list < ivf->nlist; list++) {
        const size_t size = ivf->invlists->list_size(list);
        faiss::InvertedLists::ScopedIds ids(ivf->invlists, list);
        for (size_t i = 0; i < size; i++) {
            if (ids[i] < 0) {
                throw std::runtime_error("an inverted list holds the id " + std::to_string(ids[i]));
            }
            next = std::max<int64_t>(next, ids[i] + 1);
        }
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

/// What FAISS was compiled for, for example "OPTIMIZE AVX2".
inline std::string compile_options() {
    return faiss::get_compile_options();
}

/// Frees an index, whichever kind it is.
inline void destroy(faiss::Index* index) {
    delete index;
}

} // namespace earthembed
