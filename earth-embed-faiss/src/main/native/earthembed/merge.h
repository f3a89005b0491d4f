// Moving the vectors of one index into another of the same form: parts of an index are filled on many machines from one
// trained file, and become one index here.
#pragma once

#include <algorithm>
#include <functional>
#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/impl/CodePacker.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>
#include <faiss/invlists/BlockInvertedLists.h>
#include <omp.h>

namespace earthembed {

/// Takes a value from its place while it lives, and puts it back.
template <typename T>
class Taken {
   public:
    explicit Taken(T& place) : place(place), value() {
        std::swap(place, value);
    }
    ~Taken() {
        std::swap(place, value);
    }
    Taken(const Taken&) = delete;
    Taken& operator=(const Taken&) = delete;

   private:
    T& place;
    T value;
};

/// Calls write on an index from which all vectors are taken meanwhile.
inline void without_vectors(faiss::Index* index, const std::function<void()>& write) {
    const Taken count(index->ntotal);
    if (auto* transform = dynamic_cast<faiss::IndexPreTransform*>(index)) {
        without_vectors(transform->index, write);
    } else if (auto* refine = dynamic_cast<faiss::IndexRefine*>(index)) {
        without_vectors(refine->base_index, [&] { without_vectors(refine->refine_index, write); });
    } else if (auto* ivf = dynamic_cast<faiss::IndexIVF*>(index)) {
        if (dynamic_cast<faiss::IndexIVFPQR*>(index) != nullptr) {
            throw std::invalid_argument("an inverted file with residual codes of its own does not merge");
        }
        const Taken lists(ivf->invlists);
        write();
    } else if (auto* flat = dynamic_cast<faiss::IndexFlatCodes*>(index)) {
        const Taken codes(flat->codes);
        write();
    } else {
        throw std::invalid_argument("only flat indexes and inverted files merge");
    }
}

/// What training made of an index: equal bytes code a vector alike.
inline std::vector<uint8_t> form_of(faiss::Index* index) {
    faiss::VectorIOWriter bytes;
    without_vectors(index, [&] { faiss::write_index(index, &bytes); });
    return std::move(bytes.data);
}

/// Room for more in inverted lists, which is given back unless it is kept. It is made before a vector moves: what cannot
/// be had in the midst would leave a part, and ends the process where OpenMP's threads want it.
class Room {
   public:
    explicit Room(faiss::InvertedLists& lists) : lists(lists) {
        for (size_t list = 0; list < lists.nlist; list++) {
            have.push_back(lists.list_size(list));
        }
    }
    ~Room() {
        for (size_t list = 0; !kept && list < lists.nlist; list++) {
            try {
                lists.resize(list, have[list]);
            } catch (const std::bad_alloc&) {
                // Packed codes are copied to shorten them, and stay as they are; ids, which count, come first.
            }
        }
    }
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;

    void make_for(const faiss::InvertedLists& more) {
        for (size_t list = 0; list < lists.nlist; list++) {
            lists.resize(list, have[list] + more.list_size(list));
        }
    }

    /// How long the lists were.
    const std::vector<size_t>& keep() {
        kept = true;
        return have;
    }

   private:
    faiss::InvertedLists& lists;
    std::vector<size_t> have;
    bool kept = false;
};

/// Fills the room behind what lists have. FAISS's own add_entries copies packed codes wrongly when the target's length is a
/// multiple of the block's bytes, so they are unpacked and packed one by one.
inline void move_blocks(
        faiss::BlockInvertedLists& into,
        faiss::BlockInvertedLists& from,
        int64_t first,
        const std::vector<size_t>& have,
        std::vector<uint8_t>& codes) {
#pragma omp parallel for schedule(dynamic)
    for (int64_t list = 0; list < static_cast<int64_t>(into.nlist); list++) {
        const size_t more = from.list_size(list);
        uint8_t* code = codes.data() + omp_get_thread_num() * into.packer->code_size;
        for (size_t i = 0; i < more; i++) {
            into.ids[list][have[list] + i] = from.ids[list][i] + first;
            into.packer->unpack_1(from.codes[list].data(), i, code);
            into.packer->pack_1(code, have[list] + i, into.codes[list].data());
        }
        from.resize(list, 0);
    }
}

/// The same where codes lie one after another. FAISS's own makes arrays in the midst.
inline void move_arrays(
        faiss::ArrayInvertedLists& into,
        faiss::ArrayInvertedLists& from,
        int64_t first,
        const std::vector<size_t>& have) {
#pragma omp parallel for schedule(dynamic)
    for (int64_t list = 0; list < static_cast<int64_t>(into.nlist); list++) {
        const size_t more = from.list_size(list);
        for (size_t i = 0; i < more; i++) {
            into.ids[list][have[list] + i] = from.ids[list][i] + first;
        }
        std::copy_n(from.codes[list].data(), from.codes[list].size(), into.codes[list].data() + have[list] * into.code_size);
        from.resize(list, 0);
    }
}

/// Makes room, calls then, which may fail, and moves all vectors to the end of an index of the same form, whose next free
/// id is first.
inline void move_vectors(faiss::Index* into, faiss::Index* from, int64_t first, const std::function<void()>& then) {
    if (auto* transform = dynamic_cast<faiss::IndexPreTransform*>(into)) {
        move_vectors(transform->index, static_cast<faiss::IndexPreTransform*>(from)->index, first, then);
    } else if (auto* refine = dynamic_cast<faiss::IndexRefine*>(into)) {
        auto* other = static_cast<faiss::IndexRefine*>(from);
        move_vectors(refine->base_index, other->base_index, first, [&] {
            move_vectors(refine->refine_index, other->refine_index, first, then);
        });
    } else if (auto* ivf = dynamic_cast<faiss::IndexIVF*>(into)) {
        faiss::InvertedLists& lists = *static_cast<faiss::IndexIVF*>(from)->invlists;
        Room room(*ivf->invlists);
        room.make_for(lists);
        if (auto* blocks = dynamic_cast<faiss::BlockInvertedLists*>(ivf->invlists)) {
            std::vector<uint8_t> codes(omp_get_max_threads() * blocks->packer->code_size);
            then();
            move_blocks(*blocks, dynamic_cast<faiss::BlockInvertedLists&>(lists), first, room.keep(), codes);
        } else {
            auto& arrays = dynamic_cast<faiss::ArrayInvertedLists&>(*ivf->invlists);
            auto& others = dynamic_cast<faiss::ArrayInvertedLists&>(lists);
            then();
            move_arrays(arrays, others, first, room.keep());
        }
    } else {
        // As FAISS does, but a flat index that was read is of another class than one that was made.
        auto& codes = dynamic_cast<faiss::IndexFlatCodes&>(*into).codes;
        auto& more = dynamic_cast<faiss::IndexFlatCodes&>(*from).codes;
        const size_t have = codes.size();
        codes.resize(have + more.size());
        try {
            then();
        } catch (...) {
            codes.resize(have);
            throw;
        }
        std::copy_n(more.data(), more.size(), codes.data() + have);
        more.resize(0);
    }
    into->ntotal += from->ntotal;
    from->ntotal = 0;
}

} // namespace earthembed
