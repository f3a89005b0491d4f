// Lists FAISS's kinds of index that are offered. The others loop forever, give vectors their own ids, or are only parts
// of other indexes.
#pragma once

#include <algorithm>
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

#include <earthembed/layers.h>

namespace earthembed {

// The most components and links of a vector: more than any use needs, and far too few to fill a machine's memory.
constexpr int MOST_COMPONENTS = 1 << 20;
constexpr int MOST_TRANSFORMED = 1 << 14;
constexpr int MOST_LINKS = 1 << 12;

// Returns the name of a kind as FAISS's documentation writes it.
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

// Checks the index that finds the cells of an inverted file; it may be of a kind that is not offered itself.
inline void require_quantizer(const Layers* layers, faiss::MetricType metric) {
    if (layers == nullptr) {
        throw std::invalid_argument("an inverted file without centroids");
    }
    if (layers->is<faiss::IndexNSG>() || layers->is<faiss::IndexNNDescent>()) {
        refuse(*layers->index, "FAISS does not come to an end with few or equal vectors; HNSW does");
    }
    if (metric != faiss::METRIC_L2 && layers->is<faiss::ResidualCoarseQuantizer>()) {
        refuse(*layers->index, "it finds cells by L2 only, and FAISS takes their distances for inner products");
    }
    if (layers->hnsw != nullptr) {
        require_links(*layers->hnsw);
    } else if (layers->transform != nullptr) {
        require_quantizer(layers->inside.get(), metric);
    } else if (layers->refine != nullptr) {
        require_quantizer(layers->base.get(), metric);
        require_quantizer(layers->ranking.get(), metric);
    } else if (layers->ivf != nullptr) {
        require_quantizer(layers->quantizer.get(), metric);
    }
}

inline void require_offered(const Layers& layers, faiss::MetricType metric);

// Checks the layer below a transform, a second ranking or a graph.
inline void require_offered(const Layers* layers, faiss::MetricType metric) {
    if (layers == nullptr) {
        throw std::invalid_argument("an index within it is missing");
    }
    require_offered(*layers, metric);
}

[[noreturn]] inline void refuse_dimensions(const faiss::Index& index) {
    refuse(index, "its parts have different dimensions");
}

inline void require_offered_transform(const Layers& layers, faiss::MetricType metric) {
    const faiss::Index& index = *layers.index;
    int d = index.d;
    for (const faiss::VectorTransform* each : layers.transform->chain) {
        if (each->d_in != d || each->d_out < 1 || each->d_out > std::max(d, MOST_TRANSFORMED)) {
            refuse(index, std::to_string(each->d_in) + " components become " + std::to_string(each->d_out));
        }
        d = each->d_out;
    }
    require_offered(layers.inside.get(), metric);
    if (layers.inside->index->d != d) {
        refuse_dimensions(index);
    }
}

inline void require_offered_refine(const Layers& layers, faiss::MetricType metric) {
    const faiss::Index& index = *layers.index;
    require_offered(layers.base.get(), metric);
    require_offered(layers.ranking.get(), metric);
    const faiss::Index& base = *layers.base->index;
    const faiss::Index& ranking = *layers.ranking->index;
    if (base.d != index.d || ranking.d != index.d) {
        refuse_dimensions(index);
    }
    if (base.ntotal != ranking.ntotal || index.ntotal != base.ntotal) {
        refuse(index, "its parts have different numbers of vectors");
    }
}

inline void require_offered_ivf(const Layers& layers, faiss::MetricType metric) {
    const faiss::IndexIVF& ivf = *layers.ivf;
    if (layers.is<faiss::IndexIVFFlatDedup>()) {
        refuse(ivf, "equal vectors are kept outside its lists, where a filter does not see them");
    }
    if (ivf.nlist < 1 || ivf.nlist > (size_t{1} << 26) || ivf.invlists == nullptr || ivf.invlists->nlist != ivf.nlist) {
        refuse(ivf, std::to_string(ivf.nlist) + " cells");
    }
    require_quantizer(layers.quantizer.get(), metric);
    if (layers.quantizer->index->d != ivf.d) {
        refuse_dimensions(ivf);
    }
}

inline void require_offered_hnsw(const Layers& layers, faiss::MetricType metric) {
    require_links(*layers.hnsw);
    require_offered(layers.storage.get(), metric);
    const faiss::Index& storage = *layers.storage->index;
    if (storage.ntotal != layers.index->ntotal || storage.d != layers.index->d) {
        refuse(*layers.index, "its graph and its vectors differ in number or dimension");
    }
}

// Refuses an index that is neither an array of codes nor a layer above one, and names the reason.
[[noreturn]] inline void refuse_kind(const Layers& layers) {
    const auto* map = layers.as<faiss::IndexIDMap>();
    if (map == nullptr) {
        refuse(*layers.index, "is not offered: it cannot be searched alone");
    }
    std::string which;
    for (size_t i = 0; i < map->id_map.size() && which.empty(); i++) {
        if (map->id_map[i] != static_cast<faiss::idx_t>(i)) {
            which = ": vector " + std::to_string(i) + " has the id " + std::to_string(map->id_map[i]);
        }
    }
    refuse(*layers.index, "an IDMap gives vectors other ids than their ordinals" + which);
}

/// Fails, naming the kind and the reason, unless an index and all layers below it are of kinds that are offered and have
/// the given metric.
inline void require_offered(const Layers& layers, faiss::MetricType metric) {
    const faiss::Index& index = *layers.index;
    if (index.d < 1 || index.d > MOST_COMPONENTS) {
        refuse(index, "vectors of " + std::to_string(index.d) + " components");
    }
    if (index.ntotal < 0) {
        refuse(index, std::to_string(index.ntotal) + " vectors");
    }
    // A spectral hash has distances between codes only, whatever metric its cells are found by.
    if (index.metric_type != metric) {
        const char* other = index.metric_type == faiss::METRIC_L2 ? "L2 only" : "another metric";
        refuse(index, std::string("FAISS has this kind for ") + other);
    }
    if (layers.transform != nullptr) {
        require_offered_transform(layers, metric);
    } else if (layers.refine != nullptr) {
        require_offered_refine(layers, metric);
    } else if (layers.ivf != nullptr) {
        require_offered_ivf(layers, metric);
    } else if (layers.hnsw != nullptr) {
        require_offered_hnsw(layers, metric);
    } else if (layers.is<faiss::IndexNSG>() || layers.is<faiss::IndexNNDescent>()) {
        require_quantizer(&layers, metric);
    } else if (layers.is<faiss::IndexLattice>()) {
        refuse(index, "FAISS reads beyond its codes when it decodes them");
    } else if (layers.codes == nullptr && layers.fast_scan == nullptr) {
        refuse_kind(layers);
    }
}

// Compares layers that an index may lack.
inline bool same_kind(const Layers& a, const Layers& b);
inline bool same_kind(const Layers* a, const Layers* b) {
    return a == nullptr || b == nullptr ? a == b : same_kind(*a, *b);
}

// Returns whether two layers, without those below them, have equal settings.
inline bool same_settings(const Layers& a, const Layers& b) {
    if (a.transform != nullptr || a.refine != nullptr || a.flat != nullptr) {
        // FAISS reads some kinds as another class than it makes, so this compares contents, not classes.
        const size_t steps = a.transform != nullptr ? a.transform->chain.size() : 0;
        return (a.transform != nullptr) == (b.transform != nullptr) && (a.refine != nullptr) == (b.refine != nullptr) &&
                (a.flat != nullptr) == (b.flat != nullptr) && (steps == 0 || steps == b.transform->chain.size());
    }
    const faiss::Index& one = *a.index;
    const faiss::Index& other = *b.index;
    if (typeid(one) != typeid(other)) {
        return false;
    }
    if (a.ivf != nullptr) {
        return a.ivf->nlist == b.ivf->nlist && a.ivf->code_size == b.ivf->code_size;
    }
    if (a.hnsw != nullptr) {
        return a.hnsw->hnsw.nb_neighbors(0) == b.hnsw->hnsw.nb_neighbors(0);
    }
    if (a.fast_scan != nullptr) {
        return a.fast_scan->M == b.fast_scan->M && a.fast_scan->nbits == b.fast_scan->nbits;
    }
    if (a.quantized != nullptr) {
        const IndexQuantized &one = *a.quantized, &other = *b.quantized;
        return one.bits == other.bits && one.unit == other.unit && one.hamming == other.hamming;
    }
    return a.codes == nullptr || a.codes->code_size == b.codes->code_size;
}

/// Returns whether two indexes have equal metrics, dimensions, kinds of layers, cells, links and bytes of a code.
inline bool same_kind(const Layers& a, const Layers& b) {
    return a.index->d == b.index->d && a.index->metric_type == b.index->metric_type && same_settings(a, b) &&
            same_kind(a.inside.get(), b.inside.get()) && same_kind(a.base.get(), b.base.get()) &&
            same_kind(a.ranking.get(), b.ranking.get()) && same_kind(a.storage.get(), b.storage.get()) &&
            same_kind(a.quantizer.get(), b.quantizer.get());
}

/// Returns whether the scan of an inverted file supports filters. For other scans FAISS throws in a parallel region if
/// a filter is given.
inline bool takes_selector(const Layers& layers) {
    return !layers.is<faiss::IndexIVFAdditiveQuantizer>() && !layers.is<faiss::IndexIVFSpectralHash>() &&
            !layers.is<faiss::IndexIVFPQR>();
}

} // namespace earthembed
