// The threads that FAISS works on, and ways to stop them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <new>

#include <faiss/impl/AuxIndexStructures.h>
#include <omp.h>
#include <pthread.h>

namespace earthembed {

// FAISS calls this in its loops to find out whether to stop. All work stops when the JVM ends; one thread's work stops
// when its flag is set.
struct Interrupts : faiss::InterruptCallback {
    static inline std::atomic<bool> all{false};
    static inline thread_local const volatile uint8_t* flag = nullptr;

    bool want_interrupt() override {
        return all || (flag != nullptr && *flag != 0);
    }
};

// Runs work on a thread with a larger stack than Java's threads have. OpenBLAS factors matrices on the stack, and FAISS's
// parser calls itself for each character: a small stack would overflow and end the process.
inline void on_large_stack(const std::function<void()>& work) {
    struct Task {
        const std::function<void()>& work;
        int threads;
        const volatile uint8_t* flag;
        std::exception_ptr fault;

        static void* run(void* given) {
            Task& task = *static_cast<Task*>(given);
            omp_set_num_threads(task.threads);
            Interrupts::flag = task.flag;
            try {
                task.work();
            } catch (...) {
                task.fault = std::current_exception();
            }
            return nullptr;
        }
    };
    Task task{work, omp_get_max_threads(), Interrupts::flag, nullptr};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size_t{64} << 20);
    pthread_t thread;
    const int status = pthread_create(&thread, &attributes, Task::run, &task);
    pthread_attr_destroy(&attributes);
    if (status != 0) {
        throw std::bad_alloc();
    }
    pthread_join(thread, nullptr);
    if (task.fault) {
        std::rethrow_exception(task.fault);
    }
}

} // namespace earthembed
