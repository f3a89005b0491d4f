// No exception of FAISS ends the process.
//
// C++ calls std::terminate if an exception would leave an OpenMP region or a noexcept function, and FAISS throws in many of
// its regions. The linker's --wrap (see pom.xml) leads these calls of FAISS's objects here:
//
// - __gxx_personality_v0, which the unwinder calls for each stack frame. If its answer would end the process, the
//   exception continues to the next frame. Such a frame's destructors do not run: its memory leaks, but the process
//   continues.
// - GOMP_parallel. An exception that leaves a thread's part of a region is kept and thrown again after the region. The
//   thread still takes part in the barriers of the other threads, and releases the locks that it holds.
// - std::terminate and abort, which FAISS's assertions call. They throw instead.
// - FaissException's constructor. It omits the place in FAISS's sources, a path of the machine that compiled them.
// - operator new. It throws if making or reading an index asks for more memory at once than the index can need.
//
// Without an exception, the cost is one more call per region and barrier.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include <faiss/impl/FaissException.h>
#include <omp.h>
#include <unwind.h>

extern "C" {
_Unwind_Reason_Code __real___gxx_personality_v0(
        int version,
        _Unwind_Action actions,
        _Unwind_Exception_Class kind,
        _Unwind_Exception* exception,
        _Unwind_Context* context);
[[noreturn]] void __real__ZSt9terminatev();
void __real_GOMP_parallel(void (*body)(void*), void* data, unsigned threads, unsigned flags);
void __real_GOMP_barrier();
void __real_GOMP_loop_end();
void __real_GOMP_critical_start();
void __real_GOMP_critical_end();
void __real_omp_set_lock(omp_lock_t* lock);
void __real_omp_unset_lock(omp_lock_t* lock);
void* __real__Znwm(std::size_t size);
void* __real__Znam(std::size_t size);
}

namespace earthembed {

// A parallel region that is being worked on.
struct Region {
    void (*body)(void*);
    void* data;
    std::atomic<int> arrivals{0}; // barriers that at least one thread has reached
    std::atomic<int> finished{0}; // threads that have left the body
    std::mutex lock;
    std::exception_ptr fault;
};

// The OpenMP locks that a thread holds, and how far it is in its region.
struct InRegion {
    static constexpr int MOST = 32;
    Region* region = nullptr;
    int passed = 0; // barriers
    int criticals = 0;
    int count = 0;
    omp_lock_t* locks[MOST];

    void arrive() {
        if (region == nullptr) {
            return;
        }
        passed++;
        int seen = region->arrivals.load();
        while (seen < passed && !region->arrivals.compare_exchange_weak(seen, passed)) {
        }
    }

    void release() {
        while (count > 0) {
            __real_omp_unset_lock(locks[--count]);
        }
        for (; criticals > 0; criticals--) {
            __real_GOMP_critical_end();
        }
    }

    // Takes part in the barriers of the threads that are still in the body, until all have left it.
    void follow(int team) {
        while (true) {
            const bool last = region->finished.load() == team;
            if (region->arrivals.load() > passed) {
                passed++;
                __real_GOMP_barrier();
            } else if (last) {
                return;
            } else {
                std::this_thread::yield();
            }
        }
    }
};

inline thread_local InRegion in_region;

// One thread's part of a region.
inline void guarded(void* given) {
    Region& region = *static_cast<Region*>(given);
    const InRegion outer = in_region;
    in_region = InRegion();
    in_region.region = &region;
    bool failed = false;
    try {
        region.body(region.data);
    } catch (...) {
        failed = true;
        const std::lock_guard<std::mutex> one(region.lock);
        region.fault = std::current_exception();
    }
    region.finished++;
    if (failed) {
        in_region.release();
        in_region.follow(omp_get_num_threads());
    }
    in_region = outer;
}

// The fields that a search for handlers writes to; the C++ ABI's __cxa_exception has them before the unwinder's header.
struct Caught {
    int handler_switch_value;
    const unsigned char* action_record;
    const unsigned char* language_specific_data;
    _Unwind_Ptr catch_temp; // the handler's address; 0 for std::terminate
    void* adjusted_pointer;

    static Caught& of(_Unwind_Exception* exception) {
        return *(reinterpret_cast<Caught*>(exception) - 1);
    }
};
static_assert(sizeof(Caught) == 40, "as in the C++ ABI for 64 bits");

// The exceptions that are passing through cleanups of this thread, the innermost last.
struct Flying {
    static constexpr int MOST = 8;
    _Unwind_Exception* exceptions[MOST];
    int count = 0;

    void forget(const _Unwind_Exception* exception) {
        for (int i = 0; i < count; i++) {
            if (exceptions[i] == exception) {
                count = i;
            }
        }
    }

    void add(_Unwind_Exception* exception) {
        forget(exception);
        if (count < MOST) {
            exceptions[count++] = exception;
        }
    }
};

inline thread_local Flying flying;

// The bytes that this thread may ask for at once.
inline thread_local std::size_t most_bytes = SIZE_MAX;

// Bounds the bytes that this thread may ask for at once, until this object ends.
class Modest {
   public:
    explicit Modest(std::size_t most) : before(most_bytes) {
        most_bytes = most;
    }
    ~Modest() {
        most_bytes = before;
    }
    Modest(const Modest&) = delete;
    Modest& operator=(const Modest&) = delete;

   private:
    std::size_t before;
};

inline void require_modest(std::size_t size) {
    if (size > most_bytes) {
        throw std::length_error(
                "asks for " + std::to_string(size) + " bytes at once, of " + std::to_string(most_bytes) + " allowed");
    }
}

} // namespace earthembed

extern "C" {

__attribute__((weak, used)) _Unwind_Reason_Code __wrap___gxx_personality_v0(
        int version,
        _Unwind_Action actions,
        _Unwind_Exception_Class kind,
        _Unwind_Exception* exception,
        _Unwind_Context* context) {
    using earthembed::Caught;
    // "GNUCC++" and 0 or 1.
    const bool ours = (kind & ~_Unwind_Exception_Class(1)) == 0x474e5543432b2b00;
    if (!ours || (actions & _UA_FORCE_UNWIND)) {
        return __real___gxx_personality_v0(version, actions, kind, exception, context);
    }
    Caught& caught = Caught::of(exception);
    if (!(actions & _UA_HANDLER_FRAME)) {
        const Caught before = caught;
        const auto found = __real___gxx_personality_v0(version, _UA_SEARCH_PHASE, kind, exception, context);
        const bool ends = found == _URC_HANDLER_FOUND && caught.catch_temp == 0;
        if (ends || !(actions & _UA_SEARCH_PHASE)) {
            caught = before;
        }
        if (ends) {
            return _URC_CONTINUE_UNWIND;
        }
        if (actions & _UA_SEARCH_PHASE) {
            return found;
        }
    }
    const auto result = __real___gxx_personality_v0(version, actions, kind, exception, context);
    if (result == _URC_INSTALL_CONTEXT) {
        if (actions & _UA_HANDLER_FRAME) {
            earthembed::flying.forget(exception);
        } else {
            earthembed::flying.add(exception);
        }
    }
    return result;
}

[[noreturn]] __attribute__((weak, used)) void __wrap__ZSt9terminatev() {
    if (earthembed::flying.count == 0) {
        throw std::runtime_error("FAISS called std::terminate");
    }
    _Unwind_RaiseException(earthembed::flying.exceptions[earthembed::flying.count - 1]);
    __real__ZSt9terminatev(); // nobody catches it
}

[[noreturn]] __attribute__((weak, used)) void __wrap_abort() {
    throw std::runtime_error("an assertion of FAISS's does not hold");
}

__attribute__((weak, used)) void __wrap_GOMP_parallel(void (*body)(void*), void* data, unsigned threads, unsigned flags) {
    earthembed::Region region{body, data};
    __real_GOMP_parallel(earthembed::guarded, &region, threads, flags);
    if (region.fault) {
        std::rethrow_exception(region.fault);
    }
}

__attribute__((weak, used)) void __wrap_GOMP_barrier() {
    earthembed::in_region.arrive();
    __real_GOMP_barrier();
}

__attribute__((weak, used)) void __wrap_GOMP_loop_end() {
    earthembed::in_region.arrive();
    __real_GOMP_loop_end();
}

__attribute__((weak, used)) void __wrap_GOMP_critical_start() {
    __real_GOMP_critical_start();
    earthembed::in_region.criticals++;
}

__attribute__((weak, used)) void __wrap_GOMP_critical_end() {
    earthembed::in_region.criticals--;
    __real_GOMP_critical_end();
}

__attribute__((weak, used)) void __wrap_omp_set_lock(omp_lock_t* lock) {
    __real_omp_set_lock(lock);
    auto& mine = earthembed::in_region;
    if (mine.count < earthembed::InRegion::MOST) {
        mine.locks[mine.count++] = lock;
    }
}

__attribute__((weak, used)) void __wrap_omp_unset_lock(omp_lock_t* lock) {
    auto& mine = earthembed::in_region;
    for (int i = mine.count - 1; i >= 0; i--) {
        if (mine.locks[i] == lock) {
            mine.locks[i] = mine.locks[--mine.count];
            break;
        }
    }
    __real_omp_unset_lock(lock);
}

// The constructor that takes message, function, file and line.
__attribute__((weak, used)) void
__wrap__ZN5faiss14FaissExceptionC1ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEPKcSA_i(
        faiss::FaissException* made,
        const std::string& message,
        const char*,
        const char*,
        int) {
    new (made) faiss::FaissException(message);
}

__attribute__((weak, used)) void* __wrap__Znwm(std::size_t size) {
    earthembed::require_modest(size);
    return __real__Znwm(size);
}

__attribute__((weak, used)) void* __wrap__Znam(std::size_t size) {
    earthembed::require_modest(size);
    return __real__Znam(size);
}

} // extern "C"
