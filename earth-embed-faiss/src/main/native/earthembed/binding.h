// The functions that Java calls; JavaCPP parses no other header. Every function forwards to the header that is named
// after its work.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <faiss/utils/utils.h>
#include <omp.h>

#include <earthembed/changes.h>
#include <earthembed/device.h>
#include <earthembed/ids.h>
#include <earthembed/kinds.h>
#include <earthembed/layers.h>
#include <earthembed/lifecycle.h>
#include <earthembed/merge.h>
#include <earthembed/parameters.h>
#include <earthembed/quantized_io.h>
#include <earthembed/range_search.h>
#include <earthembed/reconstruct.h>
#include <earthembed/screen.h>
#include <earthembed/search.h>
#include <earthembed/threads.h>
#include <earthembed/training.h>

extern "C" void openblas_set_num_threads(int);

namespace earthembed {

/// An index that Java owns, unwrapped once.
class LayeredIndex {
   public:
    explicit LayeredIndex(std::unique_ptr<faiss::Index> made) : owned(std::move(made)), unwrapped(owned.get()) {}

    /// Returns the number of vectors.
    int64_t size() const {
        return owned->ntotal;
    }

    int dimension() const {
        return owned->d;
    }

    bool is_trained() const {
        return owned->is_trained;
    }

    /// Returns whether scores are inner products; they are squared distances otherwise.
    bool is_inner() const {
        return owned->metric_type == faiss::METRIC_INNER_PRODUCT;
    }

    /// Returns whether the index keeps vectors of 8 bits, or of one bit if that is asked for, as they were published.
    bool keeps(bool bits) const {
        return unwrapped.quantized != nullptr && unwrapped.quantized->bits == bits;
    }

    /// Returns whether floats can be added: an index with the scales of published vectors takes no others.
    bool takes_floats() const {
        return unwrapped.quantized == nullptr || unwrapped.quantized->takes_floats();
    }

    /// Returns the copy in 8 bits, or null.
    Screen* screen() const {
        return copy.get();
    }

    /// Copies the vectors to 8 bits, or drops the copy. Fails unless the index is an array of floats.
    void set_screen(bool on) {
        copy.reset();
        if (on) {
            if (unwrapped.flat == nullptr) {
                throw std::invalid_argument("only a flat index has whole vectors to copy");
            }
            if (!Screen::is_useful(owned->d)) {
                return;
            }
            auto made = std::make_unique<Screen>(owned->d, unwrapped.is_inner());
            made->extend(unwrapped.flat->get_xb(), owned->ntotal);
            copy = std::move(made);
        }
    }

    /// Copies the vectors that were added. Without memory for it, the index goes on without a copy.
    void extend_screen() {
        if (copy != nullptr) {
            try {
                copy->extend(unwrapped.flat->get_xb(), owned->ntotal);
            } catch (const std::bad_alloc&) {
                copy.reset();
            }
        }
    }

    const Layers& layers() const {
        return unwrapped;
    }

    /// Gives up FAISS's index to the caller.
    std::unique_ptr<faiss::Index> release() {
        return std::move(owned);
    }

   private:
    std::unique_ptr<faiss::Index> owned;
    Layers unwrapped;
    std::unique_ptr<Screen> copy;
};

/// Makes an untrained index from FAISS's description. Fails if the kind is not offered.
inline LayeredIndex* make_index(int d, const char* description, bool inner) {
    return new LayeredIndex(make(d, description, inner ? faiss::METRIC_INNER_PRODUCT : faiss::METRIC_L2));
}

/// Reads an index from a file of size bytes; with map its vectors stay in the file.
inline LayeredIndex* open_index(const char* file, bool map, int64_t size) {
    return new LayeredIndex(read(file, map, size));
}

/// Writes an index in FAISS's format, or in ours if it is quantized.
inline void write_index(const LayeredIndex& index, const char* file) {
    faiss::FileIOWriter writer(file);
    write(index.layers(), writer);
}

/// Frees an index.
inline void destroy(LayeredIndex* index) {
    free_index(index->release());
    delete index;
}

/// Returns how many candidates FAISS allocates for each query of a search for k hits.
inline int64_t candidates(const LayeredIndex& index, int64_t k, int64_t rerank) {
    return candidates_for(index.layers(), k, rerank);
}

/// Finds the best k for each of n queries; ids are -1 after the last that passes. The bitmap has a bit for each of ids; if
/// it is null, every vector passes. nprobe, ef and rerank are 0 for the index's own setting.
inline void search(
        const LayeredIndex& index,
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
    if (index.screen() != nullptr) {
        search_screened(*index.screen(), rows_of(index.layers()), n, queries, k, bitmap, scores, labels);
        return;
    }
    search(index.layers(), n, queries, k, bitmap, ids, Effort{nprobe, ef, rerank, false}, scores, labels);
}

/// Returns whether the index keeps a copy in 8 bits.
inline bool has_screen(const LayeredIndex& index) {
    return index.screen() != nullptr;
}

/// Estimates the score of every vector by the copy in 8 bits; scores has size() places. Returns the most by which an
/// estimate differs from the score.
inline float estimate(const LayeredIndex& index, const float* query, float* scores) {
    return index.screen()->estimate(query, scores);
}

/// Finds every vector whose score reaches a floor, best first.
class RangeSearch {
   public:
    /// The bitmap has a bit for each of ids; if it is null, every vector passes.
    RangeSearch(const LayeredIndex& index, const float* query, float floor, const uint8_t* bitmap, int64_t ids)
            : hits(index.layers(), index.screen(), query, floor, bitmap, ids) {}

    int64_t size() const {
        return hits.size();
    }

    /// Copies the hits out; both arrays have size() places.
    void copy(float* scores, int64_t* ids) const {
        hits.copy(scores, ids);
    }

   private:
    RangeHits hits;
};

/// Returns how many GPUs there are. Fails without a driver, or if the build has no CUDA.
inline int gpu_count() {
    return count_gpus();
}

/// Returns the name of a GPU.
inline std::string gpu_name(int device) {
    return Gpu(device).name;
}

/// Returns the bytes of a GPU's memory, all or those that are free.
inline int64_t gpu_memory(int device, bool unused) {
    const Gpu gpu(device);
    return unused ? gpu.free : gpu.total;
}

/// Copies bytes within the memory of a GPU and returns the bytes read and written in a second.
inline double gpu_copy_rate(int device, int64_t bytes) {
    return copy_rate(device, bytes);
}

/// A copy of an index in the memory of one GPU or several.
class GpuCopy {
   public:
    /// Makes the copy on each of count GPUs, or with sharded a part of it on each. Fails if there is no such GPU, or the
    /// build has no CUDA.
    GpuCopy(const LayeredIndex& index, const int* devices, int count, bool sharded)
            : copy(index.layers(), std::vector<int>(devices, devices + count), sharded) {}

    /// Searches as earthembed::search does, without a filter; index must be the copied one.
    void search(
            const LayeredIndex& index,
            int64_t n,
            const float* queries,
            int64_t k,
            int64_t ids,
            int64_t nprobe,
            float* scores,
            int64_t* labels) const {
        copy.search(index.layers(), n, queries, k, ids, nprobe, scores, labels);
    }

   private:
    DeviceCopy copy;
};

/// Copies out a stored vector.
inline void reconstruct(const LayeredIndex& index, int64_t id, float* into) {
    reconstruct(index.layers(), id, into);
}

/// Sets the effort of searches that give none; 0 leaves a setting as it is, and kinds without it ignore it.
inline void set_effort(const LayeredIndex& index, int64_t nprobe, int64_t ef, int64_t rerank) {
    set_default_effort(index.layers(), {nprobe, ef, rerank, false});
}

/// Silences training; returns how many vectors it should have, or 0 if the kind needs no training.
inline int64_t prepare_training(const LayeredIndex& index) {
    return prepare_training(index.layers());
}

/// Trains on n vectors, after prepare_training.
inline void train(const LayeredIndex& index, int64_t n, const float* vectors) {
    train(index.layers(), n, vectors);
}

/// Finds the centroids of k clusters of n vectors of dimension d; there is room for k centroids.
inline void k_means(int d, int64_t n, const float* vectors, int64_t k, int seed, bool spherical, float* centroids) {
    find_centroids(d, n, vectors, k, seed, spherical, centroids);
}

/// Stores n vectors under the ids from first on.
inline void add_from(LayeredIndex& index, int64_t n, const float* vectors, int64_t first) {
    add_from(index.layers(), n, vectors, first);
    index.extend_screen();
}

/// Stores n vectors of 8 bits as they were published; all or none, and none unless the index keeps such vectors. The
/// scales and offsets are one for the set, or one for each row or component.
inline void add_bytes(
        const LayeredIndex& index,
        int64_t n,
        const uint8_t* bytes,
        bool is_signed,
        bool per_row,
        bool per_component,
        bool squared,
        int missing,
        const double* scales,
        const double* offsets) {
    index.layers().quantized->add_bytes(
            n, bytes, Scaling{scales, offsets, per_row, per_component, is_signed, squared, missing});
}

/// Stores n vectors of bits as they were published; all or none, and none unless the index keeps such vectors.
inline void add_bits(const LayeredIndex& index, int64_t n, const uint8_t* bytes, bool lowest_first) {
    index.layers().quantized->add_bits(n, bytes, lowest_first);
}

/// Returns whether every layer holds n vectors: after an addition that failed midway, some may hold more than others.
inline bool holds(const LayeredIndex& index, int64_t n) {
    return holds(index.layers(), n);
}

/// Removes the vectors whose bits are set and returns how many there were; fails unless the index is an inverted file.
inline int64_t remove_ids(const LayeredIndex& index, const uint8_t* bitmap, int64_t ids) {
    return remove_ids(index.layers(), bitmap, ids);
}

/// Fails unless two indexes were trained alike.
inline void require_alike(const LayeredIndex& into, const LayeredIndex& from) {
    require_alike(into.layers(), from.layers());
}

/// Moves all vectors of one index to the end of another like it, whose next free id is first; all or none.
inline void merge_from(LayeredIndex& into, LayeredIndex& from, int64_t first) {
    merge_from(into.layers(), from.layers(), first);
    into.extend_screen();
    from.set_screen(from.screen() != nullptr);
}

/// Returns whether two indexes have equal metrics, dimensions, kinds of layers, cells, links and bytes of a code.
inline bool same_kind(const LayeredIndex& a, const LayeredIndex& b) {
    return same_kind(a.layers(), b.layers());
}

/// Returns one more than the largest stored id. Fails if an id is no ordinal, or if two vectors have equal ids.
inline int64_t next_id(const LayeredIndex& index) {
    return next_id(index.layers());
}

/// Sets the threads of parallel regions entered from the calling thread: OpenMP keeps this for each thread.
inline void set_threads(int threads) {
    omp_set_num_threads(threads);
}

/// Sets the threads of OpenBLAS, which FAISS calls to train and to find the lists of a batch.
inline void set_blas_threads(int threads) {
    openblas_set_num_threads(threads);
}

/// Lets FAISS look for interruptions; called once in a process.
inline void watch_interrupts() {
    faiss::InterruptCallback::instance.reset(new Interrupts());
}

/// Ends the calling thread's computations with an exception, at FAISS's next check, once the flag is not 0. Null
/// removes the flag.
inline void interrupt_by(const uint8_t* flag) {
    Interrupts::flag = flag;
}

/// Ends all computations of FAISS, now and later, with an exception at its next check.
inline void interrupt_all() {
    Interrupts::all = true;
}

/// Lets searches of copies in 8 bits use AVX-512's VNNI (default: yes). Returns whether they use it now, which needs a
/// processor that has it.
inline bool use_vnni(bool use) {
    return Screen::use_vnni(use);
}

/// Returns FAISS's compile options, for example "OPTIMIZE AVX2".
inline std::string compile_options() {
    return faiss::get_compile_options();
}

} // namespace earthembed
