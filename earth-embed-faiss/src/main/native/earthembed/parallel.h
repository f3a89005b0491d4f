// Passes on exceptions in our own parallel regions.
#pragma once

#include <exception>
#include <mutex>

namespace earthembed {

/// Keeps an exception of a parallel region's threads and throws it again after the region. An exception that leaves a
/// region or one of OpenMP's critical sections ends the process. Keeping one takes no memory, because the exception may
/// say that there is none.
class RegionFault {
   public:
    /// Runs a thread's work.
    template <typename Work>
    void guard(Work work) {
        try {
            work();
        } catch (...) {
            const std::lock_guard<std::mutex> one(lock);
            fault = std::current_exception();
        }
    }

    /// Throws a thread's exception again; called after the region.
    void rethrow() const {
        if (fault) {
            std::rethrow_exception(fault);
        }
    }

   private:
    std::mutex lock;
    std::exception_ptr fault;
};

} // namespace earthembed
