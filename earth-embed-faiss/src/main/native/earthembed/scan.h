// The exact scan: every vector of an array against every query. Quantized vectors are decoded on the way, a few at a
// time, so their scores are those of the decoded floats, bit for bit.
//
// FAISS divides queries among threads, so one query runs on one core. It multiplies matrices for batches, which adds in
// another order and gives equal vectors unequal scores. Its heaps do not order ties. This scan divides the vectors
// among threads, always adds in one order, and orders ties by id.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include <faiss/IndexFlat.h>
#include <omp.h>

#include <earthembed/filter.h>
#include <earthembed/layers.h>
#include <earthembed/parallel.h>
#include <earthembed/quantized.h>
#include <earthembed/ranking.h>

namespace earthembed {

// Eight floats; compilers use two registers of four if the processor has no larger ones. Loads need no alignment, not
// even that of a float: the vectors of a mapped flat index start at byte 45 of its file.
typedef float Lanes __attribute__((vector_size(32), aligned(1), may_alias));

inline float load(const float* from) {
    float value;
    std::memcpy(&value, from, sizeof(value));
    return value;
}

// Scores Q queries against R rows. Each pair has one accumulator of eight lanes for every Q and R, so its score does
// not depend on the other pairs. With twelve pairs at once, one load serves three or four multiplications, and
// accumulators, a row and the queries fit sixteen registers.
template <bool inner, int Q, int R>
inline void tile(
        const float* const* queries,
        const float* const* rows,
        size_t d,
        float (*scores)[4],
        int column = 0) {
    Lanes sums[Q][R] = {};
    size_t i = 0;
    for (; i + 8 <= d; i += 8) {
        Lanes y[Q];
        for (int q = 0; q < Q; q++) {
            y[q] = *reinterpret_cast<const Lanes*>(queries[q] + i);
        }
        for (int r = 0; r < R; r++) {
            const Lanes x = *reinterpret_cast<const Lanes*>(rows[r] + i);
            for (int q = 0; q < Q; q++) {
                if (inner) {
                    sums[q][r] += y[q] * x;
                } else {
                    const Lanes difference = y[q] - x;
                    sums[q][r] += difference * difference;
                }
            }
        }
    }
    for (int q = 0; q < Q; q++) {
        for (int r = 0; r < R; r++) {
            const Lanes s = sums[q][r];
            float sum = ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
            for (size_t j = i; j < d; j++) {
                const float a = queries[q][j], b = load(rows[r] + j);
                sum += inner ? a * b : (a - b) * (a - b);
            }
            scores[q][column + r] = inner ? sum : -sum;
        }
    }
}

// Scores four rows against all queries; the sink takes (query, score, id).
template <bool inner, bool cached, typename Sink>
inline void four_rows(
        const float* query,
        int64_t queries,
        const float* const* rows,
        const int64_t* ids,
        int count,
        size_t d,
        Sink& sink) {
    float scores[3][4];
    for (int64_t q = 0; q < queries; q += 3) {
        const int some = static_cast<int>(std::min<int64_t>(3, queries - q));
        const float* group[3];
        for (int j = 0; j < some; j++) {
            group[j] = query + (q + j) * d;
        }
        if (some == 3) {
            tile<inner, 3, 4>(group, rows, d, scores);
        } else if (cached && some == 2) {
            tile<inner, 2, 4>(group, rows, d, scores);
        } else if (cached) {
            tile<inner, 1, 4>(group, rows, d, scores);
        } else {
            // Memory limits the speed here: reading one row after another is twice as fast as reading four at once.
            for (int r = 0; r < count; r++) {
                if (some == 2) {
                    tile<inner, 2, 1>(group, rows + r, d, scores, r);
                } else {
                    tile<inner, 1, 1>(group, rows + r, d, scores, r);
                }
            }
        }
        for (int j = 0; j < some; j++) {
            for (int r = 0; r < count; r++) {
                sink(q + j, scores[j][r], ids[r]);
            }
        }
    }
}

// An array of n vectors: of floats from base on, or quantized.
struct Rows {
    const float* base;
    const IndexQuantized* quantized;
    int64_t n;
    size_t d;
    bool inner;
};

/// Returns whether an index is an array that the scan takes.
inline bool is_scanned(const Layers& layers) {
    return layers.flat != nullptr || layers.quantized != nullptr;
}

inline Rows rows_of(const Layers& layers) {
    const float* base = layers.flat != nullptr ? layers.flat->get_xb() : nullptr;
    const faiss::Index& index = *layers.index;
    return {base, layers.quantized, index.ntotal, static_cast<size_t>(index.d), layers.is_inner()};
}

// Reads vectors of floats, which lie in memory already.
struct FloatReader {
    static constexpr bool CACHED = false;
    const float* base;
    size_t d;

    const float* read(int64_t row, int) {
        return base + row * d;
    }
};

// Decodes vectors to one of four places, which stay in the processor's cache.
class Decoder {
   public:
    static constexpr bool CACHED = true;

    explicit Decoder(const IndexQuantized& index) : index(index), places(4 * index.d) {}

    const float* read(int64_t row, int place) {
        float* into = places.data() + place * index.d;
        index.decode(index.row(row), into);
        return into;
    }

   private:
    const IndexQuantized& index;
    std::vector<float> places;
};

template <bool inner, typename Reader, typename Sink>
inline void scan_slice(
        const Rows& rows,
        Reader reader,
        int64_t from,
        int64_t to,
        const float* query,
        int64_t queries,
        const uint8_t* bitmap,
        Sink& sink) {
    const float* group[4];
    int64_t ids[4];
    int count = 0;
    for (int64_t i = from; i < to; i++) {
        // A zero byte skips eight vectors.
        if (bitmap != nullptr && (i & 7) == 0 && bitmap[i >> 3] == 0) {
            i += 7;
            continue;
        }
        if (!passes(bitmap, i)) {
            continue;
        }
        group[count] = reader.read(i, count);
        ids[count++] = i;
        if (count == 4) {
            four_rows<inner, Reader::CACHED>(query, queries, group, ids, 4, rows.d, sink);
            count = 0;
        }
    }
    if (count > 0) {
        for (int r = count; r < 4; r++) {
            group[r] = group[0];
        }
        four_rows<inner, Reader::CACHED>(query, queries, group, ids, count, rows.d, sink);
    }
}

// Queries that are rounded to bits.
class BitQueries {
   public:
    BitQueries(const Rows& rows, int64_t n, const float* queries) : index(rows.quantized) {
        if (index != nullptr && index->hamming) {
            codes.resize(n * index->code_size);
            index->sa_encode(n, queries, codes.data());
        }
    }

    /// Returns whether the rows are compared with such queries.
    bool any() const {
        return index != nullptr && index->hamming;
    }

    const uint8_t* query(int64_t q) const {
        return codes.data() + q * index->code_size;
    }

   private:
    const IndexQuantized* index;
    std::vector<uint8_t> codes;
};

inline int64_t differing_bits(const uint8_t* a, const uint8_t* b, size_t bytes) {
    int64_t bits = 0;
    size_t i = 0;
    for (; i + 8 <= bytes; i += 8) {
        uint64_t x, y;
        std::memcpy(&x, a + i, 8);
        std::memcpy(&y, b + i, 8);
        bits += __builtin_popcountll(x ^ y);
    }
    for (; i < bytes; i++) {
        bits += __builtin_popcount(a[i] ^ b[i]);
    }
    return bits;
}

// Scores rows of bits by the number of bits in which they differ from a query. The scores are those of vectors of 1 and
// -1, or of such vectors with a length of one.
template <typename Sink>
inline void scan_bits(
        const Rows& rows,
        int64_t from,
        int64_t to,
        const BitQueries& bits,
        int64_t queries,
        const uint8_t* bitmap,
        Sink& sink) {
    const IndexQuantized& index = *rows.quantized;
    const double square = index.unit ? 1.0 / index.d : 1;
    for (int64_t i = from; i < to; i++) {
        if (!passes(bitmap, i)) {
            continue;
        }
        for (int64_t q = 0; q < queries; q++) {
            const int64_t differing = differing_bits(index.row(i), bits.query(q), index.code_size);
            const int64_t whole = rows.inner ? index.d - 2 * differing : -4 * differing;
            sink(q, static_cast<float>(whole * square), i);
        }
    }
}

// Runs the scan in slices over the OpenMP pool; make_sink(slice) makes the sink of a slice.
template <typename MakeSink>
inline void scan_slices(
        const Rows& rows,
        const float* query,
        int64_t queries,
        const uint8_t* bitmap,
        int most,
        MakeSink make_sink) {
    const BitQueries bits(rows, queries, query);
    const auto scan_all_of = [&](int64_t from, int64_t to, auto reader, auto& sink) {
        if (rows.inner) {
            scan_slice<true>(rows, reader, from, to, query, queries, bitmap, sink);
        } else {
            scan_slice<false>(rows, reader, from, to, query, queries, bitmap, sink);
        }
    };
    RegionFault fault;
#pragma omp parallel num_threads(most) if (most > 1)
    {
        const int64_t threads = omp_get_num_threads();
        const int64_t thread = omp_get_thread_num();
        // Slices begin at whole bytes of the bitmap.
        const int64_t from = rows.n * thread / threads & ~int64_t(7);
        const int64_t to = thread + 1 == threads ? rows.n : rows.n * (thread + 1) / threads & ~int64_t(7);
        fault.guard([&] {
            auto sink = make_sink(thread);
            if (bits.any()) {
                scan_bits(rows, from, to, bits, queries, bitmap, sink);
            } else if (rows.quantized != nullptr) {
                scan_all_of(from, to, Decoder(*rows.quantized), sink);
            } else {
                scan_all_of(from, to, FloatReader{rows.base, rows.d}, sink);
            }
        });
    }
    fault.rethrow();
}

// Returns whether a scan is little work: a second thread, or a copy of the rows, would cost more than it saves.
inline bool is_small(const Rows& rows, int64_t queries) {
    return rows.n * static_cast<int64_t>(rows.d) * queries <= 200000;
}

inline int threads_for(const Rows& rows, int64_t queries) {
    return is_small(rows, queries) ? 1 : omp_get_max_threads();
}

/// Finds the best k for each query.
inline std::vector<std::vector<Scored>> scan(
        const Rows& rows,
        int64_t queries,
        const float* query,
        int64_t k,
        const uint8_t* bitmap) {
    const int most = threads_for(rows, queries);
    std::vector<std::vector<Best>> slices(most);
    scan_slices(rows, query, queries, bitmap, most, [&](int64_t slice) {
        std::vector<Best>& best = slices[slice];
        best.assign(queries, Best(k));
        return [&best](int64_t q, float score, int64_t id) { best[q].offer(score, id); };
    });
    std::vector<std::vector<Scored>> results(queries);
    for (int64_t q = 0; q < queries; q++) {
        std::vector<Scored>& all = results[q];
        for (std::vector<Best>& slice : slices) {
            if (!slice.empty()) {
                all.insert(all.end(), slice[q].found.begin(), slice[q].found.end());
            }
        }
        keep_best(all, k);
    }
    return results;
}

/// Finds every score of one query that reaches a floor, among at most 2^32 vectors.
inline Ranked scan_all(const Rows& rows, const float* query, float floor, const uint8_t* bitmap) {
    std::unique_ptr<float[]> scores(new float[rows.n]);
    float* into = scores.get();
    scan_slices(rows, query, 1, bitmap, threads_for(rows, 1), [into](int64_t) {
        return [into](int64_t, float score, int64_t id) { into[id] = score; };
    });
    return Ranked(into, rows.n, floor, [bitmap](int64_t i) { return passes(bitmap, i); });
}

} // namespace earthembed
