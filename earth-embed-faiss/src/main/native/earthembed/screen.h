// Finds the best of an array of floats without reading all of them: a copy in 8 bits says, with a proven bound, which
// vectors can be among the best, and only these are scored by their floats.
//
// The bound. Let H be the orthogonal transform, m a vector near the mean of the first vectors, z = H(x - m) for a stored
// vector x, y = Hq for a query q. A row keeps integers c and a scale s; the query is rounded to integers p and a scale t. Then
//
//   <q, x> = <q, m> + <y, z> = <q, m> + <tp, sc> + <tp, z - sc> + <y - tp, z>
//
// and by Cauchy and Schwarz the last two are at most |tp| |z - sc| and |y - tp| |z|. A row keeps |z - sc| and |z|. The
// integer product <p, c> is exact. This holds for any p: a query is rounded to 16 bits, and for a first look to the upper
// 8 of these. Embeddings often lie far from the origin and near one another; then z is much shorter
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
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <omp.h>

#include <earthembed/parallel.h>
#include <earthembed/ranking.h>
#include <earthembed/scan.h>
#include <earthembed/screen_kernels.h>

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

    /// Returns whether a copy is of use: the processor has the instructions, and sums of products fit 32 bits.
    static bool is_useful(size_t d) {
#ifdef __AVX2__
        return d <= 65536;
#else
        return false;
#endif
    }

    /// Lets searches use VNNI, or not. Returns whether they use it now, which needs a processor that has it.
    static bool use_vnni(bool use) {
#ifdef __AVX2__
        vnni = use && has_vnni();
#endif
        return vnni;
    }

    int64_t size() const {
        return count;
    }

    /// Copies the vectors of an array that the screen lacks. If memory runs out, the screen is of no use.
    void extend(const float* base, int64_t n) {
        const int64_t first = count;
        if (mean.empty() && n > 0) {
            find_mean(base, n);
        }
        const int64_t blocks = (n + BLOCK_ROWS - 1) / BLOCK_ROWS;
        codes.resize(blocks * BLOCK_ROWS * padded);
        rows.resize(blocks);
        RegionFault fault;
#pragma omp parallel
        {
            const int64_t threads = omp_get_num_threads();
            const int64_t thread = omp_get_thread_num();
            fault.guard([&] {
                std::vector<double> z(padded);
                for (int64_t i = first + (n - first) * thread / threads; i < first + (n - first) * (thread + 1) / threads; i++) {
                    encode(base + i * d, z.data(), i);
                }
            });
        }
        fault.rethrow();
        count = n;
    }

    /// Finds the best k for each query, as the plain scan finds them, bit for bit.
    std::vector<std::vector<Scored>> search(
            const Rows& all,
            int64_t n,
            const float* queries,
            int64_t k,
            const uint8_t* bitmap) const;

    /// Finds every score of one query that reaches a floor, as the plain scan finds them, bit for bit.
    Ranked search_above(const Rows& all, const float* query, float floor, const uint8_t* bitmap) const;

    /// Estimates the score of every vector. Returns the most by which an estimate differs from the plain scan's score.
    float estimate(const float* query, float* scores) const;

   private:
    // The rows of a block.
    struct Block {
        float scale[BLOCK_ROWS];
        float error[BLOCK_ROWS];  // at least |z - sc|
        float length[BLOCK_ROWS]; // at least |z|
        float whole[BLOCK_ROWS];  // at least |x|
    };

    // A query rounded to integers times a scale.
    struct Rounded {
        double scale;
        double error;  // at least |y - tp|
        double length; // at least |tp|
    };

    // A query as integers, roughly and finely rounded.
    struct Query {
        std::vector<int16_t> words; // the fine integers
        std::vector<int8_t> high;   // the rough integers; step * high + low = words
        std::vector<int8_t> low;
        int32_t high_sum;
        int32_t low_sum;
        int step;
        Rounded rough;
        Rounded fine;
        double length; // at least |y|
        double whole;  // at least |q|
        double middle; // <q, m>, or 0 for L2
        double doubt;  // at least the error of middle
    };

    // The vectors of a slice that can be among the best for a query.
    struct Candidates {
        Candidates(int64_t k, int64_t to) : least(k), rest(to), to(to) {}

        Best least;                 // the best lower bounds
        std::vector<Scored> bounds; // upper bounds, in the order of the ids
        int64_t rest;               // from here to the end of the slice, all vectors can be
        int64_t to;
    };

    // The aim of a search: the best k vectors or, if k is 0, all vectors whose score reaches the floor. If more than a share
    // of the vectors remain candidates, bounds save little.
    struct Aim {
        int64_t k;
        float floor;
        double share;
        const uint8_t* bitmap;

        // Returns the score that a vector must reach.
        float bar(const Candidates& found) const {
            return k > 0 && static_cast<int64_t>(found.least.found.size()) == k ? found.least.found.front().first : floor;
        }
    };

    static constexpr double MORE = 1 + 1e-6;

#ifdef __AVX2__
    static inline std::atomic<bool> vnni{has_vnni()};
#else
    static constexpr bool vnni = false;
#endif

    // Reading half of the floats beside the copy takes less time than reading all. A batch reads them once for all
    // queries, but those of candidates for each.
    static constexpr double FEW_SHARE = 0.5;
    static constexpr double MANY_SHARE = 1 / 16.0;

    // Multiplications for which a second thread costs more than it saves.
    static constexpr int64_t LITTLE = 16000000;

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

    void encode(const float* vector, double* z, int64_t i) {
        const double whole = transform(vector, true, z);
        int8_t* into = &codes[i / BLOCK_ROWS * BLOCK_ROWS * padded];
        Block& row = rows[i / BLOCK_ROWS];
        const int r = i % BLOCK_ROWS;
        double most = 0, squares = 0;
        for (size_t j = 0; j < padded; j++) {
            most = std::max(most, std::fabs(z[j]));
            squares += z[j] * z[j];
        }
        row.scale[r] = static_cast<float>(most / 127);
        const double scale = row.scale[r];
        double lost = 0;
        for (size_t j = 0; j < padded; j++) {
            const double c = scale > 0 ? std::max(-127.0, std::min(127.0, std::nearbyint(z[j] / scale))) : 0;
            into[place_in_block(r, j)] = static_cast<int8_t>(c);
            lost += (z[j] - scale * c) * (z[j] - scale * c);
        }
        // The smallest normal float covers what is lost below it.
        const float least = std::numeric_limits<float>::min();
        const double length = std::sqrt(squares);
        // What doubles round is far less than a part of 1e-12 of the vectors.
        const double rounding = 1e-12 * (length + whole);
        row.error[r] = static_cast<float>((std::sqrt(lost) + rounding) * MORE) + least;
        row.length[r] = static_cast<float>((length + rounding) * MORE) + least;
        row.whole[r] = static_cast<float>(whole * MORE) + least;
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
        // Sums of products fit 32 bits, and the high parts 8.
        const double limit = std::min(32512.0, std::floor(2147483000.0 / (127.0 * padded)));
        made.step = static_cast<int>(std::ceil(limit / 127));
        const double scale = most / limit;
        made.words.resize(padded);
        made.high.resize(padded);
        made.low.resize(padded);
        made.high_sum = made.low_sum = 0;
        double lost = 0, kept = 0, rough_lost = 0, rough_kept = 0;
        for (size_t j = 0; j < padded; j++) {
            const double p = scale > 0 ? std::max(-limit, std::min(limit, std::nearbyint(y[j] / scale))) : 0;
            const int high = static_cast<int>(std::floor((p + made.step / 2) / made.step));
            made.words[j] = static_cast<int16_t>(p);
            made.high[j] = static_cast<int8_t>(high);
            made.low[j] = static_cast<int8_t>(p - made.step * high);
            made.high_sum += made.high[j];
            made.low_sum += made.low[j];
            const double value = p * scale, rough = made.step * high * scale;
            lost += (y[j] - value) * (y[j] - value);
            kept += value * value;
            rough_lost += (y[j] - rough) * (y[j] - rough);
            rough_kept += rough * rough;
        }
        const double length = std::sqrt(squares);
        const double rounding = 1e-12 * (length + whole);
        made.fine = {scale, (std::sqrt(lost) + rounding) * MORE, std::sqrt(kept) * MORE};
        made.rough = {scale * made.step, (std::sqrt(rough_lost) + rounding) * MORE, std::sqrt(rough_kept) * MORE};
        made.length = (length + rounding) * MORE;
        made.whole = whole * MORE;
        return made;
    }

    // Computes bounds that the scores of a block's rows do not exceed, and bounds that they do not fall below. Returns
    // whether an upper bound reaches the bar.
    template <bool inner>
    inline __attribute__((always_inline)) bool bound(
            const Block& row,
            const Query& q,
            const Rounded& p,
            const double* products,
            float bar,
            float* upper,
            float* lower) const {
        const double roundings = (d / 8 + 20) * std::ldexp(1.01, -24);
        int reaching = 0;
        for (int r = 0; r < BLOCK_ROWS; r++) {
            const double about = products[r] * (static_cast<double>(row.scale[r]) * p.scale);
            const double length = row.length[r];
            const double off = p.length * row.error[r] + p.error * length;
            double middle, width;
            if (inner) {
                middle = q.middle + about;
                width = off + q.doubt + roundings * q.whole * row.whole[r];
            } else {
                // The squares of the lengths are known up to a part of 4e-6, unless they are much shorter than the vectors.
                const double x2 = length * length;
                const double q2 = q.length * q.length;
                const double reach = (q.length + length) * (q.length + length);
                middle = 2 * about - q2 - x2;
                const double whole = q.whole + row.whole[r];
                width = 2 * off + 8e-6 * (x2 + q2) + 2 * roundings * reach + 1e-11 * whole * (q.length + length);
            }
            // Conversions to float round by less than this, and so do products below the smallest normal float.
            width += 1e-6 * (std::fabs(middle) + width) + 1e-37;
            upper[r] = static_cast<float>(middle + width);
            lower[r] = static_cast<float>(middle - width);
            reaching |= upper[r] >= bar;
        }
        return reaching != 0;
    }

    // Takes the vectors of a block whose bounds reach the bar. Returns whether these are too many.
    static bool take(
            int64_t start,
            const Aim& aim,
            int64_t passing,
            const float* upper,
            const float* lower,
            Candidates& found) {
        const int64_t end = std::min(found.to, start + BLOCK_ROWS);
        for (int64_t i = start; i < end; i++) {
            if (upper[i - start] >= aim.bar(found) && passes(aim.bitmap, i)) {
                found.bounds.emplace_back(upper[i - start], i);
                if (aim.k > 0) {
                    found.least.offer(lower[i - start], i);
                }
            }
        }
        if (found.bounds.size() <= passing * aim.share + 2 * aim.k + 500) {
            return false;
        }
        found.rest = end;
        return true;
    }

    // Returns how many vectors of a block pass.
    static int passing_in(int64_t start, int64_t to, const uint8_t* bitmap) {
        if (bitmap == nullptr) {
            return std::min<int64_t>(BLOCK_ROWS, to - start);
        }
        int passing = 0;
        for (int64_t i = start; i < std::min(to, start + BLOCK_ROWS); i += 8) {
            passing += __builtin_popcount(bitmap[i >> 3]);
        }
        return passing;
    }

    // The queries whose bounds are of use.
    static std::vector<int> active(const std::vector<Candidates>& found) {
        std::vector<int> queries;
        for (size_t q = 0; q < found.size(); q++) {
            if (found[q].rest == found[q].to) {
                queries.push_back(q);
            }
        }
        return queries;
    }

#ifdef __AVX2__
    // Finds the candidates of a slice, which begins at a whole block.
    template <bool inner>
    void bound_by_words(
            int64_t from,
            int64_t to,
            const std::vector<Query>& queries,
            const Aim& aim,
            std::vector<Candidates>& found) const {
        std::vector<int> useful = active(found);
        int64_t passing = 0;
        for (int64_t start = from; start < to && !useful.empty(); start += BLOCK_ROWS) {
            const int some = passing_in(start, to, aim.bitmap);
            passing += some;
            bool full = false;
            for (size_t a = 0; some > 0 && a < useful.size(); a += 2) {
                const int tile = std::min<size_t>(2, useful.size() - a);
                const int16_t* words[2];
                for (int t = 0; t < tile; t++) {
                    words[t] = queries[useful[a + t]].words.data();
                }
                int32_t products[2][BLOCK_ROWS];
                tile == 2 ? products_of_words<2>(&codes[start * padded], padded, words, products)
                          : products_of_words<1>(&codes[start * padded], padded, words, products);
                for (int t = 0; t < tile; t++) {
                    const Query& query = queries[useful[a + t]];
                    Candidates& mine = found[useful[a + t]];
                    double wide[BLOCK_ROWS];
                    std::copy(products[t], products[t] + BLOCK_ROWS, wide);
                    float upper[BLOCK_ROWS], lower[BLOCK_ROWS];
                    if (bound<inner>(rows[start / BLOCK_ROWS], query, query.fine, wide, aim.bar(mine), upper, lower)) {
                        full |= take(start, aim, passing, upper, lower, mine);
                    }
                }
            }
            if (full) {
                useful = active(found);
            }
        }
    }

    // The same by VNNI: the rough integers bound all blocks, the fine ones those with candidates.
    template <bool inner>
    EARTH_EMBED_VNNI void bound_by_bytes(
            int64_t from,
            int64_t to,
            const std::vector<Query>& queries,
            const Aim& aim,
            std::vector<Candidates>& found) const {
        std::vector<int> useful = active(found);
        int64_t passing = 0;
        for (int64_t start = from; start < to && !useful.empty(); start += BLOCK_ROWS) {
            const int some = passing_in(start, to, aim.bitmap);
            passing += some;
            const int8_t* bytes = &codes[start * padded];
            bool full = false;
            for (size_t a = 0; some > 0 && a < useful.size();) {
                const size_t left = useful.size() - a;
                const int tile = left >= 8 ? 8 : left >= 2 ? 2 : 1;
                const int8_t* high[8];
                int32_t sums[8];
                for (int t = 0; t < tile; t++) {
                    high[t] = queries[useful[a + t]].high.data();
                    sums[t] = queries[useful[a + t]].high_sum;
                }
                int32_t products[8][BLOCK_ROWS];
                if (tile == 8) {
                    products_of_bytes<8, 1>(bytes, padded, high, sums, products);
                } else if (tile == 2) {
                    products_of_bytes<2, 4>(bytes, padded, high, sums, products);
                } else {
                    products_of_bytes<1, 8>(bytes, padded, high, sums, products);
                }
                for (int t = 0; t < tile; t++) {
                    const Query& query = queries[useful[a + t]];
                    full |= take_fine<inner>(start, aim, passing, products[t], query, found[useful[a + t]]);
                }
                a += tile;
            }
            if (full) {
                useful = active(found);
            }
        }
    }

    // Takes the vectors of a block from the rough products. Returns whether there are too many.
    template <bool inner>
    EARTH_EMBED_VNNI bool take_fine(
            int64_t start,
            const Aim& aim,
            int64_t passing,
            const int32_t* products,
            const Query& query,
            Candidates& found) const {
        const Block& row = rows[start / BLOCK_ROWS];
        double wide[BLOCK_ROWS];
        std::copy(products, products + BLOCK_ROWS, wide);
        float upper[BLOCK_ROWS], lower[BLOCK_ROWS];
        if (!bound<inner>(row, query, query.rough, wide, aim.bar(found), upper, lower)) {
            return false;
        }
        const int8_t* low = query.low.data();
        int32_t rest[1][BLOCK_ROWS];
        products_of_bytes<1, 8>(&codes[start * padded], padded, &low, &query.low_sum, rest);
        for (int r = 0; r < BLOCK_ROWS; r++) {
            wide[r] = query.step * wide[r] + rest[0][r];
        }
        return bound<inner>(row, query, query.fine, wide, aim.bar(found), upper, lower) &&
                take(start, aim, passing, upper, lower, found);
    }
#endif

    // Finds bounds of the scores of a block by the fine integers. Both halves by VNNI would take longer than AVX2.
    void bound_finely(int64_t start, const Query& query, float* upper, float* lower) const {
#ifdef __AVX2__
        const int16_t* words = query.words.data();
        int32_t products[1][BLOCK_ROWS];
        products_of_words<1>(&codes[start * padded], padded, &words, products);
        double wide[BLOCK_ROWS];
        std::copy(products[0], products[0] + BLOCK_ROWS, wide);
        const Block& row = rows[start / BLOCK_ROWS];
        inner ? bound<true>(row, query, query.fine, wide, 0, upper, lower)
              : bound<false>(row, query, query.fine, wide, 0, upper, lower);
#endif
    }

    // Finds the candidates of every slice for each query.
    std::vector<std::vector<Candidates>> bound_all(const std::vector<Query>& queries, const Aim& aim) const {
        const int64_t work = count * static_cast<int64_t>(padded * queries.size());
        const int most = work > LITTLE ? omp_get_max_threads() : 1;
        std::vector<std::vector<Candidates>> slices(most);
        RegionFault fault;
#pragma omp parallel num_threads(most) if (most > 1)
        {
            const int64_t threads = omp_get_num_threads();
            const int64_t thread = omp_get_thread_num();
            fault.guard([&] {
                const int64_t blocks = rows.size();
                const int64_t from = blocks * thread / threads * BLOCK_ROWS;
                const int64_t to = std::min(count, blocks * (thread + 1) / threads * BLOCK_ROWS);
                slices[thread].assign(queries.size(), Candidates(aim.k, to));
                bound_slice(from, to, queries, aim, slices[thread]);
            });
        }
        fault.rethrow();
        // OpenMP may have started fewer threads.
        while (slices.back().empty()) {
            slices.pop_back();
        }
        return slices;
    }

    void bound_slice(
            int64_t from,
            int64_t to,
            const std::vector<Query>& queries,
            const Aim& aim,
            std::vector<Candidates>& found) const {
#ifdef __AVX2__
        if (vnni) {
            inner ? bound_by_bytes<true>(from, to, queries, aim, found) : bound_by_bytes<false>(from, to, queries, aim, found);
        } else {
            inner ? bound_by_words<true>(from, to, queries, aim, found) : bound_by_words<false>(from, to, queries, aim, found);
        }
#endif
    }

    // Vectors to score for a query: some ids, or if there are none, all that pass from one on to another.
    struct Task {
        int64_t query;
        const int64_t* ids;
        int64_t from;
        int64_t to;
    };

    // Calls sink(task, id, score) for all vectors of the tasks, on all threads; each task is for one thread.
    template <typename Sink>
    void score(
            const Rows& all,
            const float* queries,
            const uint8_t* bitmap,
            const std::vector<Task>& tasks,
            Sink sink) const {
        int64_t scores = 0;
        for (const Task& task : tasks) {
            scores += task.to - task.from;
        }
        RegionFault fault;
#pragma omp parallel for schedule(dynamic) if (scores * static_cast<int64_t>(d) > LITTLE / 8)
        for (size_t t = 0; t < tasks.size(); t++) {
            fault.guard([&] {
                const Task& task = tasks[t];
                const float* query = queries + task.query * d;
                for (int64_t i = task.from; i < task.to; i++) {
                    const int64_t id = task.ids == nullptr ? i : task.ids[i];
                    if (task.ids == nullptr && !passes(bitmap, id)) {
                        continue;
                    }
                    const float* row = all.base + id * d;
                    float one[1][4];
                    inner ? tile<true, 1, 1>(&query, &row, d, one) : tile<false, 1, 1>(&query, &row, d, one);
                    sink(t, id, one[0][0]);
                }
            });
        }
        fault.rethrow();
    }

    // Adds tasks of a few vectors each.
    static void divide(int64_t query, const int64_t* ids, int64_t from, int64_t to, std::vector<Task>& tasks) {
        const int64_t step = 512;
        for (int64_t start = from; start < to; start += step) {
            tasks.push_back({query, ids, start, std::min(to, start + step)});
        }
    }

    size_t d;
    bool inner;
    size_t block;
    size_t padded;
    int64_t count = 0;
    std::vector<double> signs;
    std::vector<double> mean; // empty before the first vector
    std::vector<int8_t> codes;
    std::vector<Block> rows;
};

inline std::vector<std::vector<Scored>> Screen::search(
        const Rows& all,
        int64_t n,
        const float* queries,
        int64_t k,
        const uint8_t* bitmap) const {
    std::vector<Query> integers;
    for (int64_t q = 0; q < n; q++) {
        integers.push_back(rounded(queries + q * d));
    }
    const float everything = -std::numeric_limits<float>::infinity();
    const auto slices = bound_all(integers, {k, everything, n > 2 ? MANY_SHARE : FEW_SHARE, bitmap});
    std::vector<std::vector<Scored>> found(n);
    std::vector<std::vector<int64_t>> candidates(n);
    std::vector<Task> tasks;
    std::vector<int64_t> plain; // queries for which bounds are of no use
    std::vector<float> plain_queries;
    for (int64_t q = 0; q < n; q++) {
        std::vector<Scored> least;
        bool whole = true;
        for (const auto& slice : slices) {
            least.insert(least.end(), slice[q].least.found.begin(), slice[q].least.found.end());
            whole = whole && slice[q].rest == slice[q].to;
        }
        if (n > 2 && !whole) {
            plain.push_back(q);
            plain_queries.insert(plain_queries.end(), queries + q * d, queries + (q + 1) * d);
            continue;
        }
        keep_best(least, k);
        // At least k vectors have this score or a better one.
        const float bar = static_cast<int64_t>(least.size()) == k ? least.back().first : everything;
        for (const auto& slice : slices) {
            for (const Scored& one : slice[q].bounds) {
                if (one.first >= bar) {
                    candidates[q].push_back(one.second);
                }
            }
            divide(q, nullptr, slice[q].rest, slice[q].to, tasks);
        }
        divide(q, candidates[q].data(), 0, candidates[q].size(), tasks);
    }
    std::vector<Best> best(tasks.size(), Best(k));
    score(all, queries, bitmap, tasks, [&best](size_t task, int64_t id, float score) { best[task].offer(score, id); });
    for (size_t t = 0; t < tasks.size(); t++) {
        std::vector<Scored>& into = found[tasks[t].query];
        into.insert(into.end(), best[t].found.begin(), best[t].found.end());
    }
    for (std::vector<Scored>& some : found) {
        keep_best(some, k);
    }
    if (!plain.empty()) {
        auto scanned = scan(all, plain.size(), plain_queries.data(), k, bitmap);
        for (size_t i = 0; i < plain.size(); i++) {
            found[plain[i]] = std::move(scanned[i]);
        }
    }
    return found;
}

inline Ranked Screen::search_above(const Rows& all, const float* query, float floor, const uint8_t* bitmap) const {
    const auto slices = bound_all({rounded(query)}, {0, floor, FEW_SHARE, bitmap});
    std::vector<int64_t> ids;
    for (const auto& slice : slices) {
        if (slice[0].rest < slice[0].to) {
            return scan_all(all, query, floor, bitmap);
        }
        for (const Scored& one : slice[0].bounds) {
            ids.push_back(one.second);
        }
    }
    std::vector<Task> tasks;
    divide(0, ids.data(), 0, ids.size(), tasks);
    std::vector<float> scores(ids.size());
    std::vector<int64_t> next;
    for (const Task& task : tasks) {
        next.push_back(task.from);
    }
    score(all, query, bitmap, tasks, [&](size_t task, int64_t, float score) { scores[next[task]++] = score; });
    return Ranked(scores.data(), ids.size(), floor, [](int64_t) { return true; }, ids.data());
}

inline float Screen::estimate(const float* query, float* scores) const {
    const Query integers = rounded(query);
    const int most = count * static_cast<int64_t>(padded) > LITTLE ? omp_get_max_threads() : 1;
    float error = 0;
#pragma omp parallel for num_threads(most) if (most > 1) reduction(max : error)
    for (int64_t start = 0; start < count; start += BLOCK_ROWS) {
        float upper[BLOCK_ROWS], lower[BLOCK_ROWS];
        bound_finely(start, integers, upper, lower);
        for (int64_t i = start; i < std::min(count, start + BLOCK_ROWS); i++) {
            const double above = upper[i - start], below = lower[i - start];
            scores[i] = static_cast<float>((above + below) / 2);
            const double off = std::max(above - scores[i], scores[i] - below);
            // The difference of doubles and the conversion round by less than this.
            error = std::max(error, static_cast<float>(off * MORE));
        }
    }
    return error;
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
    // Bounds say little if many vectors are wanted.
    const bool plain = is_small(rows, 1) || k > rows.n / 16;
    const int64_t group = 64;
    for (int64_t from = 0; from < n; from += group) {
        const int64_t some = std::min(group, n - from);
        const float* part = queries + from * rows.d;
        const auto found = plain ? scan(rows, some, part, k, bitmap) : screen.search(rows, some, part, k, bitmap);
        for (int64_t q = 0; q < some; q++) {
            write(found[q], k, scores + (from + q) * k, labels + (from + q) * k);
        }
    }
}

} // namespace earthembed
