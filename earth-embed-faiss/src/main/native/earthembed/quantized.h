// Arrays of vectors in 8 bits or one bit a component, as their publisher stored them. FAISS's own kinds have one scale
// for each component; these have a scale and an offset for each vector, which published embeddings and cosines need.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include <faiss/IndexFlatCodes.h>

namespace earthembed {

/// The square of the greatest length of a vector: no score of two such vectors overflows.
constexpr double LONGEST_SQUARED = 1e36;

/// The values of some rows of bytes. A component is c * scale + offset, or c * |c| * scale if it is squared.
struct Scaling {
    const double* scales;
    const double* offsets;
    bool per_row;       // otherwise the numbers are those of the set or of its components
    bool per_component;
    bool is_signed;     // otherwise bytes are from 0 to 255
    bool squared;
    int missing;        // the byte that stands for no value; none if it is beyond a byte

    double scale(int64_t row, int j) const {
        return scales[per_row ? row : per_component ? j : 0];
    }
    double offset(int64_t row, int j) const {
        return offsets[per_row ? row : per_component ? j : 0];
    }
};

/// An array of quantized vectors. A row of 8 bits is d signed bytes, a factor and an offset, which are floats that may
/// lie at any address; a row of bits is (d + 7) / 8 bytes, the first component in the lowest bit.
struct IndexQuantized : faiss::IndexFlatCodes {
    bool bits;    // of one bit a component, which is 1 or -1, instead of eight
    bool unit;    // rows are stored with a length of one, so that inner products are cosines
    bool hamming; // queries are rounded to bits too
    bool squared = false;

    // One for each component if the set has such scales, otherwise empty.
    std::vector<float> scales;
    std::vector<float> offsets;

    IndexQuantized(int d, faiss::MetricType metric, bool bits, bool unit, bool hamming)
            : IndexFlatCodes(bits ? (d + 7) / 8 : d + 2 * sizeof(float), d, metric),
              bits(bits),
              unit(unit),
              hamming(hamming) {}

    /// Returns the value of a bit that is set.
    float one() const {
        return unit ? static_cast<float>(1 / std::sqrt(static_cast<double>(d))) : 1;
    }

    const uint8_t* row(int64_t id) const {
        return codes.data() + id * code_size;
    }

    /// Decodes a row to d floats.
    void decode(const uint8_t* __restrict row, float* __restrict into) const {
        if (bits) {
            decode_bits(row, into);
            return;
        }
        float own[2];
        std::memcpy(own, row + d, sizeof(own));
        const float factor = own[0], offset = own[1];
        const auto* integers = reinterpret_cast<const int8_t*>(row);
        if (squared) {
            for (int j = 0; j < d; j++) {
                const int c = integers[j];
                into[j] = static_cast<float>(c * std::abs(c)) * factor;
            }
        } else if (!scales.empty()) {
            for (int j = 0; j < d; j++) {
                into[j] = (static_cast<float>(integers[j]) * scales[j] + offsets[j]) * factor;
            }
        } else {
            decode_bytes(integers, factor, offset, into);
        }
    }

    void sa_decode(faiss::idx_t n, const uint8_t* bytes, float* into) const override {
        for (faiss::idx_t i = 0; i < n; i++) {
            decode(bytes + i * code_size, into + i * d);
        }
    }

    /// Rounds finite vectors: to 8 bits by a scale for each vector, or to the bit that says whether a component is
    /// positive.
    void sa_encode(faiss::idx_t n, const float* vectors, uint8_t* into) const override {
        for (faiss::idx_t i = 0; i < n; i++) {
            encode(vectors + i * d, into + i * code_size);
        }
    }

    /// Returns whether the index takes floats: rounding to scales of a publisher could cut values off.
    bool takes_floats() const {
        return !squared && scales.empty();
    }

    /// Adds n rows of 8 bits as they are; all or none. Fails, naming the row, if one is not finite or too long.
    void add_bytes(int64_t n, const uint8_t* bytes, const Scaling& scaling) {
        if (n == 0) {
            return;
        }
        std::vector<float> new_scales, new_offsets;
        if (scaling.per_component) {
            for (int j = 0; j < d; j++) {
                new_scales.push_back(scaling.scale(0, j));
                new_offsets.push_back(centered(scaling, 0, j));
            }
        }
        if (ntotal > 0 && (squared != scaling.squared || scales != new_scales || offsets != new_offsets)) {
            throw std::invalid_argument("the index holds vectors with other scales for their components");
        }
        codes.resize((ntotal + n) * code_size);
        uint8_t* into = codes.data() + ntotal * code_size;
        const uint8_t shift = scaling.is_signed ? 0 : 0x80;
        int64_t refused = n;
#pragma omp parallel for if (n * d > 100000) reduction(min : refused)
        for (int64_t i = 0; i < n; i++) {
            const uint8_t* __restrict from = bytes + i * d;
            uint8_t* __restrict row = into + i * code_size;
            for (int j = 0; j < d; j++) {
                row[j] = from[j] ^ shift;
            }
            float own[2];
            if (!own_numbers(i, from, scaling, own)) {
                refused = std::min(refused, i);
            }
            std::memcpy(row + d, own, sizeof(own));
        }
        if (refused < n) {
            codes.resize(ntotal * code_size);
            refuse_row(refused, bytes + refused * d, scaling);
        }
        squared = scaling.squared;
        scales.swap(new_scales);
        offsets.swap(new_offsets);
        ntotal += n;
    }

    /// Adds n rows of bits as they are. Bits behind the last component do not count.
    void add_bits(int64_t n, const uint8_t* bytes, bool lowest_first) {
        codes.resize((ntotal + n) * code_size);
        uint8_t* into = codes.data() + ntotal * code_size;
        const uint8_t last = 0xff >> (8 * code_size - d);
        for (int64_t i = 0; i < n; i++, into += code_size, bytes += code_size) {
            for (size_t j = 0; j < code_size; j++) {
                into[j] = lowest_first ? bytes[j] : reversed(bytes[j]);
            }
            into[code_size - 1] &= last;
        }
        ntotal += n;
    }

   private:
    // The compiler's own code for this loop is half as fast.
    void decode_bytes(const int8_t* __restrict integers, float factor, float offset, float* __restrict into) const {
        int j = 0;
#ifdef __AVX2__
        const __m256 factors = _mm256_set1_ps(factor), added = _mm256_set1_ps(offset);
        for (; j + 8 <= d; j += 8) {
            const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(integers + j));
            const __m256 values = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(eight));
            _mm256_storeu_ps(into + j, _mm256_fmadd_ps(values, factors, added));
        }
#endif
        for (; j < d; j++) {
            into[j] = static_cast<float>(integers[j]) * factor + offset;
        }
    }

    void decode_bits(const uint8_t* __restrict row, float* __restrict into) const {
        const float one = this->one();
        int j = 0;
#ifdef __AVX2__
        const __m256i ones = _mm256_castps_si256(_mm256_set1_ps(one));
        const __m256i sign = _mm256_set1_epi32(INT32_MIN);
        // Moves a lane's bit to the sign of a float.
        const __m256i first = _mm256_setr_epi32(31, 30, 29, 28, 27, 26, 25, 24);
        for (; j + 32 <= d; j += 32) {
            int32_t bits_of_32;
            std::memcpy(&bits_of_32, row + j / 8, sizeof(bits_of_32));
            const __m256i all = _mm256_set1_epi32(bits_of_32);
            for (int b = 0; b < 4; b++) {
                const __m256i shifted = _mm256_sllv_epi32(all, _mm256_sub_epi32(first, _mm256_set1_epi32(8 * b)));
                const __m256i values = _mm256_or_si256(_mm256_andnot_si256(shifted, sign), ones);
                _mm256_storeu_si256(reinterpret_cast<__m256i*>(into + j + 8 * b), values);
            }
        }
#endif
        for (; j < d; j++) {
            into[j] = row[j / 8] >> j % 8 & 1 ? one : -one;
        }
    }

    void encode(const float* vector, uint8_t* into) const {
        if (bits) {
            std::fill_n(into, code_size, 0);
            for (int j = 0; j < d; j++) {
                into[j / 8] |= static_cast<uint8_t>(vector[j] > 0) << j % 8;
            }
            return;
        }
        double most = 0;
        for (int j = 0; j < d; j++) {
            most = std::max(most, std::fabs(static_cast<double>(vector[j])));
        }
        const double scale = most / 127;
        double squares = 0;
        for (int j = 0; j < d; j++) {
            const double c = scale > 0 ? std::nearbyint(vector[j] / scale) : 0;
            into[j] = static_cast<int8_t>(c);
            squares += c * c;
        }
        const double length = unit && squares > 0 ? 1 / std::sqrt(squares) : scale;
        const float own[2] = {static_cast<float>(length), 0};
        std::memcpy(into + d, own, sizeof(own));
    }

    // Returns the offset of bytes that are stored as signed ones.
    static double centered(const Scaling& scaling, int64_t row, int j) {
        return scaling.offset(row, j) + (scaling.is_signed ? 0 : 128 * scaling.scale(row, j));
    }

    // Finds the factor and the offset of a row; returns false if it is refused.
    bool own_numbers(int64_t row, const uint8_t* bytes, const Scaling& scaling, float* own) const {
        const double squares = squared_length(row, bytes, scaling);
        if (!(squares <= LONGEST_SQUARED) || has_missing(bytes, scaling)) {
            return false;
        }
        // A row of zeros has no direction.
        const double length = !unit ? 1 : squares > 0 ? 1 / std::sqrt(squares) : 0;
        own[0] = scaling.per_component ? length : scaling.scale(row, 0) * length;
        own[1] = scaling.per_component ? 0 : centered(scaling, row, 0) * length;
        return true;
    }

    [[noreturn]] void refuse_row(int64_t row, const uint8_t* bytes, const Scaling& scaling) const {
        throw std::invalid_argument(
                "row " + std::to_string(row) + " " +
                (has_missing(bytes, scaling) ? "has a value that stands for missing data"
                                             : "is not finite, or longer than 1e18"));
    }

    bool has_missing(const uint8_t* bytes, const Scaling& scaling) const {
        const int missing = scaling.missing;
        const bool possible = scaling.is_signed ? missing >= -128 && missing < 128 : missing >= 0 && missing < 256;
        return possible && std::memchr(bytes, missing & 0xff, d) != nullptr;
    }

    static double squared_length(const uint8_t* bytes, int d, bool is_signed, double scale, double offset) {
        int64_t sum = 0, squares = 0;
        for (int from = 0; from < d; from += 1024) {
            const int to = std::min(d, from + 1024);
            int32_t some = 0, some_squares = 0;
            for (int j = from; j < to; j++) {
                const int32_t c = is_signed ? static_cast<int8_t>(bytes[j]) : bytes[j];
                some += c;
                some_squares += c * c;
            }
            sum += some;
            squares += some_squares;
        }
        return scale * scale * squares + 2 * scale * offset * sum + d * offset * offset;
    }

    double squared_length(int64_t row, const uint8_t* bytes, const Scaling& scaling) const {
        if (!scaling.per_component && !scaling.squared) {
            const double scale = scaling.scale(row, 0), offset = scaling.offset(row, 0);
            const double quick = squared_length(bytes, d, scaling.is_signed, scale, offset);
            // Unless scaled integers and offset cancel, which leaves their rounding.
            if (offset == 0 || quick > 1e-6 * d * offset * offset || !(quick == quick)) {
                return quick;
            }
        }
        double squares = 0;
        for (int j = 0; j < d; j++) {
            const int c = scaling.is_signed ? static_cast<int8_t>(bytes[j]) : bytes[j];
            const double scaled = (scaling.squared ? c * std::abs(c) : c) * scaling.scale(row, j);
            const double offset = scaling.offset(row, j);
            const double value = scaled + offset;
            // What remains if the two cancel is their rounding, which has no direction.
            const bool zero = std::fabs(value) < 1e-12 * std::fabs(offset);
            squares += zero ? 0 : value * value;
        }
        return squares;
    }

    static uint8_t reversed(uint8_t byte) {
        byte = byte >> 4 | byte << 4;
        byte = (byte & 0xcc) >> 2 | (byte & 0x33) << 2;
        return (byte & 0xaa) >> 1 | (byte & 0x55) << 1;
    }
};

} // namespace earthembed
