// Training without a word on the console: FAISS prints there when vectors are few, which whoever trains can say better.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPQFastScan.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/VectorTransform.h>

namespace earthembed {

// Hushes k-means; returns the vectors that it should have, by FAISS's rule of so many for a centroid.
inline int64_t hush(faiss::ClusteringParameters& clustering, size_t centroids) {
    const faiss::ClusteringParameters usual;
    clustering.min_points_per_centroid = 1;
    return usual.min_points_per_centroid * static_cast<int64_t>(centroids);
}

// What is within ids of its own and a second ranking.
inline faiss::Index* within(faiss::Index* index) {
    if (auto* refine = dynamic_cast<faiss::IndexRefine*>(index)) {
        return within(refine->base_index);
    }
    if (auto* map = dynamic_cast<faiss::IndexIDMap*>(index)) {
        return within(map->index);
    }
    return index;
}

/// Vectors that training should have, and 0 where it needs none.
inline int64_t prepare_training(faiss::Index* whole) {
    faiss::Index* index = within(whole);
    if (auto* transform = dynamic_cast<faiss::IndexPreTransform*>(index)) {
        return prepare_training(transform->index);
    }
    int64_t wanted = 0;
    if (auto* ivf = dynamic_cast<faiss::IndexIVF*>(index)) {
        wanted = hush(ivf->cp, ivf->nlist);
    }
    const auto codes = [&wanted](faiss::ProductQuantizer& pq) { wanted = std::max(wanted, hush(pq.cp, pq.ksub)); };
    if (auto* ivfpq = dynamic_cast<faiss::IndexIVFPQ*>(index)) {
        codes(ivfpq->pq);
    } else if (auto* packed = dynamic_cast<faiss::IndexIVFPQFastScan*>(index)) {
        codes(packed->pq);
    } else if (auto* pq = dynamic_cast<faiss::IndexPQ*>(index)) {
        codes(pq->pq);
    } else if (auto* scan = dynamic_cast<faiss::IndexPQFastScan*>(index)) {
        codes(scan->pq);
    }
    return wanted;
}

// The rotations of an index, wherever in it they are.
inline std::vector<faiss::OPQMatrix*> rotations(faiss::Index* index) {
    std::vector<faiss::OPQMatrix*> found;
    if (auto* transform = dynamic_cast<faiss::IndexPreTransform*>(within(index))) {
        for (faiss::VectorTransform* each : transform->chain) {
            if (auto* opq = dynamic_cast<faiss::OPQMatrix*>(each)) {
                found.push_back(opq);
            }
        }
    }
    return found;
}

/// Trains on n vectors, after prepare_training.
inline void train(faiss::Index* index, int64_t n, const float* vectors) {
    // A rotation makes codes of its own while it is trained, and forgets them; ours are like its own, but quiet.
    struct Quiet {
        faiss::OPQMatrix* opq;
        faiss::ProductQuantizer* before;
        faiss::ProductQuantizer codes;
        explicit Quiet(faiss::OPQMatrix* opq) : opq(opq), before(opq->pq), codes(opq->d_out, opq->M, 8) {
            hush(codes.cp, codes.ksub);
            if (before == nullptr) {
                opq->pq = &codes;
            }
        }
        ~Quiet() {
            opq->pq = before;
        }
    };
    std::vector<std::unique_ptr<Quiet>> quiet;
    for (faiss::OPQMatrix* opq : rotations(index)) {
        quiet.push_back(std::make_unique<Quiet>(opq));
    }
    index->train(n, vectors);
}

} // namespace earthembed
