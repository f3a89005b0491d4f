// Files of quantized vectors, a format of our own: FAISS's format has no place for such rows.
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <faiss/impl/io.h>
#include <faiss/impl/mapped_io.h>
#include <faiss/index_io.h>

#include <earthembed/layers.h>
#include <earthembed/quantized.h>

namespace earthembed {

// The header of a file. The scales and offsets of the components follow if it has them, and then the rows.
struct QuantizedHeader {
    static constexpr char MAGIC[9] = "eembQUA1";
    enum Flag : uint32_t { BITS = 1, UNIT = 2, HAMMING = 4, SQUARED = 8, COMPONENTS = 16, ALL = 31 };

    char magic[8];
    int32_t d;
    int32_t metric;
    int64_t ntotal;
    uint32_t flags;
    uint32_t zero;
};
static_assert(sizeof(QuantizedHeader) == 32, "has no padding");

inline void write_bytes(faiss::IOWriter& writer, const void* bytes, size_t count) {
    if (count > 0 && writer(bytes, 1, count) != count) {
        throw std::runtime_error("write error in " + writer.name + ": " + std::strerror(errno));
    }
}

inline void read_bytes(faiss::IOReader& reader, void* bytes, size_t count) {
    if (count > 0 && reader(bytes, 1, count) != count) {
        throw std::runtime_error("read error in " + reader.name + ": it ends early");
    }
}

inline void write_quantized(const IndexQuantized& index, faiss::IOWriter& writer) {
    using Header = QuantizedHeader;
    Header header{};
    std::memcpy(header.magic, Header::MAGIC, sizeof(header.magic));
    header.d = index.d;
    header.metric = index.metric_type;
    header.ntotal = index.ntotal;
    header.flags = (index.bits ? Header::BITS : 0) | (index.unit ? Header::UNIT : 0) |
            (index.hamming ? Header::HAMMING : 0) | (index.squared ? Header::SQUARED : 0) |
            (index.scales.empty() ? 0 : Header::COMPONENTS);
    write_bytes(writer, &header, sizeof(header));
    write_bytes(writer, index.scales.data(), index.scales.size() * sizeof(float));
    write_bytes(writer, index.offsets.data(), index.offsets.size() * sizeof(float));
    write_bytes(writer, index.codes.data(), index.ntotal * index.code_size);
}

/// Writes an index in FAISS's format, or in ours if it is quantized.
inline void write(const Layers& layers, faiss::IOWriter& writer) {
    if (layers.quantized != nullptr) {
        write_quantized(*layers.quantized, writer);
    } else {
        faiss::write_index(layers.index, &writer);
    }
}

/// Returns whether a file holds quantized vectors.
inline bool is_quantized(const char* file) {
    char magic[8] = {};
    faiss::FileIOReader reader(file);
    return reader(magic, 1, sizeof(magic)) == sizeof(magic) &&
            std::memcmp(magic, QuantizedHeader::MAGIC, sizeof(magic)) == 0;
}

/// Reads quantized vectors from a file of size bytes; with map its rows stay in the file.
inline std::unique_ptr<faiss::Index> read_quantized(const char* file, bool map, int64_t size) {
    using Header = QuantizedHeader;
    faiss::FileIOReader reader(file);
    Header header;
    read_bytes(reader, &header, sizeof(header));
    const bool inner = header.metric == faiss::METRIC_INNER_PRODUCT;
    const bool bits = header.flags & Header::BITS;
    const int64_t components = header.flags & Header::COMPONENTS ? 2 * sizeof(float) : 0;
    if (header.d < 1 || header.d > size || header.ntotal < 0 || (!inner && header.metric != faiss::METRIC_L2) ||
        header.flags > Header::ALL || header.zero != 0 || (bits && (components > 0 || header.flags & Header::SQUARED))) {
        throw std::runtime_error("a header of quantized vectors that cannot be");
    }
    auto index = std::make_unique<IndexQuantized>(
            header.d,
            static_cast<faiss::MetricType>(header.metric),
            bits,
            (header.flags & Header::UNIT) != 0,
            (header.flags & Header::HAMMING) != 0);
    const int64_t start = sizeof(header) + components * header.d;
    if (start > size || header.ntotal > (size - start) / static_cast<int64_t>(index->code_size)) {
        throw std::runtime_error("quantized vectors beyond the end of the file");
    }
    index->squared = header.flags & Header::SQUARED;
    if (components > 0) {
        index->scales.resize(header.d);
        index->offsets.resize(header.d);
        read_bytes(reader, index->scales.data(), header.d * sizeof(float));
        read_bytes(reader, index->offsets.data(), header.d * sizeof(float));
    }
    const size_t bytes = header.ntotal * index->code_size;
    if (map) {
        const auto owner = std::make_shared<faiss::MmappedFileMappingOwner>(file);
        uint8_t* rows = static_cast<uint8_t*>(owner->data()) + start;
        index->codes = faiss::MaybeOwnedVector<uint8_t>::create_view(rows, bytes, owner);
    } else {
        index->codes.resize(bytes);
        read_bytes(reader, index->codes.data(), bytes);
    }
    index->ntotal = header.ntotal;
    return index;
}

} // namespace earthembed
