// Moves the vectors of one index into another of the same form. Many machines fill parts of an index from one trained
// file; this joins the parts into one index.
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
#include <faiss/impl/CodePacker.h>
#include <faiss/impl/io.h>
#include <faiss/invlists/BlockInvertedLists.h>
#include <omp.h>

#include <earthembed/layers.h>
#include <earthembed/quantized_io.h>

namespace earthembed {

// Takes a value out of its place, and puts it back when this object ends.
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

/// Calls write while all vectors are taken out of an index.
inline void without_vectors(const Layers& layers, const std::function<void()>& write) {
    const Taken count(layers.index->ntotal);
    if (layers.transform != nullptr) {
        without_vectors(*layers.inside, write);
    } else if (layers.refine != nullptr) {
        without_vectors(*layers.base, [&] { without_vectors(*layers.ranking, write); });
    } else if (layers.ivf != nullptr) {
        if (layers.is<faiss::IndexIVFPQR>()) {
            throw std::invalid_argument("an inverted file with residual codes of its own does not merge");
        }
        const Taken lists(layers.ivf->invlists);
        write();
    } else if (layers.codes != nullptr) {
        const Taken codes(layers.codes->codes);
        write();
    } else {
        throw std::invalid_argument("only flat indexes and inverted files merge");
    }
}

/// Returns the bytes of an index without its vectors: indexes with equal bytes code a vector alike.
inline std::vector<uint8_t> form_of(const Layers& layers) {
    faiss::VectorIOWriter bytes;
    without_vectors(layers, [&] { write(layers, bytes); });
    return std::move(bytes.data);
}

/// Fails unless two indexes were trained alike.
inline void require_alike(const Layers& into, const Layers& from) {
    if (form_of(into) != form_of(from)) {
        throw std::invalid_argument("the indexes were not trained alike");
    }
}

// Reserves room in inverted lists, and gives it back unless it is kept. It is allocated before any vector moves:
// running out of memory later would leave a partial merge, or would end the process if it happened on a thread of
// OpenMP.
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
                // The ids are shortened first, since they determine the length. Shortening packed codes copies them;
                // they may stay long if that fails.
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

    /// Keeps the room; returns the lengths that the lists had.
    const std::vector<size_t>& keep() {
        kept = true;
        return have;
    }

   private:
    faiss::InvertedLists& lists;
    std::vector<size_t> have;
    bool kept = false;
};

// Fills the room behind the lists. FAISS's add_entries copies packed codes wrongly if the target's length is a multiple of
// the block's bytes, so this unpacks and packs them one by one.
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

// Fills the room behind lists whose codes lie one after another. FAISS's own merge allocates while it moves.
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

// Moves the vectors of an inverted file; see move_vectors.
inline void move_lists(faiss::IndexIVF& into, faiss::IndexIVF& from, int64_t first, const std::function<void()>& then) {
    Room room(*into.invlists);
    room.make_for(*from.invlists);
    if (auto* blocks = dynamic_cast<faiss::BlockInvertedLists*>(into.invlists)) {
        auto& others = dynamic_cast<faiss::BlockInvertedLists&>(*from.invlists);
        std::vector<uint8_t> codes(omp_get_max_threads() * blocks->packer->code_size);
        then();
        move_blocks(*blocks, others, first, room.keep(), codes);
    } else {
        auto& arrays = dynamic_cast<faiss::ArrayInvertedLists&>(*into.invlists);
        auto& others = dynamic_cast<faiss::ArrayInvertedLists&>(*from.invlists);
        then();
        move_arrays(arrays, others, first, room.keep());
    }
}

// Moves an array of codes; see move_vectors. FAISS's own refuses a flat index that was read beside one that was made,
// because their classes differ.
inline void move_codes(faiss::IndexFlatCodes& into, faiss::IndexFlatCodes& from, const std::function<void()>& then) {
    const size_t have = into.codes.size();
    into.codes.resize(have + from.codes.size());
    try {
        then();
    } catch (...) {
        into.codes.resize(have);
        throw;
    }
    std::copy_n(from.codes.data(), from.codes.size(), into.codes.data() + have);
    from.codes.resize(0);
}

// Makes room in one layer, calls then, which makes room in the others and may fail, and moves the layer's vectors.
inline void move_vectors(const Layers& into, const Layers& from, int64_t first, const std::function<void()>& then) {
    if (into.transform != nullptr) {
        move_vectors(*into.inside, *from.inside, first, then);
    } else if (into.refine != nullptr) {
        move_vectors(*into.base, *from.base, first, [&] { move_vectors(*into.ranking, *from.ranking, first, then); });
    } else if (into.ivf != nullptr) {
        move_lists(*into.ivf, *from.ivf, first, then);
    } else {
        move_codes(*into.codes, *from.codes, then);
    }
    into.index->ntotal += from.index->ntotal;
    from.index->ntotal = 0;
}

/// Moves all vectors of one index to the end of another of the same form, whose next free id is first; all or none.
inline void merge_from(const Layers& into, const Layers& from, int64_t first) {
    move_vectors(into, from, first, [] {});
}

} // namespace earthembed
