// Training without a word on the console: FAISS prints there when vectors are few, which whoever trains can say better.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <vector>

#include <faiss/Index2Layer.h>
#include <faiss/IndexAdditiveQuantizer.h>
#include <faiss/IndexAdditiveQuantizerFastScan.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFAdditiveQuantizer.h>
#include <faiss/IndexIVFAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPQFastScan.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/VectorTransform.h>

#include <earthembed/graph.h>
#include <earthembed/threads.h>

namespace earthembed {

// Centres of k clusters of n numbers, and how unequal in size the clusters are. FAISS's exact one reads beyond its tables
// where its rounded costs contradict each other, as those of nearly equal numbers do; it is led here by the linker (see
// guard.h). Lloyd's rounds from quantiles: each number's cluster is known from the middles between centres.
inline double cluster_numbers(const float* from, size_t n, size_t k, float* centres) {
    std::vector<float> numbers(from, from + n);
    std::sort(numbers.begin(), numbers.end());
    std::vector<float> distinct;
    std::unique_copy(numbers.begin(), numbers.end(), std::back_inserter(distinct));
    std::vector<double> sums(n + 1);
    for (size_t i = 0; i < n; i++) {
        sums[i + 1] = sums[i] + numbers[i];
    }
    for (size_t c = 0; c < k; c++) {
        const size_t place = distinct.size() <= k ? c : (2 * c + 1) * distinct.size() / (2 * k);
        centres[c] = distinct[std::min(place, distinct.size() - 1)];
    }
    double squares = 0;
    for (int round = 0; round < 25; round++) {
        squares = 0;
        size_t start = 0;
        for (size_t c = 0; c < k; c++) {
            size_t end = n;
            if (c + 1 < k) {
                const float middle = centres[c] + (centres[c + 1] - centres[c]) / 2;
                end = std::upper_bound(numbers.begin() + start, numbers.end(), middle) - numbers.begin();
            }
            if (end > start) {
                centres[c] = (sums[end] - sums[start]) / (end - start);
            }
            squares += static_cast<double>(end - start) * (end - start);
            start = end;
        }
        std::sort(centres, centres + k);
    }
    return squares * k / (static_cast<double>(n) * n);
}

// Hushes k-means; returns the vectors that it should have, by FAISS's rule of so many for a centroid.
inline int64_t hush(faiss::ClusteringParameters& clustering, size_t centroids) {
    const faiss::ClusteringParameters usual;
    clustering.min_points_per_centroid = 1;
    return usual.min_points_per_centroid * static_cast<int64_t>(centroids);
}

// What is within a second ranking, or a graph.
inline faiss::Index* within(faiss::Index* index) {
    if (auto* refine = dynamic_cast<faiss::IndexRefine*>(index)) {
        return within(refine->base_index);
    }
    if (auto* hnsw = dynamic_cast<faiss::IndexHNSW*>(index)) {
        return within(hnsw->storage);
    }
    return index;
}

// The quantizer of additive codes in an index, or null.
inline faiss::AdditiveQuantizer* additive(faiss::Index* index) {
    if (auto* plain = dynamic_cast<faiss::IndexAdditiveQuantizer*>(index)) {
        return plain->aq;
    }
    if (auto* packed = dynamic_cast<faiss::IndexAdditiveQuantizerFastScan*>(index)) {
        return packed->aq;
    }
    if (auto* ivf = dynamic_cast<faiss::IndexIVFAdditiveQuantizer*>(index)) {
        return ivf->aq;
    }
    if (auto* packed = dynamic_cast<faiss::IndexIVFAdditiveQuantizerFastScan*>(index)) {
        return packed->aq;
    }
    if (auto* cells = dynamic_cast<faiss::ResidualCoarseQuantizer*>(index)) {
        return &cells->rq;
    }
    return nullptr;
}

// Hushes the k-means of additive codes.
inline void hush_codes(faiss::AdditiveQuantizer* codes) {
    if (auto* residual = dynamic_cast<faiss::ResidualQuantizer*>(codes)) {
        residual->cp.min_points_per_centroid = 1;
    } else if (auto* product = dynamic_cast<faiss::ProductAdditiveQuantizer*>(codes)) {
        for (faiss::AdditiveQuantizer* each : product->quantizers) {
            hush_codes(each);
        }
    }
}

/// Vectors that training should have, and 0 where it needs none.
inline int64_t prepare_training(faiss::Index* whole) {
    if (whole == nullptr) {
        return 0;
    }
    int64_t wanted = 0;
    if (auto* refine = dynamic_cast<faiss::IndexRefine*>(whole)) {
        wanted = prepare_training(refine->refine_index);
    }
    faiss::Index* index = within(whole);
    if (auto* transform = dynamic_cast<faiss::IndexPreTransform*>(index)) {
        return std::max(wanted, prepare_training(transform->index));
    }
    const auto codes = [&wanted](faiss::ProductQuantizer& pq) { wanted = std::max(wanted, hush(pq.cp, pq.ksub)); };
    if (auto* ivf = dynamic_cast<faiss::IndexIVF*>(index)) {
        wanted = std::max({wanted, hush(ivf->cp, ivf->nlist), prepare_training(ivf->quantizer)});
    }
    hush_codes(additive(index));
    // An order of codes for searches that are not offered, minutes of work.
    if (auto* ivfpq = dynamic_cast<faiss::IndexIVFPQ*>(index)) {
        ivfpq->do_polysemous_training = false;
        codes(ivfpq->pq);
        if (auto* more = dynamic_cast<faiss::IndexIVFPQR*>(index)) {
            codes(more->refine_pq);
        }
    } else if (auto* packed = dynamic_cast<faiss::IndexIVFPQFastScan*>(index)) {
        codes(packed->pq);
    } else if (auto* pq = dynamic_cast<faiss::IndexPQ*>(index)) {
        pq->do_polysemous_training = false;
        codes(pq->pq);
    } else if (auto* scan = dynamic_cast<faiss::IndexPQFastScan*>(index)) {
        codes(scan->pq);
    } else if (auto* cells = dynamic_cast<faiss::MultiIndexQuantizer*>(index)) {
        codes(cells->pq);
    } else if (auto* levels = dynamic_cast<faiss::Index2Layer*>(index)) {
        codes(levels->pq);
        wanted = std::max({wanted, hush(levels->q1.cp, levels->q1.nlist), prepare_training(levels->q1.quantizer)});
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
    on_large_stack([&] { index->train(n, vectors); });
    require_measurable(*index);
}

} // namespace earthembed

extern "C" __attribute__((weak, used)) double __wrap__ZN5faiss8kmeans1dEPKfmmPf(
        const float* from,
        size_t n,
        size_t k,
        float* centres) {
    return earthembed::cluster_numbers(from, n, k, centres);
}
