// Copies of indexes in the memory of a GPU: real ones where the build has CUDA (EARTH_EMBED_CUDA), and elsewhere a class
// that says so.
#pragma once

#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <faiss/Index.h>
#include <faiss/IndexIVF.h>

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

    // FAISS's GPU indexes are searched by one thread at a time.
    bool search(
            int64_t n,
            const float* queries,
            int64_t wide,
            const Filter& filter,
            Effort effort,
            std::vector<std::vector<Scored>>& results) const {
        const int64_t most = faiss::gpu::getMaxKSelection(false);
        if (wide > most || effort.nprobe > most) {
            return false;
        }
        const std::lock_guard<std::mutex> one(busy);
        std::vector<float> distances(n * wide);
        std::vector<int64_t> labels(n * wide);
        faiss::SearchParametersIVF parameters;
        parameters.nprobe = effort.nprobe;
        copy->search(n, queries, wide, distances.data(), labels.data(), effort.nprobe > 0 ? &parameters : nullptr);
        collect(n, wide, is_inner(*copy), distances.data(), labels.data(), filter, results);
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

    bool search(int64_t, const float*, int64_t, const Filter&, Effort, std::vector<std::vector<Scored>>&) const {
        return false;
    }
};

#endif

} // namespace earthembed
