// Copies of indexes in the memory of GPUs, if the build has CUDA (EARTH_EMBED_CUDA). In other builds, making a copy
// fails.
#pragma once

#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <faiss/Index.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexIVFPQR.h>

#include <earthembed/faiss_search.h>
#include <earthembed/filter.h>
#include <earthembed/layers.h>
#include <earthembed/parameters.h>
#include <earthembed/ranking.h>
#include <earthembed/search.h>

#ifdef EARTH_EMBED_CUDA
#include <cuda_runtime_api.h>
#include <faiss/IndexReplicas.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/IndexShards.h>
#include <faiss/gpu/GpuCloner.h>
#include <faiss/gpu/GpuClonerOptions.h>
#include <faiss/gpu/GpuIndex.h>
#include <faiss/gpu/GpuIndexIVF.h>
#include <faiss/gpu/StandardGpuResources.h>
#include <faiss/gpu/impl/IndexUtils.h>
#endif

namespace earthembed {

#ifdef EARTH_EMBED_CUDA

inline void require_success(cudaError_t status) {
    if (status != cudaSuccess) {
        // The error would be reported again by the next call.
        cudaGetLastError();
        throw std::runtime_error(std::string("CUDA: ") + cudaGetErrorString(status));
    }
}

// Returns how many GPUs there are; fails without a driver.
inline int count_gpus() {
    int count = 0;
    require_success(cudaGetDeviceCount(&count));
    return count;
}

// A GPU as the driver describes it, and its memory as it is now.
struct Gpu {
    std::string name;
    int64_t total;
    int64_t free;

    explicit Gpu(int device) {
        cudaDeviceProp properties;
        require_success(cudaGetDeviceProperties(&properties, device));
        name = properties.name;
        int before = 0;
        require_success(cudaGetDevice(&before));
        require_success(cudaSetDevice(device));
        size_t unused = 0;
        size_t all = 0;
        const cudaError_t status = cudaMemGetInfo(&unused, &all);
        require_success(cudaSetDevice(before));
        require_success(status);
        total = all;
        free = unused;
    }
};

// Copies bytes within the memory of a GPU and returns the bytes read and written in a second.
inline double copy_rate(int device, int64_t bytes) {
    int before = 0;
    require_success(cudaGetDevice(&before));
    require_success(cudaSetDevice(device));
    void* from = nullptr;
    void* to = nullptr;
    cudaEvent_t begin = nullptr;
    cudaEvent_t end = nullptr;
    const int times = 10;
    float millis = 0;
    cudaError_t status = cudaMalloc(&from, bytes);
    const auto then = [&status](auto next) {
        if (status == cudaSuccess) {
            status = next();
        }
    };
    then([&] { return cudaMalloc(&to, bytes); });
    then([&] { return cudaMemset(from, 1, bytes); });
    then([&] { return cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToDevice); });
    then([&] { return cudaEventCreate(&begin); });
    then([&] { return cudaEventCreate(&end); });
    then([&] { return cudaEventRecord(begin); });
    for (int i = 0; i < times; i++) {
        then([&] { return cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice); });
    }
    then([&] { return cudaEventRecord(end); });
    then([&] { return cudaEventSynchronize(end); });
    then([&] { return cudaEventElapsedTime(&millis, begin, end); });
    if (begin != nullptr) {
        cudaEventDestroy(begin);
    }
    if (end != nullptr) {
        cudaEventDestroy(end);
    }
    cudaFree(to);
    cudaFree(from);
    require_success(cudaSetDevice(before));
    require_success(status);
    return 2.0 * times * bytes / (millis / 1000.0);
}

// FAISS's copy of an index on one GPU, or on several: the whole index on each, or a part on each.
class OnDevice {
   public:
    OnDevice(const Layers& layers, std::vector<int> devices, bool sharded) {
        require_form(layers);
        const int count = count_gpus();
        std::vector<faiss::gpu::GpuResourcesProvider*> providers;
        for (int device : devices) {
            if (device >= count) {
                throw std::runtime_error("there is no GPU " + std::to_string(device) + " among " + std::to_string(count));
            }
            resources.push_back(std::make_unique<faiss::gpu::StandardGpuResources>());
            providers.push_back(resources.back().get());
        }
        faiss::gpu::GpuMultipleClonerOptions options;
        options.shard = sharded;
        // Tables of 32-bit floats for more codes do not fit a block's shared memory.
        auto* product = layers.as<faiss::IndexIVFPQ>();
        options.useFloat16 = product != nullptr && product->pq.M > 48;
        copy.reset(faiss::gpu::index_cpu_to_gpu_multiple(providers, devices, layers.index, &options));
        if (auto* replicas = dynamic_cast<faiss::IndexReplicas*>(copy.get())) {
            for (int i = 0; i < replicas->count(); i++) {
                add_part(replicas->at(i));
            }
        } else if (auto* shards = dynamic_cast<faiss::IndexShards*>(copy.get())) {
            for (int i = 0; i < shards->count(); i++) {
                add_part(shards->at(i));
            }
        } else {
            add_part(copy.get());
        }
    }

    // Searches n queries for width hits each, one thread at a time, as FAISS requires. Returns false if the GPU cannot
    // select that many hits or cells.
    bool search(
            const Layers& layers,
            int64_t n,
            const float* queries,
            int64_t width,
            const Filter& filter,
            int64_t nprobe,
            std::vector<std::vector<Scored>>& results) const {
        const int64_t most = faiss::gpu::getMaxKSelection(false);
        if (layers.ivf != nullptr && nprobe <= 0) {
            nprobe = layers.ivf->nprobe;
        }
        if (width > most || nprobe > most) {
            return false;
        }
        const std::lock_guard<std::mutex> one(busy);
        // IndexReplicas takes no parameters of a search, so every part gets them.
        for (auto* part : inverted) {
            part->nprobe = nprobe;
        }
        std::vector<float> distances(n * width);
        std::vector<int64_t> labels(n * width);
        copy->search(n, queries, width, distances.data(), labels.data());
        collect(n, width, layers.is_inner(), distances.data(), labels.data(), filter, results);
        return true;
    }

   private:
    static void require_form(const Layers& layers) {
        auto* scalar = layers.as<faiss::IndexIVFScalarQuantizer>();
        if (scalar != nullptr && scalar->sq.qtype != faiss::ScalarQuantizer::QT_8bit &&
            scalar->sq.qtype != faiss::ScalarQuantizer::QT_fp16) {
            throw std::runtime_error("this build has no kernels for scalar codes but SQ8 and SQfp16");
        }
        if (scalar == nullptr && layers.flat == nullptr && !layers.is<faiss::IndexIVFFlat>() &&
            (!layers.is<faiss::IndexIVFPQ>() || layers.is<faiss::IndexIVFPQR>())) {
            throw std::runtime_error("this kind of index has no form for a GPU");
        }
    }

    void add_part(faiss::Index* part) {
        if (auto* lists = dynamic_cast<faiss::gpu::GpuIndexIVF*>(part)) {
            inverted.push_back(lists);
        }
    }

    std::vector<std::unique_ptr<faiss::gpu::StandardGpuResources>> resources;
    std::unique_ptr<faiss::Index> copy;
    std::vector<faiss::gpu::GpuIndexIVF*> inverted;
    mutable std::mutex busy;
};

#else

[[noreturn]] inline void fail_without_cuda() {
    throw std::runtime_error("this build of FAISS is for the CPU only");
}

inline int count_gpus() {
    fail_without_cuda();
}

struct Gpu {
    std::string name;
    int64_t total;
    int64_t free;

    explicit Gpu(int) {
        fail_without_cuda();
    }
};

inline double copy_rate(int, int64_t) {
    fail_without_cuda();
}

class OnDevice {
   public:
    OnDevice(const Layers&, const std::vector<int>&, bool) {
        fail_without_cuda();
    }

    bool search(const Layers&, int64_t, const float*, int64_t, const Filter&, int64_t, std::vector<std::vector<Scored>>&) const {
        return false;
    }
};

#endif

/// A copy of an index in the memory of one GPU or several, for searches without a filter. The index itself answers what the copy
/// cannot.
class DeviceCopy {
   public:
    /// Makes the copy on each of the GPUs, or with sharded a part of it on each. Fails if there is no such GPU, or the
    /// build has no CUDA.
    DeviceCopy(const Layers& layers, const std::vector<int>& devices, bool sharded) : copy(layers, devices, sharded) {}

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
        const bool searched = copy.search(layers, n, queries, width, Filter(nullptr, ids), nprobe, results);
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
