// Finds the best of an array of floats without reading all of them: a copy in 8 bits says, with a proven bound, which
// vectors can be among the best, and only these are scored by their floats.
//
// The bound. Let H be the orthogonal transform, m a vector near the mean of the first vectors, z = H(x - m) for a stored
// vector x, y = Hq for a query q. A row keeps integers c and a scale s; the query is rounded to integers p and a scale t. Then
//
//   <q, x> = <q, m> + <y, z> = <q, m> + <tp, sc> + <tp, z - sc> + <y - tp, z>
//
// and by Cauchy and Schwarz the last two are at most |tp| |z - sc| and |y - tp| |z|. A row keeps |z - sc| and |z|. The
// integer product <p, c> is exact. Embeddings often lie far from the origin and near one another; then z is much shorter
// than x, and so is its rounding. A float score of the plain scan differs from <q, x> by no more than g |q| |x|: d / 8
// additions to each of eight lanes, three to join these, at most seven of the components behind the last eight, and a
// rounding of each product make at most d / 8 + 11 roundings of 2^-24 each, on sums that by Cauchy and Schwarz are
// never more than |q| |x|. L2 is 2 <q', z> - |q'|^2 - |z|^2 with q' = H(q - m); its float score sums squares of differences,
// each rounded before it is squared, and no sum is more than (|q'| + |z|)^2. Norms and errors are computed in doubles and enlarged by more
// than their own rounding.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include <omp.h>

#include <earthembed/parallel.h>
#include <earthembed/ranking.h>
#include <earthembed/scan.h>

namespace earthembed {

/// A copy of an array of floats in 8 bits a component.
class Screen {
   public:
    Screen(size_t d, bool inner) : d(d), inner(inner) {
        // Blocks of the transform; a vector is filled with zeros up to whole blocks.
        block = 32;
        while (block * 2 <= d && d % (block * 2) == 0) {
            block *= 2;
        }
        padded = (d + block - 1) / block * block;
        uint32_t state = 12345;
        for (size_t j = 0; j < padded; j++) {
            state = state * 1664525u + 1013904223u;
            signs.push_back(state >> 31 ? -1 : 1);
        }
    }

#ifdef __AVX2__
    static constexpr bool FAST = true;
#else
    static constexpr bool FAST = false;
#endif

    /// The most queries of a batch for which this is faster than the plain scan, which reads the floats once for three.
    static constexpr int64_t MOST_QUERIES = 2;

    int64_t size() const {
        return static_cast<int64_t>(rows.size());
    }

    /// Copies the vectors of an array that the screen lacks. If memory runs out, the screen is of no use.
    void extend(const float* base, int64_t n) {
        const int64_t first = size();
        if (mean.empty() && n > 0) {
            find_mean(base, n);
        }
        codes.resize(n * padded);
        rows.resize(n);
        RegionFault fault;
#pragma omp parallel
        {
            const int64_t threads = omp_get_num_threads();
            const int64_t thread = omp_get_thread_num();
            fault.guard([&] {
                std::vector<double> z(padded);
                for (int64_t i = first + (n - first) * thread / threads; i < first + (n - first) * (thread + 1) / threads; i++) {
                    encode(base + i * d, z.data(), &codes[i * padded], rows[i]);
                }
            });
        }
        fault.rethrow();
    }

    /// Finds the best k for a query, as the plain scan finds them, bit for bit. Returns false, without a result, if too
    /// many vectors could be among the best.
    bool search(const Rows& all, const float* query, int64_t k, const uint8_t* bitmap, std::vector<Scored>& found) const;

   private:
    struct Row {
        float scale;
        float error;  // at least |z - sc|
        float length; // at least |z|
        float whole;  // at least |x|
    };

    // A query as integers.
    struct Query {
        std::vector<int16_t> integers;
        double scale;
        double error;   // at least |y - tp|
        double rounded; // at least |tp|
        double length;  // at least |y|
        double whole;   // at least |q|
        double middle;  // <q, m>, or 0 for L2
        double doubt;   // at least the error of middle
    };

    static constexpr double MORE = 1 + 1e-6;

    // Averages some of the vectors. The bound holds for any vector here.
    void find_mean(const float* base, int64_t n) {
        const int64_t some = std::min<int64_t>(n, 2000);
        std::vector<double> sums(d);
        for (int64_t i = 0; i < some; i++) {
            const float* row = base + n * i / some * d;
            for (size_t j = 0; j < d; j++) {
                sums[j] += load(row + j);
            }
        }
        for (double& sum : sums) {
            sum /= some;
        }
        mean.swap(sums);
    }

    // Transforms a vector, or its difference from the mean; returns the vector's length.
    double transform(const float* vector, bool centered, double* z) const {
        double squares = 0;
        for (size_t j = 0; j < padded; j++) {
            const double value = j < d ? static_cast<double>(load(vector + j)) : 0;
            squares += value * value;
            z[j] = (j < d && centered ? value - mean[j] : value) * signs[j];
        }
        const double norm = 1 / std::sqrt(static_cast<double>(block));
        for (size_t from = 0; from < padded; from += block) {
            double* b = z + from;
            for (size_t half = 1; half < block; half *= 2) {
                for (size_t i = 0; i < block; i += 2 * half) {
                    for (size_t j = i; j < i + half; j++) {
                        const double x = b[j], y = b[j + half];
                        b[j] = x + y;
                        b[j + half] = x - y;
                    }
                }
            }
            for (size_t j = 0; j < block; j++) {
                b[j] *= norm;
            }
        }
        return std::sqrt(squares);
    }

    void encode(const float* vector, double* z, int8_t* into, Row& row) const {
        const double whole = transform(vector, true, z);
        double most = 0, squares = 0;
        for (size_t j = 0; j < padded; j++) {
            most = std::max(most, std::fabs(z[j]));
            squares += z[j] * z[j];
        }
        row.scale = static_cast<float>(most / 127);
        const double scale = row.scale;
        double lost = 0;
        for (size_t j = 0; j < padded; j++) {
            const double c = scale > 0 ? std::max(-127.0, std::min(127.0, std::nearbyint(z[j] / scale))) : 0;
            into[j] = static_cast<int8_t>(c);
            lost += (z[j] - scale * c) * (z[j] - scale * c);
        }
        // The smallest normal float covers what is lost below it.
        const float least = std::numeric_limits<float>::min();
        const double length = std::sqrt(squares);
        // What doubles round is far less than a part of 1e-12 of the vectors.
        const double rounding = 1e-12 * (length + whole);
        row.error = static_cast<float>((std::sqrt(lost) + rounding) * MORE) + least;
        row.length = static_cast<float>((length + rounding) * MORE) + least;
        row.whole = static_cast<float>(whole * MORE) + least;
    }

    Query rounded(const float* query) const {
        std::vector<double> y(padded);
        Query made;
        const double whole = transform(query, !inner, y.data());
        made.middle = 0;
        double parts = 0;
        for (size_t j = 0; inner && j < d; j++) {
            const double part = static_cast<double>(query[j]) * mean[j];
            made.middle += part;
            parts += std::fabs(part);
        }
        made.doubt = 1e-9 * parts;
        double most = 0, squares = 0;
        for (size_t j = 0; j < padded; j++) {
            most = std::max(most, std::fabs(y[j]));
            squares += y[j] * y[j];
        }
        // A lane sums 2 * padded / 16 products of at most 127 * limit.
        const double limit = std::min(32767.0, std::floor(2147483000.0 / (127 * (padded / 8.0))));
        made.scale = most / limit;
        made.integers.resize(padded);
        double lost = 0, kept = 0;
        for (size_t j = 0; j < padded; j++) {
            const double p = made.scale > 0 ? std::max(-limit, std::min(limit, std::nearbyint(y[j] / made.scale))) : 0;
            made.integers[j] = static_cast<int16_t>(p);
            const double value = p * made.scale;
            lost += (y[j] - value) * (y[j] - value);
            kept += value * value;
        }
        const double length = std::sqrt(squares);
        const double rounding = 1e-12 * (length + whole);
        made.error = (std::sqrt(lost) + rounding) * MORE;
        made.rounded = std::sqrt(kept) * MORE;
        made.length = (length + rounding) * MORE;
        made.whole = whole * MORE;
        return made;
    }

    static int64_t product(const int16_t* p, const int8_t* c, size_t n) {
        size_t j = 0;
        int64_t sum = 0;
#ifdef __AVX2__
        __m256i a = _mm256_setzero_si256(), b = a;
        for (; j + 32 <= n; j += 32) {
            const __m256i c0 = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(c + j)));
            const __m256i c1 = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(c + j + 16)));
            a = _mm256_add_epi32(a, _mm256_madd_epi16(c0, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + j))));
            b = _mm256_add_epi32(b, _mm256_madd_epi16(c1, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + j + 16))));
        }
        int32_t lanes[16];
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes), a);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes + 8), b);
        for (int32_t lane : lanes) {
            sum += lane;
        }
#endif
        for (; j < n; j++) {
            sum += static_cast<int32_t>(p[j]) * c[j];
        }
        return sum;
    }

    // Returns a bound that a vector's score does not exceed, and one that it does not fall below.
    float bound(int64_t i, const Query& q, float* least) const;

    // Writes the upper bounds of some vectors, and keeps the best k lower ones. Returns false, as do all other threads, if
    // the bounds are of little use.
    bool bound_slice(
            int64_t from,
            int64_t to,
            const Query& q,
            const uint8_t* bitmap,
            float* upper,
            int64_t k,
            Best& best,
            std::atomic<bool>& useless) const;

    static std::vector<Scored> joined(const std::vector<std::vector<Scored>>& parts, int64_t k);

    size_t d;
    bool inner;
    size_t block;
    size_t padded;
    std::vector<double> signs;
    std::vector<double> mean; // empty before the first vector
    std::vector<int8_t> codes;
    std::vector<Row> rows;
};

inline float Screen::bound(int64_t i, const Query& q, float* least) const {
    const Row& row = rows[i];
    const double scale = static_cast<double>(row.scale) * q.scale;
    const double about = product(q.integers.data(), &codes[i * padded], padded) * scale;
    const double off = q.rounded * row.error + q.error * row.length;
    const double roundings = (d / 8 + 20) * std::ldexp(1.01, -24);
    double middle, width;
    if (inner) {
        middle = q.middle + about;
        width = off + q.doubt + roundings * q.whole * row.whole;
    } else {
        // The squares of the lengths are known up to a part of 4e-6, unless they are much shorter than the vectors.
        const double x2 = static_cast<double>(row.length) * row.length;
        const double q2 = q.length * q.length;
        const double reach = (q.length + row.length) * (q.length + row.length);
        middle = 2 * about - q2 - x2;
        const double whole = q.whole + row.whole;
        width = 2 * off + 8e-6 * (x2 + q2) + 2 * roundings * reach + 1e-11 * whole * (q.length + row.length);
    }
    // Conversions to float round by less than this, and so do products below the smallest normal float.
    width += 1e-6 * (std::fabs(middle) + width) + 1e-37;
    *least = static_cast<float>(middle - width);
    return static_cast<float>(middle + width);
}

inline bool Screen::bound_slice(
        int64_t from,
        int64_t to,
        const Query& q,
        const uint8_t* bitmap,
        float* upper,
        int64_t k,
        Best& best,
        std::atomic<bool>& useless) const {
    const int64_t step = 1024;
    int64_t passing = 0, reaching = 0;
    for (int64_t start = from; start < to; start += step) {
        for (int64_t i = start; i < std::min(to, start + step); i++) {
            if (!passes(bitmap, i)) {
                continue;
            }
            float least;
            upper[i] = bound(i, q, &least);
            passing++;
            reaching += static_cast<int64_t>(best.found.size()) < k || upper[i] >= best.found.front().first;
            best.offer(least, i);
        }
        // If most vectors so far could have been among the best, reading all floats is faster.
        if (reaching > passing / 2 + 2 * k) {
            useless = true;
        }
        if (useless) {
            return false;
        }
    }
    return true;
}

inline bool Screen::search(
        const Rows& all,
        const float* query,
        int64_t k,
        const uint8_t* bitmap,
        std::vector<Scored>& found) const {
    const int64_t n = all.n;
    const Query q = rounded(query);
    std::unique_ptr<float[]> upper(new float[n]);
    const int most = omp_get_max_threads();
    std::vector<std::vector<Scored>> parts(most);
    std::atomic<bool> useless{false};
    RegionFault fault;
#pragma omp parallel num_threads(most) if (most > 1)
    {
        const int64_t threads = omp_get_num_threads();
        const int64_t thread = omp_get_thread_num();
        fault.guard([&] {
            Best least(k);
            bound_slice(n * thread / threads, n * (thread + 1) / threads, q, bitmap, upper.get(), k, least, useless);
            parts[thread] = std::move(least.found);
        });
    }
    fault.rethrow();
    if (useless) {
        return false;
    }
    // At least k vectors have this score or a better one.
    float bar = -std::numeric_limits<float>::infinity();
    std::vector<Scored> least = joined(parts, k);
    if (static_cast<int64_t>(least.size()) == k) {
        bar = least.back().first;
    }
    std::vector<int64_t> candidates;
    for (int64_t i = 0; i < n; i++) {
        if (passes(bitmap, i) && upper[i] >= bar) {
            candidates.push_back(i);
        }
    }
    const int64_t count = candidates.size();
    parts.assign(most, {});
#pragma omp parallel num_threads(most) if (most > 1 && count > 1000)
    {
        const int64_t threads = omp_get_num_threads();
        const int64_t thread = omp_get_thread_num();
        fault.guard([&] {
            Best best(k);
            for (int64_t c = count * thread / threads; c < count * (thread + 1) / threads; c++) {
                const float* row = all.base + candidates[c] * d;
                float one[1][4];
                inner ? tile<true, 1, 1>(&query, &row, d, one) : tile<false, 1, 1>(&query, &row, d, one);
                best.offer(one[0][0], candidates[c]);
            }
            parts[thread] = std::move(best.found);
        });
    }
    fault.rethrow();
    found = joined(parts, k);
    return true;
}

inline std::vector<Scored> Screen::joined(const std::vector<std::vector<Scored>>& parts, int64_t k) {
    std::vector<Scored> all;
    for (const std::vector<Scored>& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    keep_best(all, k);
    return all;
}

/// Finds the best k for each query, as the plain scan finds them, bit for bit.
inline void search_screened(
        const Screen& screen,
        const Rows& rows,
        int64_t n,
        const float* queries,
        int64_t k,
        const uint8_t* bitmap,
        float* scores,
        int64_t* labels) {
    for (int64_t q = 0; q < n; q++) {
        const float* query = queries + q * rows.d;
        std::vector<Scored> found;
        // A small array lies in the processor's cache.
        if (threads_for(rows, 1) == 1 || !screen.search(rows, query, k, bitmap, found)) {
            found = scan(rows, 1, query, k, bitmap)[0];
        }
        write(found, k, scores + q * k, labels + q * k);
    }
}

} // namespace earthembed
