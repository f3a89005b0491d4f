// An index and the indexes inside it, unwrapped once. FAISS nests indexes: a transform or a second ranking holds
// another index, a graph holds its vectors in one, an inverted file finds its cells with one. All other headers take
// Layers, so only this header asks FAISS's objects for their classes.
#pragma once

#include <cstdint>
#include <memory>

#include <faiss/Index2Layer.h>
#include <faiss/IndexFastScan.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>

#include <earthembed/quantized.h>

namespace earthembed {

/// One FAISS index as its classes, and the layers below it. It owns none of FAISS's objects. Pointers to other classes
/// are null.
struct Layers {
    faiss::Index* index;

    // At most one of these four is set.
    faiss::IndexPreTransform* transform = nullptr;
    faiss::IndexRefine* refine = nullptr;
    faiss::IndexIVF* ivf = nullptr;
    faiss::IndexHNSW* hnsw = nullptr;

    // An array of codes; flat is the array of whole vectors among them, quantized that of published codes.
    faiss::IndexFlatCodes* codes = nullptr;
    faiss::IndexFlat* flat = nullptr;
    IndexQuantized* quantized = nullptr;

    // Codes packed in blocks for fast scan, in one array or in an inverted file.
    faiss::IndexFastScan* fast_scan = nullptr;
    faiss::IndexIVFFastScan* ivf_fast_scan = nullptr;
    faiss::IndexIVFAdditiveQuantizerFastScan* ivf_additive_fast_scan = nullptr;

    // The layers below; null if there is none of that kind, or it is missing in a damaged file.
    std::unique_ptr<const Layers> inside;    // the index inside a transform
    std::unique_ptr<const Layers> base;      // supplies the candidates of a second ranking
    std::unique_ptr<const Layers> ranking;   // scores the candidates again
    std::unique_ptr<const Layers> storage;   // the vectors of a graph
    std::unique_ptr<const Layers> quantizer; // finds the cells of an inverted file, or a vector's first code

    explicit Layers(faiss::Index* index) : index(index) {
        if ((flat = as<faiss::IndexFlat>()) != nullptr) {
            codes = flat;
        } else if ((quantized = as<IndexQuantized>()) != nullptr) {
            codes = quantized;
        } else if ((ivf = as<faiss::IndexIVF>()) != nullptr) {
            ivf_fast_scan = as<faiss::IndexIVFFastScan>();
            ivf_additive_fast_scan = as<faiss::IndexIVFAdditiveQuantizerFastScan>();
            quantizer = below(ivf->quantizer);
        } else if ((refine = as<faiss::IndexRefine>()) != nullptr) {
            base = below(refine->base_index);
            ranking = below(refine->refine_index);
        } else if ((transform = as<faiss::IndexPreTransform>()) != nullptr) {
            inside = below(transform->index);
        } else if ((hnsw = as<faiss::IndexHNSW>()) != nullptr) {
            storage = below(hnsw->storage);
        } else {
            codes = as<faiss::IndexFlatCodes>();
            fast_scan = as<faiss::IndexFastScan>();
            if (auto* levels = as<faiss::Index2Layer>()) {
                quantizer = below(levels->q1.quantizer);
            }
        }
    }

    /// Returns this layer as another class, or null if it is not one.
    template <typename Kind>
    Kind* as() const {
        return dynamic_cast<Kind*>(index);
    }

    template <typename Kind>
    bool is() const {
        return as<Kind>() != nullptr;
    }

    bool is_inner() const {
        return index->metric_type == faiss::METRIC_INNER_PRODUCT;
    }

    /// Returns the first layer that is no transform.
    const Layers& without_transforms() const {
        return transform != nullptr ? inside->without_transforms() : *this;
    }

    /// Returns the first layer that is neither a transform nor a second ranking.
    const Layers& innermost() const {
        const Layers& layer = without_transforms();
        return layer.refine != nullptr ? layer.base->innermost() : layer;
    }

    /// Calls visit(layer) for each of the layers just below this one.
    template <typename Visit>
    void for_each_below(Visit visit) const {
        for (const auto& layer : {inside.get(), base.get(), ranking.get(), storage.get(), quantizer.get()}) {
            if (layer != nullptr) {
                visit(*layer);
            }
        }
    }

   private:
    static std::unique_ptr<const Layers> below(faiss::Index* index) {
        return index == nullptr ? nullptr : std::make_unique<const Layers>(index);
    }
};

/// n vectors after a transform, as the index inside it takes them.
class Transformed {
   public:
    Transformed(const faiss::IndexPreTransform& transform, int64_t n, const float* vectors)
            : values(transform.apply_chain(n, vectors)), owned(values == vectors ? nullptr : values) {}

    const float* get() const {
        return values;
    }

   private:
    const float* values;
    // An empty chain returns the vectors themselves.
    std::unique_ptr<const float[]> owned;
};

} // namespace earthembed
