// Found vectors and their order: by score, best first, then by id.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace earthembed {

using Scored = std::pair<float, int64_t>;

inline bool better(const Scored& a, const Scored& b) {
    return a.first > b.first || (a.first == b.first && a.second < b.second);
}

// Sorts the found vectors and keeps the best k.
inline void keep_best(std::vector<Scored>& found, int64_t k) {
    std::sort(found.begin(), found.end(), better);
    if (static_cast<int64_t>(found.size()) > k) {
        found.resize(k);
    }
}

// Returns a score that can be ordered: half-precision codes of long vectors can give NaN, which breaks sorting.
inline float comparable(float score) {
    return score == score ? score : -std::numeric_limits<float>::infinity();
}

// Returns whether the k-th score equals the last one found, so that further vectors of that score may be missing.
inline bool is_tied(const std::vector<Scored>& found, int64_t k, int64_t ntotal) {
    return static_cast<int64_t>(found.size()) < ntotal && found[k - 1].first <= found.back().first;
}

// Keeps the best k of the offered vectors in a heap whose front is the worst of them.
class Best {
   public:
    explicit Best(int64_t k) : k(k) {}

    void offer(float score, int64_t id) {
        // By far the most common case once the heap is full.
        if (score < bar) {
            return;
        }
        const Scored scored(comparable(score), id);
        if (static_cast<int64_t>(found.size()) < k) {
            found.push_back(scored);
            std::push_heap(found.begin(), found.end(), better);
        } else if (better(scored, found.front())) {
            std::pop_heap(found.begin(), found.end(), better);
            found.back() = scored;
            std::push_heap(found.begin(), found.end(), better);
        }
        if (static_cast<int64_t>(found.size()) == k) {
            bar = found.front().first;
        }
    }

    std::vector<Scored> found;

   private:
    int64_t k;
    float bar = -std::numeric_limits<float>::infinity();
};

// Sorts scores with a radix sort, best first and equal ones by id: for hundreds of thousands of scores a comparison
// sort would take as long as the scan.
class Ranked {
   public:
    Ranked() = default;

    // Sorts those of n scores that pass and reach the floor. The ids rise; without any, they are the places of the scores.
    template <typename Passes>
    Ranked(const float* scores, int64_t n, float floor, Passes passes, const int64_t* ids = nullptr) : keys(new Key[n]) {
        std::vector<uint32_t> counts(PASSES * (BUCKETS + 1));
        for (int64_t i = 0; i < n; i++) {
            if (!passes(i) || scores[i] < floor) {
                continue;
            }
            // Adding zero turns -0 into 0, which it equals.
            const float score = comparable(scores[i]) + 0.0f;
            uint32_t bits;
            std::memcpy(&bits, &score, 4);
            const uint32_t falling = opposite(bits);
            keys[count++] = {falling, static_cast<uint32_t>(ids == nullptr ? i : ids[i])};
            for (int pass = 0; pass < PASSES; pass++) {
                counts[pass * (BUCKETS + 1) + 1 + (falling >> pass * BITS & (BUCKETS - 1))]++;
            }
        }
        std::unique_ptr<Key[]> other(new Key[count]);
        for (int pass = 0; pass < PASSES; pass++) {
            uint32_t* places = &counts[pass * (BUCKETS + 1)];
            // Scores often share their highest bits.
            if (count == 0 || places[1 + (keys[0].falling >> pass * BITS & (BUCKETS - 1))] == count) {
                continue;
            }
            for (int b = 0; b < BUCKETS; b++) {
                places[b + 1] += places[b];
            }
            for (int64_t i = 0; i < count; i++) {
                other[places[keys[i].falling >> pass * BITS & (BUCKETS - 1)]++] = keys[i];
            }
            keys.swap(other);
        }
    }

    int64_t size() const {
        return count;
    }

    void copy(float* into, int64_t* ids) const {
        for (int64_t i = 0; i < count; i++) {
            ids[i] = keys[i].id;
            const uint32_t bits = opposite(keys[i].falling);
            std::memcpy(&into[i], &bits, 4);
        }
    }

   private:
    static constexpr int BITS = 11;
    static constexpr int BUCKETS = 1 << BITS;
    static constexpr int PASSES = 3;

    // Converts the bits of floats to unsigned numbers in the opposite order, and back.
    static uint32_t opposite(uint32_t bits) {
        return bits & 0x80000000u ? bits : ~bits & 0x7fffffffu;
    }

    struct Key {
        uint32_t falling;
        uint32_t id;
    };

    std::unique_ptr<Key[]> keys;
    int64_t count = 0;
};

inline void write(const std::vector<Scored>& found, int64_t k, float* scores, int64_t* ids) {
    for (int64_t i = 0; i < k; i++) {
        const bool there = i < static_cast<int64_t>(found.size());
        scores[i] = there ? found[i].first : 0;
        ids[i] = there ? found[i].second : -1;
    }
}

} // namespace earthembed
