// Which of FAISS's kinds of index are offered. Some cannot be: they end in loops, give vectors ids of their own, or are
// parts of other indexes only.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

#include <cxxabi.h>

#include <faiss/IndexAdditiveQuantizer.h>
#include <faiss/IndexFastScan.h>
#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFAdditiveQuantizer.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexIVFSpectralHash.h>
#include <faiss/IndexLattice.h>
#include <faiss/IndexNNDescent.h>
#include <faiss/IndexNSG.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>

namespace earthembed {

// Components of a vector and links of a vector, at the most: far more than any use, and far less than fill a memory.
constexpr int MOST_COMPONENTS = 1 << 20;
constexpr int MOST_TRANSFORMED = 1 << 14;
constexpr int MOST_LINKS = 1 << 12;

// The name of a kind, as FAISS's documentation has it.
inline std::string kind_of(const faiss::Index& index) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> name(
            abi::__cxa_demangle(typeid(index).name(), nullptr, nullptr, &status), std::free);
    const std::string whole = status == 0 ? name.get() : typeid(index).name();
    const std::string plain = whole.substr(0, whole.find('<'));
    return plain.substr(plain.rfind(':') + 1);
}

[[noreturn]] inline void refuse(const faiss::Index& index, const std::string& why) {
    throw std::invalid_argument(kind_of(index) + ": " + why);
}

inline void require_links(const faiss::IndexHNSW& graph) {
    if (graph.hnsw.assign_probas.empty() || graph.hnsw.nb_neighbors(0) < 4 || graph.hnsw.nb_neighbors(0) > MOST_LINKS) {
        refuse(graph, "a graph needs from 2 to " + std::to_string(MOST_LINKS / 2) + " links for each vector");
    }
}

// What finds the cells of an inverted file may be of kinds that are not offered themselves.
inline void require_quantizer(const faiss::Index* index, faiss::MetricType metric) {
    if (index == nullptr) {
        throw std::invalid_argument("an inverted file without centroids");
    }
    if (dynamic_cast<const faiss::IndexNSG*>(index) != nullptr ||
        dynamic_cast<const faiss::IndexNNDescent*>(index) != nullptr) {
        refuse(*index, "FAISS does not come to an end with few or equal vectors; HNSW does");
    }
    if (metric != faiss::METRIC_L2 && dynamic_cast<const faiss::ResidualCoarseQuantizer*>(index) != nullptr) {
        refuse(*index, "it finds cells by L2 only, and FAISS takes their distances for inner products");
    }
    if (const auto* hnsw = dynamic_cast<const faiss::IndexHNSW*>(index)) {
        require_links(*hnsw);
    } else if (const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(index)) {
        require_quantizer(transform->index, metric);
    } else if (const auto* refine = dynamic_cast<const faiss::IndexRefine*>(index)) {
        require_quantizer(refine->base_index, metric);
        require_quantizer(refine->refine_index, metric);
    } else if (const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(index)) {
        require_quantizer(ivf->quantizer, metric);
    }
}

/// Fails, naming the kind and why, unless an index is of a kind that is offered, inside too. metric is what it must have.
inline void require_offered(const faiss::Index* whole, faiss::MetricType metric) {
    if (whole == nullptr) {
        throw std::invalid_argument("an index within it is missing");
    }
    const faiss::Index& index = *whole;
    if (index.d < 1 || index.d > MOST_COMPONENTS) {
        refuse(index, "vectors of " + std::to_string(index.d) + " components");
    }
    if (index.ntotal < 0) {
        refuse(index, std::to_string(index.ntotal) + " vectors");
    }
    // A spectral hash only has distances between codes, whatever its cells are found by.
    if (index.metric_type != metric) {
        const char* other = index.metric_type == faiss::METRIC_L2 ? "L2 only" : "another metric";
        refuse(index, std::string("FAISS has this kind for ") + other);
    }
    if (const auto* transform = dynamic_cast<const faiss::IndexPreTransform*>(whole)) {
        int d = index.d;
        for (const faiss::VectorTransform* each : transform->chain) {
            if (each->d_in != d || each->d_out < 1 || each->d_out > std::max(d, MOST_TRANSFORMED)) {
                refuse(index, std::to_string(each->d_in) + " components become " + std::to_string(each->d_out));
            }
            d = each->d_out;
        }
        require_offered(transform->index, metric);
        if (transform->index->d != d) {
            refuse(index, "its parts have different dimensions");
        }
    } else if (const auto* refine = dynamic_cast<const faiss::IndexRefine*>(whole)) {
        require_offered(refine->base_index, metric);
        require_offered(refine->refine_index, metric);
        if (refine->base_index->d != index.d || refine->refine_index->d != index.d) {
            refuse(index, "its parts have different dimensions");
        }
        if (refine->base_index->ntotal != refine->refine_index->ntotal || index.ntotal != refine->base_index->ntotal) {
            refuse(index, "its parts have different numbers of vectors");
        }
    } else if (const auto* ivf = dynamic_cast<const faiss::IndexIVF*>(whole)) {
        if (dynamic_cast<const faiss::IndexIVFFlatDedup*>(ivf) != nullptr) {
            refuse(index, "equal vectors are kept outside its lists, where a filter does not see them");
        }
        if (ivf->nlist < 1 || ivf->nlist > (size_t{1} << 26) || ivf->invlists == nullptr || ivf->invlists->nlist != ivf->nlist) {
            refuse(index, std::to_string(ivf->nlist) + " cells");
        }
        require_quantizer(ivf->quantizer, metric);
        if (ivf->quantizer->d != index.d) {
            refuse(index, "its parts have different dimensions");
        }
    } else if (const auto* hnsw = dynamic_cast<const faiss::IndexHNSW*>(whole)) {
        require_links(*hnsw);
        require_offered(hnsw->storage, metric);
        if (hnsw->storage->ntotal != index.ntotal || hnsw->storage->d != index.d) {
            refuse(index, "its graph and its vectors differ in number or dimension");
        }
    } else if (dynamic_cast<const faiss::IndexNSG*>(whole) != nullptr || dynamic_cast<const faiss::IndexNNDescent*>(whole) != nullptr) {
        require_quantizer(whole, metric);
    } else if (dynamic_cast<const faiss::IndexLattice*>(whole) != nullptr) {
        refuse(index, "FAISS reads beyond its codes when it decodes them");
    } else if (const auto* map = dynamic_cast<const faiss::IndexIDMap*>(whole)) {
        std::string which;
        for (size_t i = 0; i < map->id_map.size() && which.empty(); i++) {
            if (map->id_map[i] != static_cast<faiss::idx_t>(i)) {
                which = ": vector " + std::to_string(i) + " has the id " + std::to_string(map->id_map[i]);
            }
        }
        refuse(index, "an IDMap gives vectors other ids than their ordinals" + which);
    } else if (
            dynamic_cast<const faiss::IndexFlatCodes*>(whole) == nullptr &&
            dynamic_cast<const faiss::IndexFastScan*>(whole) == nullptr) {
        refuse(index, "is not offered: it cannot be searched alone");
    }
}

// Whether an inverted file's scan knows filters; FAISS throws in a parallel region where it does not.
inline bool takes_selector(const faiss::IndexIVF& index) {
    return dynamic_cast<const faiss::IndexIVFAdditiveQuantizer*>(&index) == nullptr &&
            dynamic_cast<const faiss::IndexIVFSpectralHash*>(&index) == nullptr &&
            dynamic_cast<const faiss::IndexIVFPQR*>(&index) == nullptr;
}

} // namespace earthembed
