// Makes, reads and frees indexes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef __linux__
#include <sys/mman.h>
#endif

#include <faiss/IndexIVFAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/impl/mapped_io.h>
#include <faiss/index_factory.h>
#include <faiss/index_io.h>

#include <earthembed/graph.h>
#include <earthembed/guard.h>
#include <earthembed/kinds.h>
#include <earthembed/layers.h>
#include <earthembed/quantized_io.h>
#include <earthembed/threads.h>

namespace earthembed {

/// Makes an index of quantized vectors, which FAISS does not know, or returns null if the description is FAISS's.
inline std::unique_ptr<faiss::Index> make_quantized(int d, const std::string& description, faiss::MetricType metric) {
    const std::string unit = " unit";
    const size_t end = description.size() > unit.size() ? description.size() - unit.size() : 0;
    const bool is_unit = end > 0 && description.compare(end, unit.size(), unit) == 0;
    const std::string kind = is_unit ? description.substr(0, end) : description;
    const bool hamming = kind == "Hamming";
    if (kind != "Int8" && kind != "Binary" && !hamming) {
        return nullptr;
    }
    if (d > MOST_COMPONENTS) {
        throw std::invalid_argument("vectors of " + std::to_string(d) + " components");
    }
    return std::make_unique<IndexQuantized>(d, metric, kind != "Int8", is_unit, hamming);
}

/// Makes an untrained index from FAISS's description, or from that of quantized vectors. Fails if the kind is not
/// offered.
inline std::unique_ptr<faiss::Index> make(int d, const char* description, faiss::MetricType metric) {
    std::unique_ptr<faiss::Index> index = make_quantized(d, description, metric);
    if (index != nullptr) {
        return index;
    }
    on_large_stack([&] {
        const Modest modest(size_t{1} << 30);
        index.reset(faiss::index_factory(d, description, metric));
        require_offered(Layers(index.get()), metric);
    });
    return index;
}

inline std::unique_ptr<faiss::Index> read_whole(const char* file) {
    return std::unique_ptr<faiss::Index>(faiss::read_index(file, 0));
}

// Reads an index whose vectors stay in the file. FAISS copies the rest out of the mapping, such as lists of packed codes;
// the process then gives these pages back, which would otherwise count as its memory a second time.
inline std::unique_ptr<faiss::Index> read_mapped(const char* file) {
    const auto mapping = std::make_shared<faiss::MmappedFileMappingOwner>(file);
    faiss::MappedFileIOReader reader(mapping);
    std::unique_ptr<faiss::Index> index(faiss::read_index(&reader, faiss::IO_FLAG_MMAP_IFC));
#ifdef __linux__
    madvise(mapping->data(), mapping->size(), MADV_DONTNEED);
#endif
    return index;
}

/// Reads an index from a file of size bytes, which no array in it can exceed by much. With map its vectors stay in the
/// file.
inline std::unique_ptr<faiss::Index> read(const char* file, bool map, int64_t size) {
    const Modest modest((size_t{64} << 20) + 8 * static_cast<size_t>(size));
    if (is_quantized(file)) {
        return read_quantized(file, map, size);
    }
    std::unique_ptr<faiss::Index> index(map ? read_mapped(file) : read_whole(file));
    if (index->metric_type != faiss::METRIC_L2 && index->metric_type != faiss::METRIC_INNER_PRODUCT) {
        refuse(*index, "the metric " + std::to_string(index->metric_type) + " is not offered");
    }
    const Layers layers(index.get());
    require_offered(layers, index->metric_type);
    if (!map) {
        require_measurable(layers);
    }
    const Layers& innermost = layers.innermost();
    // FAISS 1.12 leaves this pointer null when it reads a file, and follows it when it decodes a vector.
    if (auto* product = innermost.as<faiss::IndexIVFPQFastScan>()) {
        product->fine_quantizer = &product->pq;
    } else if (auto* additive = innermost.ivf_additive_fast_scan) {
        additive->fine_quantizer = additive->aq;
    }
    if (innermost.fast_scan != nullptr) {
        // How many queries a file's writer took at once changes no result, and not every number is compiled.
        innermost.fast_scan->qbs = 0;
    }
    if (innermost.ivf != nullptr && !innermost.ivf->direct_map.no()) {
        // A map from ids to places is not needed here, and hinders removals.
        innermost.ivf->set_direct_map_type(faiss::DirectMap::NoMap);
    }
    return index;
}

// The least components of an index for which giving memory back is worth its milliseconds.
constexpr int64_t LARGE = 1 << 18;

/// Frees an index and gives its memory back to the system. glibc keeps freed memory, in an arena for each of many threads,
/// so that a process that loads one index after another would grow to several times the size of one.
inline void free_index(std::unique_ptr<faiss::Index> index) {
    const bool large = index->ntotal * static_cast<int64_t>(index->d) > LARGE;
    index.reset();
#ifdef __GLIBC__
    if (large) {
        malloc_trim(0);
    }
#endif
}

} // namespace earthembed
