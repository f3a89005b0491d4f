// The search for every vector whose score reaches a floor.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include <earthembed/filter.h>
#include <earthembed/layers.h>
#include <earthembed/ranking.h>
#include <earthembed/scan.h>
#include <earthembed/score_all.h>
#include <earthembed/screen.h>

namespace earthembed {

/// The hits of such a search, best first. It scores all vectors of an index.
class RangeHits {
   public:
    /// The bitmap has a bit for each of ids; if it is null, every vector passes.
    /// The screen is that of a flat index, or null.
    RangeHits(
            const Layers& layers,
            const Screen* screen,
            const float* query,
            float floor,
            const uint8_t* bitmap,
            int64_t ids) {
        if (is_scanned(layers) && layers.index->ntotal <= std::numeric_limits<uint32_t>::max()) {
            const Rows rows = rows_of(layers);
            const bool bounded = screen != nullptr && !is_small(rows, 1);
            ranked = bounded ? screen->search_above(rows, query, floor, bitmap) : scan_all(rows, query, floor, bitmap);
            count = ranked.size();
        } else {
            const int64_t unlimited = std::numeric_limits<int64_t>::max();
            found = score_all(layers, query, unlimited, floor, Filter(bitmap, ids));
            count = found.size();
        }
    }

    int64_t size() const {
        return count;
    }

    /// Copies the hits out; both arrays have size() places.
    void copy(float* scores, int64_t* ids) const {
        if (found.empty()) {
            ranked.copy(scores, ids);
        } else {
            write(found, count, scores, ids);
        }
    }

   private:
    int64_t count;
    Ranked ranked;             // of an array of vectors
    std::vector<Scored> found; // of the others
};

} // namespace earthembed
