// FAISS's kernels that scan inverted lists, for one CODEC and one METRIC, by the number of hits that they keep. FAISS's
// build makes a file for each of these instances; here one compilation reads the headers once for all eight.
#define SUB_CODEC_TYPE faiss::gpu::CODEC
#define SUB_METRIC_TYPE faiss::gpu::METRIC

#define SUB_THREADS 128
#define SUB_NUM_WARP_Q 1
#define SUB_NUM_THREAD_Q 1
#include <faiss/gpu/impl/scan/IVFInterleavedScanKernelTemplate.cu>
#undef SUB_NUM_WARP_Q
#undef SUB_NUM_THREAD_Q

#define SUB_NUM_WARP_Q 32
#define SUB_NUM_THREAD_Q 2
#include <faiss/gpu/impl/scan/IVFInterleavedScanKernelTemplate.cu>
#undef SUB_NUM_WARP_Q
#undef SUB_NUM_THREAD_Q

#define SUB_NUM_WARP_Q 64
#define SUB_NUM_THREAD_Q 3
#include <faiss/gpu/impl/scan/IVFInterleavedScanKernelTemplate.cu>
#undef SUB_NUM_WARP_Q

#define SUB_NUM_WARP_Q 128
#include <faiss/gpu/impl/scan/IVFInterleavedScanKernelTemplate.cu>
#undef SUB_NUM_WARP_Q
#undef SUB_NUM_THREAD_Q

#define SUB_NUM_WARP_Q 256
#define SUB_NUM_THREAD_Q 4
#include <faiss/gpu/impl/scan/IVFInterleavedScanKernelTemplate.cu>
#undef SUB_NUM_WARP_Q
#undef SUB_NUM_THREAD_Q

#define SUB_NUM_WARP_Q 512
#define SUB_NUM_THREAD_Q 8
#include <faiss/gpu/impl/scan/IVFInterleavedScanKernelTemplate.cu>
#undef SUB_NUM_WARP_Q

#define SUB_NUM_WARP_Q 1024
#include <faiss/gpu/impl/scan/IVFInterleavedScanKernelTemplate.cu>
#undef SUB_NUM_WARP_Q
#undef SUB_THREADS

#define SUB_THREADS 64
#define SUB_NUM_WARP_Q 2048
#include <faiss/gpu/impl/scan/IVFInterleavedScanKernelTemplate.cu>
