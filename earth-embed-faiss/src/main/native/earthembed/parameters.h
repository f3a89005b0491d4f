// The effort of an approximate search, in the form that FAISS takes for each layer of an index.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <faiss/Index.h>
#include <faiss/Index2Layer.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/impl/IDSelector.h>

#include <earthembed/filter.h>
#include <earthembed/kinds.h>
#include <earthembed/layers.h>

namespace earthembed {

/// The effort of one search; 0 leaves an index's own setting.
struct Effort {
    int64_t nprobe;
    int64_t ef;
    int64_t rerank;
    bool every_list;
};

/// Returns the candidates that a second ranking takes per hit, for k hits. FAISS allocates room for as many as
/// requested, so this requests no more than there are vectors.
inline float rerank_factor(const faiss::IndexRefine& refine, int64_t k, int64_t rerank) {
    const float factor = rerank > 0 ? rerank : refine.k_factor;
    if (k == 0) {
        return factor;
    }
    // At least 1.001, because FAISS multiplies k by this factor and refuses a product below k, which the rounding of
    // floats can give for a large k.
    return std::min(factor, std::max<float>(1.001f, (refine.ntotal + k - 1) / k));
}

/// Returns how many candidates FAISS allocates for each query of a search for k hits.
inline int64_t candidates_for(const Layers& layers, int64_t k, int64_t rerank) {
    if (layers.transform != nullptr) {
        return candidates_for(*layers.inside, k, rerank);
    }
    if (layers.refine != nullptr) {
        const int64_t wanted = k * rerank_factor(*layers.refine, k, rerank);
        return candidates_for(*layers.base, std::max(k, wanted), rerank);
    }
    return k;
}

/// Sets the effort of searches that give none; kinds without such a setting ignore it.
inline void set_default_effort(const Layers& layers, const Effort& effort) {
    if (layers.transform != nullptr) {
        set_default_effort(*layers.inside, effort);
    } else if (layers.refine != nullptr) {
        if (effort.rerank >= 1) {
            layers.refine->k_factor = effort.rerank;
        }
        set_default_effort(*layers.base, effort);
    } else if (layers.ivf != nullptr && effort.nprobe > 0) {
        layers.ivf->nprobe = std::min<int64_t>(effort.nprobe, layers.ivf->nlist);
    } else if (layers.hnsw != nullptr && effort.ef > 0) {
        layers.hnsw->hnsw.efSearch = effort.ef;
    }
}

/// Search parameters for an index and for the layers below it.
class Parameters {
   public:
    Parameters(const Layers& layers, const Filter& filter, int64_t k, const Effort& effort) {
        if (filter.bitmap != nullptr) {
            selector.reset(new faiss::IDSelectorBitmap((filter.ids + 7) / 8, filter.bitmap));
        }
        top = make(layers, k, effort);
    }

    /// Null for kinds that take none; lives as long as this object.
    const faiss::SearchParameters* get() const {
        return top;
    }

   private:
    template <typename T>
    T* keep(std::unique_ptr<T> made) {
        T* raw = made.get();
        owned.push_back(std::move(made));
        return raw;
    }

    faiss::SearchParameters* make(const Layers& layers, int64_t k, const Effort& effort) {
        if (layers.ivf_additive_fast_scan != nullptr) {
            return nullptr;
        }
        if (layers.ivf != nullptr) {
            const faiss::IndexIVF& ivf = *layers.ivf;
            auto own = std::make_unique<faiss::SearchParametersIVF>();
            const int64_t nprobe = effort.nprobe > 0 ? effort.nprobe : ivf.nprobe;
            own->nprobe = effort.every_list ? ivf.nlist : std::min<int64_t>(nprobe, ivf.nlist);
            own->sel = selector != nullptr && takes_selector(layers) ? selector.get() : nullptr;
            return keep(std::move(own));
        }
        if (layers.hnsw != nullptr) {
            if (layers.is<faiss::IndexHNSW2Level>()) {
                return nullptr;
            }
            auto own = std::make_unique<faiss::SearchParametersHNSW>();
            const int64_t ef = effort.ef > 0 ? effort.ef : layers.hnsw->hnsw.efSearch;
            own->efSearch = std::min<int64_t>(std::max(ef, k), std::max<int64_t>(1, layers.index->ntotal));
            own->sel = selector.get();
            return keep(std::move(own));
        }
        if (layers.refine != nullptr) {
            auto own = std::make_unique<faiss::IndexRefineSearchParameters>();
            own->k_factor = rerank_factor(*layers.refine, k, effort.rerank);
            own->base_index_params = make(*layers.base, k * own->k_factor, effort);
            return keep(std::move(own));
        }
        if (layers.transform != nullptr) {
            auto own = std::make_unique<faiss::SearchParametersPreTransform>();
            own->index_params = make(*layers.inside, k, effort);
            return keep(std::move(own));
        }
        if (selector == nullptr) {
            return nullptr;
        }
        auto own = std::make_unique<faiss::SearchParameters>();
        own->sel = selector.get();
        return keep(std::move(own));
    }

    std::unique_ptr<faiss::IDSelector> selector;
    std::vector<std::unique_ptr<faiss::SearchParameters>> owned;
    faiss::SearchParameters* top = nullptr;
};

} // namespace earthembed
