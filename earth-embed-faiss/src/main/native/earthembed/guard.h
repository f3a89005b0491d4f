// No exception of FAISS ends the process.
//
// C++ calls std::terminate if an exception would leave an OpenMP region or a noexcept function, and FAISS throws in many of
// its regions. The linker's --wrap (see pom.xml) leads these calls of FAISS's objects here:
//
// - __gxx_personality_v0, which the unwinder calls for each stack frame. If its answer would end the process, the
//   exception continues to the next frame. Such a frame's destructors do not run: its memory leaks, but the process
//   continues. On Windows a function of libstdc++ gives the personality to _GCC_specific_handler, which is wrapped there.
// - GOMP_parallel. An exception that leaves a thread's part of a region is kept and thrown again after the region. The
//   thread still takes part in the barriers of the other threads, and releases the locks that it holds.
// - std::terminate and abort, which FAISS's assertions call. They throw instead.
// - FaissException's constructor. It omits the place in FAISS's sources, a path of the machine that compiled them.
// - operator new. It throws if making or reading an index asks for more memory at once than the index can need.
//
// Without an exception, the cost is one more call per region and barrier. macOS's linker has no --wrap: an exception that
// would leave a parallel region of FAISS's ends the process there.
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

#ifndef __APPLE__

// size_t, which is part of mangled names, is unsigned long on Linux and unsigned long long on Windows.
#ifdef _WIN32
#define EARTH_EMBED_NEW(prefix) prefix##_Znwy
#define EARTH_EMBED_NEW_ARRAY(prefix) prefix##_Znay
#define EARTH_EMBED_WRAPPER __attribute__((used))
#else
#define EARTH_EMBED_NEW(prefix) prefix##_Znwm
#define EARTH_EMBED_NEW_ARRAY(prefix) prefix##_Znam
#define EARTH_EMBED_WRAPPER __attribute__((weak, used))
#endif

#ifdef _WIN32
#include <windows.h>
#endif

extern "C" {
#ifdef _WIN32
EXCEPTION_DISPOSITION __real__GCC_specific_handler(
        PEXCEPTION_RECORD record,
        void* frame,
        PCONTEXT context,
        PDISPATCHER_CONTEXT dispatcher,
        _Unwind_Personality_Fn personality);
#else
_Unwind_Reason_Code __real___gxx_personality_v0(
        int version,
        _Unwind_Action actions,
        _Unwind_Exception_Class kind,
        _Unwind_Exception* exception,
        _Unwind_Context* context);
#endif
[[noreturn]] void __real__ZSt9terminatev();
void __real_GOMP_parallel(void (*body)(void*), void* data, unsigned threads, unsigned flags);
void __real_GOMP_barrier();
void __real_GOMP_loop_end();
void __real_GOMP_critical_start();
void __real_GOMP_critical_end();
void __real_omp_set_lock(omp_lock_t* lock);
void __real_omp_unset_lock(omp_lock_t* lock);
void* EARTH_EMBED_NEW(__real_)(std::size_t size);
void* EARTH_EMBED_NEW_ARRAY(__real_)(std::size_t size);
}

#endif

namespace earthembed {

#ifndef __APPLE__

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

#endif

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

#ifndef __APPLE__

// The personality of C++.
#ifdef _WIN32
inline _Unwind_Personality_Fn real_personality;
#else
constexpr auto real_personality = __real___gxx_personality_v0;
#endif

// Answers for a stack frame as the personality of C++ does, except that the exception continues if it would end the process.
inline _Unwind_Reason_Code personality(
        int version,
        _Unwind_Action actions,
        _Unwind_Exception_Class kind,
        _Unwind_Exception* exception,
        _Unwind_Context* context) {
    // "GNUCC++" and 0 or 1.
    const bool ours = (kind & ~_Unwind_Exception_Class(1)) == 0x474e5543432b2b00;
    if (!ours || (actions & _UA_FORCE_UNWIND)) {
        return real_personality(version, actions, kind, exception, context);
    }
    Caught& caught = Caught::of(exception);
    if (!(actions & _UA_HANDLER_FRAME)) {
        const Caught before = caught;
        const auto found = real_personality(version, _UA_SEARCH_PHASE, kind, exception, context);
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
    const auto result = real_personality(version, actions, kind, exception, context);
    if (result == _URC_INSTALL_CONTEXT) {
        if (actions & _UA_HANDLER_FRAME) {
            flying.forget(exception);
        } else {
            flying.add(exception);
        }
    }
    return result;
}

#endif

} // namespace earthembed

#ifndef __APPLE__

extern "C" {

#ifdef _WIN32
EARTH_EMBED_WRAPPER EXCEPTION_DISPOSITION __wrap__GCC_specific_handler(
        PEXCEPTION_RECORD record,
        void* frame,
        PCONTEXT context,
        PDISPATCHER_CONTEXT dispatcher,
        _Unwind_Personality_Fn personality) {
    // Only C++ has a personality here, so it is always this one.
    earthembed::real_personality = personality;
    return __real__GCC_specific_handler(record, frame, context, dispatcher, earthembed::personality);
}
#else
EARTH_EMBED_WRAPPER _Unwind_Reason_Code __wrap___gxx_personality_v0(
        int version,
        _Unwind_Action actions,
        _Unwind_Exception_Class kind,
        _Unwind_Exception* exception,
        _Unwind_Context* context) {
    return earthembed::personality(version, actions, kind, exception, context);
}
#endif

[[noreturn]] EARTH_EMBED_WRAPPER void __wrap__ZSt9terminatev() {
    if (earthembed::flying.count == 0) {
        throw std::runtime_error("FAISS called std::terminate");
    }
    _Unwind_RaiseException(earthembed::flying.exceptions[earthembed::flying.count - 1]);
    __real__ZSt9terminatev(); // nobody catches it
}

[[noreturn]] EARTH_EMBED_WRAPPER void __wrap_abort() {
    throw std::runtime_error("an assertion of FAISS's does not hold");
}

EARTH_EMBED_WRAPPER void __wrap_GOMP_parallel(void (*body)(void*), void* data, unsigned threads, unsigned flags) {
    earthembed::Region region{body, data};
    __real_GOMP_parallel(earthembed::guarded, &region, threads, flags);
    if (region.fault) {
        std::rethrow_exception(region.fault);
    }
}

EARTH_EMBED_WRAPPER void __wrap_GOMP_barrier() {
    earthembed::in_region.arrive();
    __real_GOMP_barrier();
}

EARTH_EMBED_WRAPPER void __wrap_GOMP_loop_end() {
    earthembed::in_region.arrive();
    __real_GOMP_loop_end();
}

EARTH_EMBED_WRAPPER void __wrap_GOMP_critical_start() {
    __real_GOMP_critical_start();
    earthembed::in_region.criticals++;
}

EARTH_EMBED_WRAPPER void __wrap_GOMP_critical_end() {
    earthembed::in_region.criticals--;
    __real_GOMP_critical_end();
}

EARTH_EMBED_WRAPPER void __wrap_omp_set_lock(omp_lock_t* lock) {
    __real_omp_set_lock(lock);
    auto& mine = earthembed::in_region;
    if (mine.count < earthembed::InRegion::MOST) {
        mine.locks[mine.count++] = lock;
    }
}

EARTH_EMBED_WRAPPER void __wrap_omp_unset_lock(omp_lock_t* lock) {
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
EARTH_EMBED_WRAPPER void
__wrap__ZN5faiss14FaissExceptionC1ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEPKcSA_i(
        faiss::FaissException* made,
        const std::string& message,
        const char*,
        const char*,
        int) {
    new (made) faiss::FaissException(message);
}

EARTH_EMBED_WRAPPER void* EARTH_EMBED_NEW(__wrap_)(std::size_t size) {
    earthembed::require_modest(size);
    return EARTH_EMBED_NEW(__real_)(size);
}

EARTH_EMBED_WRAPPER void* EARTH_EMBED_NEW_ARRAY(__wrap_)(std::size_t size) {
    earthembed::require_modest(size);
    return EARTH_EMBED_NEW_ARRAY(__real_)(size);
}

} // extern "C"

#endif
