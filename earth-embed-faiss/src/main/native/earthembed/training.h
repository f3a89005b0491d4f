// Trains without messages on the console. FAISS prints a warning if vectors are few; the caller logs that instead.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <vector>

#include <faiss/Clustering.h>
#include <faiss/Index2Layer.h>
#include <faiss/IndexAdditiveQuantizer.h>
#include <faiss/IndexAdditiveQuantizerFastScan.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFAdditiveQuantizer.h>
#include <faiss/IndexIVFAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPQFastScan.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/VectorTransform.h>
#include <faiss/impl/kmeans1d.h>

#include <earthembed/graph.h>
#include <earthembed/layers.h>
#include <earthembed/threads.h>

namespace earthembed {

// Finds the centres of k clusters of n numbers, and returns how unequal in size the clusters are. FAISS's exact method reads
// beyond its tables if its rounded costs contradict each other, as the costs of nearly equal numbers do. This runs Lloyd's rounds from quantiles; the midpoints between centres bound each cluster.
inline double cluster_numbers(const float* from, size_t n, size_t k, float* centers) {
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
        centers[c] = distinct[std::min(place, distinct.size() - 1)];
    }
    double squares = 0;
    for (int round = 0; round < 25; round++) {
        squares = 0;
        size_t start = 0;
        for (size_t c = 0; c < k; c++) {
            size_t end = n;
            if (c + 1 < k) {
                const float middle = centers[c] + (centers[c + 1] - centers[c]) / 2;
                end = std::upper_bound(numbers.begin() + start, numbers.end(), middle) - numbers.begin();
            }
            if (end > start) {
                centers[c] = (sums[end] - sums[start]) / (end - start);
            }
            squares += static_cast<double>(end - start) * (end - start);
            start = end;
        }
        std::sort(centers, centers + k);
    }
    return squares * k / (static_cast<double>(n) * n);
}

// Silences k-means; returns how many vectors it should have, by FAISS's rule of a number per centroid.
inline int64_t hush(faiss::ClusteringParameters& clustering, size_t centroids) {
    const faiss::ClusteringParameters usual;
    clustering.min_points_per_centroid = 1;
    return usual.min_points_per_centroid * static_cast<int64_t>(centroids);
}

// Returns the quantizer of additive codes in one layer, or null.
inline faiss::AdditiveQuantizer* additive_quantizer(const Layers& layers) {
    if (layers.ivf_additive_fast_scan != nullptr) {
        return layers.ivf_additive_fast_scan->aq;
    }
    if (auto* plain = layers.as<faiss::IndexAdditiveQuantizer>()) {
        return plain->aq;
    }
    if (auto* packed = layers.as<faiss::IndexAdditiveQuantizerFastScan>()) {
        return packed->aq;
    }
    if (auto* ivf = layers.as<faiss::IndexIVFAdditiveQuantizer>()) {
        return ivf->aq;
    }
    if (auto* cells = layers.as<faiss::ResidualCoarseQuantizer>()) {
        return &cells->rq;
    }
    return nullptr;
}

// Returns the quantizers of product codes in one layer.
inline std::vector<faiss::ProductQuantizer*> product_quantizers(const Layers& layers) {
    if (auto* refined = layers.as<faiss::IndexIVFPQR>()) {
        return {&refined->pq, &refined->refine_pq};
    }
    if (auto* ivf = layers.as<faiss::IndexIVFPQ>()) {
        return {&ivf->pq};
    }
    if (auto* packed = layers.as<faiss::IndexIVFPQFastScan>()) {
        return {&packed->pq};
    }
    if (auto* plain = layers.as<faiss::IndexPQ>()) {
        return {&plain->pq};
    }
    if (auto* packed = layers.as<faiss::IndexPQFastScan>()) {
        return {&packed->pq};
    }
    if (auto* cells = layers.as<faiss::MultiIndexQuantizer>()) {
        return {&cells->pq};
    }
    if (auto* levels = layers.as<faiss::Index2Layer>()) {
        return {&levels->pq};
    }
    return {};
}

// Skips the search for an order of codes. It takes minutes, and only kinds of search that are not offered use the
// order.
inline void skip_polysemous_training(const Layers& layers) {
    if (auto* ivf = layers.as<faiss::IndexIVFPQ>()) {
        ivf->do_polysemous_training = false;
    } else if (auto* plain = layers.as<faiss::IndexPQ>()) {
        plain->do_polysemous_training = false;
    }
}

// Silences the k-means of additive codes.
inline void hush_codes(faiss::AdditiveQuantizer* codes) {
    if (auto* residual = dynamic_cast<faiss::ResidualQuantizer*>(codes)) {
        residual->cp.min_points_per_centroid = 1;
    } else if (auto* product = dynamic_cast<faiss::ProductAdditiveQuantizer*>(codes)) {
        for (faiss::AdditiveQuantizer* each : product->quantizers) {
            hush_codes(each);
        }
    }
}

/// Silences training; returns how many vectors it should have, or 0 if the kind needs no training.
inline int64_t prepare_training(const Layers& layers) {
    int64_t wanted = 0;
    layers.for_each_below([&](const Layers& below) { wanted = std::max(wanted, prepare_training(below)); });
    if (layers.ivf != nullptr) {
        wanted = std::max(wanted, hush(layers.ivf->cp, layers.ivf->nlist));
    }
    if (auto* levels = layers.as<faiss::Index2Layer>()) {
        wanted = std::max(wanted, hush(levels->q1.cp, levels->q1.nlist));
    }
    for (faiss::ProductQuantizer* codes : product_quantizers(layers)) {
        wanted = std::max(wanted, hush(codes->cp, codes->ksub));
    }
    hush_codes(additive_quantizer(layers));
    skip_polysemous_training(layers);
    return wanted;
}

// Appends the rotations of an index and of the layers below it.
inline void find_rotations(const Layers& layers, std::vector<faiss::OPQMatrix*>& found) {
    if (layers.transform != nullptr) {
        for (faiss::VectorTransform* each : layers.transform->chain) {
            if (auto* opq = dynamic_cast<faiss::OPQMatrix*>(each)) {
                found.push_back(opq);
            }
        }
    }
    layers.for_each_below([&](const Layers& below) { find_rotations(below, found); });
}

// Gives a rotation silent codes to train with. FAISS would make such codes itself, but they would print messages.
class QuietCodes {
   public:
    explicit QuietCodes(faiss::OPQMatrix* opq) : opq(opq), before(opq->pq), codes(opq->d_out, opq->M, 8) {
        hush(codes.cp, codes.ksub);
        if (before == nullptr) {
            opq->pq = &codes;
        }
    }
    ~QuietCodes() {
        opq->pq = before;
    }
    QuietCodes(const QuietCodes&) = delete;
    QuietCodes& operator=(const QuietCodes&) = delete;

   private:
    faiss::OPQMatrix* opq;
    faiss::ProductQuantizer* before;
    faiss::ProductQuantizer codes;
};

/// Trains on n vectors, after prepare_training.
inline void train(const Layers& layers, int64_t n, const float* vectors) {
    std::vector<faiss::OPQMatrix*> rotations;
    find_rotations(layers, rotations);
    std::vector<std::unique_ptr<QuietCodes>> quiet;
    for (faiss::OPQMatrix* opq : rotations) {
        quiet.push_back(std::make_unique<QuietCodes>(opq));
    }
    on_large_stack([&] { layers.index->train(n, vectors); });
    require_measurable(layers);
}

/// Finds the centroids of k clusters of n vectors by k-means. With spherical they have length 1, and inner products assign
/// the vectors to them; otherwise squared distances do.
inline void find_centroids(int d, int64_t n, const float* vectors, int64_t k, int seed, bool spherical, float* centroids) {
    faiss::ClusteringParameters parameters;
    hush(parameters, k);
    parameters.seed = seed;
    parameters.spherical = spherical;
    faiss::Clustering clustering(d, static_cast<int>(k), parameters);
    faiss::IndexFlat assignment(d, spherical ? faiss::METRIC_INNER_PRODUCT : faiss::METRIC_L2);
    on_large_stack([&] { clustering.train(n, vectors, assignment); });
    std::copy(clustering.centroids.begin(), clustering.centroids.end(), centroids);
}

} // namespace earthembed

// In place of FAISS's function of this name, which the linker then leaves in its library.
double faiss::kmeans1d(const float* from, size_t n, size_t k, float* centers) {
    return earthembed::cluster_numbers(from, n, k, centers);
}
