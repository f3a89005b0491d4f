// Filters: the vectors that a search may return.
#pragma once

#include <cstdint>

namespace earthembed {

/// Returns whether a bitmap has the bit of an id; a null bitmap has all.
inline bool passes(const uint8_t* bitmap, int64_t id) {
    return bitmap == nullptr || (bitmap[id >> 3] >> (id & 7) & 1);
}

/// A bitmap of the ids that pass, and how many pass.
struct Filter {
    const uint8_t* bitmap; // null: every id below ids passes
    int64_t ids;           // bits in the bitmap; larger ids do not pass
    int64_t passing;

    Filter(const uint8_t* bitmap, int64_t ids) : bitmap(bitmap), ids(ids), passing(ids) {
        if (bitmap != nullptr) {
            passing = 0;
            for (int64_t i = 0; i < (ids + 7) / 8; i++) {
                passing += __builtin_popcount(bitmap[i]);
            }
        }
    }

    bool accepts(int64_t id) const {
        return id >= 0 && id < ids && passes(bitmap, id);
    }

    /// Returns whether few vectors pass, so that scoring just them is faster than a search, which would also miss most
    /// of them.
    bool selective() const {
        return bitmap != nullptr && passing * 100 < ids;
    }
};

} // namespace earthembed
