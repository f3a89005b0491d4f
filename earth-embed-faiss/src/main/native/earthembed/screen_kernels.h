// Integer products of queries with the rows of a block, for screen.h.
//
// A block has sixteen rows of 8-bit integers: the components 0 to 3 of all sixteen, then the components 4 to 7, and so on. A
// register so holds four components of each row, and its lanes add up to one product for each row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace earthembed {

/// The rows of a block.
constexpr int BLOCK_ROWS = 16;

/// The components of a row that lie beside one another.
constexpr int GROUP = 4;

/// Returns where a component of a row is in its block.
inline size_t place_in_block(int row, size_t component) {
    return component / GROUP * (BLOCK_ROWS * GROUP) + row * GROUP + component % GROUP;
}

#ifdef __AVX2__

// Products of queries of 16 bits, by AVX2. No sum of d products may exceed 31 bits.
template <int Q>
inline void products_of_words(
        const int8_t* block,
        size_t d,
        const int16_t* const* queries,
        int32_t (*products)[BLOCK_ROWS]) {
    __m256i sums[Q][4];
    for (int q = 0; q < Q; q++) {
        for (__m256i& sum : sums[q]) {
            sum = _mm256_setzero_si256();
        }
    }
    for (size_t j = 0; j < d; j += GROUP) {
        __m256i parts[Q];
        for (int q = 0; q < Q; q++) {
            int64_t four;
            std::memcpy(&four, queries[q] + j, sizeof(four));
            parts[q] = _mm256_set1_epi64x(four);
        }
        for (int r = 0; r < 4; r++) {
            const void* bytes = block + j * BLOCK_ROWS + 16 * r;
            const __m256i row = _mm256_cvtepi8_epi16(_mm_loadu_si128(static_cast<const __m128i*>(bytes)));
            for (int q = 0; q < Q; q++) {
                sums[q][r] = _mm256_add_epi32(sums[q][r], _mm256_madd_epi16(row, parts[q]));
            }
        }
    }
    for (int q = 0; q < Q; q++) {
        for (int r = 0; r < 4; r++) {
            int32_t lanes[8];
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes), sums[q][r]);
            for (int i = 0; i < 4; i++) {
                products[q][4 * r + i] = lanes[2 * i] + lanes[2 * i + 1];
            }
        }
    }
}

#define EARTH_EMBED_VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))

/// Returns whether this processor has AVX-512's VNNI.
inline bool has_vnni() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512vnni");
}

// Products of queries of 8 bits, by VNNI, which multiplies unsigned bytes by signed ones: it takes the rows plus 128, and
// sums[q] is the sum of a query's components. With few queries, U accumulators for each hide the latency.
template <int Q, int U>
EARTH_EMBED_VNNI inline void products_of_bytes(
        const int8_t* block,
        size_t d,
        const int8_t* const* queries,
        const int32_t* sums,
        int32_t (*products)[BLOCK_ROWS]) {
    const __m512i sign = _mm512_set1_epi8(-128);
    __m512i found[Q][U];
    for (int q = 0; q < Q; q++) {
        for (__m512i& one : found[q]) {
            one = _mm512_setzero_si512();
        }
    }
    for (size_t j = 0; j < d; j += U * GROUP) {
        for (int u = 0; u < U; u++) {
            const size_t at = j + u * GROUP;
            const __m512i rows = _mm512_xor_si512(_mm512_loadu_si512(block + at * BLOCK_ROWS), sign);
            for (int q = 0; q < Q; q++) {
                int32_t four;
                std::memcpy(&four, queries[q] + at, sizeof(four));
                found[q][u] = _mm512_dpbusd_epi32(found[q][u], rows, _mm512_set1_epi32(four));
            }
        }
    }
    for (int q = 0; q < Q; q++) {
        __m512i all = found[q][0];
        for (int u = 1; u < U; u++) {
            all = _mm512_add_epi32(all, found[q][u]);
        }
        all = _mm512_sub_epi32(all, _mm512_set1_epi32(128 * sums[q]));
        _mm512_storeu_si512(products[q], all);
    }
}

#endif

} // namespace earthembed
