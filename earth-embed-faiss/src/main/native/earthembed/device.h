// Copies of indexes in the memory of a GPU, if the build has CUDA (EARTH_EMBED_CUDA). In other builds, making a copy
// fails.
#pragma once

#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <faiss/Index.h>
#include <faiss/IndexIVF.h>

#include <earthembed/faiss_search.h>
#include <earthembed/filter.h>
#include <earthembed/layers.h>
#include <earthembed/parameters.h>
#include <earthembed/ranking.h>
#include <earthembed/search.h>

#ifdef EARTH_EMBED_CUDA
#include <cuda_runtime_api.h>
#include <faiss/gpu/GpuCloner.h>
#include <faiss/gpu/GpuClonerOptions.h>
#include <faiss/gpu/GpuIndex.h>
#include <faiss/gpu/StandardGpuResources.h>
#include <faiss/gpu/impl/IndexUtils.h>
#endif

namespace earthembed {

#ifdef EARTH_EMBED_CUDA

// FAISS's copy of an index on a GPU.
class OnDevice {
   public:
    OnDevice(const faiss::Index& index, int device) {
        int count = 0;
        const cudaError_t status = cudaGetDeviceCount(&count);
        if (status != cudaSuccess) {
            throw std::runtime_error(std::string("CUDA: ") + cudaGetErrorString(status));
        }
        if (device >= count) {
            throw std::runtime_error("there are " + std::to_string(count) + " GPUs");
        }
        resources.reset(new faiss::gpu::StandardGpuResources());
        copy.reset(faiss::gpu::index_cpu_to_gpu(resources.get(), device, &index));
        if (dynamic_cast<faiss::gpu::GpuIndex*>(copy.get()) == nullptr) {
            throw std::runtime_error("this kind of index has no form for a GPU");
        }
    }

    // Searches n queries for width hits each, one thread at a time, as FAISS requires. Returns false if the GPU cannot
    // select that many hits or cells.
    bool search(
            int64_t n,
            const float* queries,
            int64_t width,
            const Filter& filter,
            const Effort& effort,
            std::vector<std::vector<Scored>>& results) const {
        const int64_t most = faiss::gpu::getMaxKSelection(false);
        if (width > most || effort.nprobe > most) {
            return false;
        }
        const std::lock_guard<std::mutex> one(busy);
        std::vector<float> distances(n * width);
        std::vector<int64_t> labels(n * width);
        faiss::SearchParametersIVF parameters;
        parameters.nprobe = effort.nprobe;
        copy->search(n, queries, width, distances.data(), labels.data(), effort.nprobe > 0 ? &parameters : nullptr);
        collect(n, width, copy->metric_type == faiss::METRIC_INNER_PRODUCT, distances.data(), labels.data(), filter, results);
        return true;
    }

   private:
    std::unique_ptr<faiss::gpu::StandardGpuResources> resources;
    std::unique_ptr<faiss::Index> copy;
    mutable std::mutex busy;
};

#else

class OnDevice {
   public:
    OnDevice(const faiss::Index&, int) {
        throw std::runtime_error("this build of FAISS is for the CPU only");
    }

    bool search(int64_t, const float*, int64_t, const Filter&, const Effort&, std::vector<std::vector<Scored>>&) const {
        return false;
    }
};

#endif

/// A copy of an index in the memory of a GPU, for searches without a filter. The index itself answers what the copy
/// cannot.
class DeviceCopy {
   public:
    /// Makes the copy. Fails if there is no such GPU, or the build has no CUDA.
    DeviceCopy(const Layers& layers, int device) : copy(*layers.index, device) {}

    /// Searches as earthembed::search does; layers must be those of the copied index.
    void search(
            const Layers& layers,
            int64_t n,
            const float* queries,
            int64_t k,
            int64_t ids,
            int64_t nprobe,
            float* scores,
            int64_t* labels) const {
        const int64_t d = layers.index->d;
        const int64_t ntotal = layers.index->ntotal;
        const int64_t width = width_for(k, ntotal);
        const Effort effort{nprobe, 0, 0, false};
        std::vector<std::vector<Scored>> results;
        const bool searched = copy.search(n, queries, width, Filter(nullptr, ids), effort, results);
        for (int64_t q = 0; q < n; q++) {
            const int64_t have = searched ? results[q].size() : 0;
            float* into = scores + q * k;
            if (have < width || is_tied(results[q], k, ntotal)) {
                earthembed::search(layers, 1, queries + q * d, k, nullptr, ids, effort, into, labels + q * k);
            } else {
                write(results[q], k, into, labels + q * k);
            }
        }
    }

   private:
    OnDevice copy;
};

} // namespace earthembed
