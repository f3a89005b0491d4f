// Goes through everything that Java calls, on every kind of index, for a memory checker to watch: sanitize.sh builds and
// runs it under AddressSanitizer with UndefinedBehaviorSanitizer, and under valgrind.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <faiss/IndexFlat.h>
#include <earthembed/binding.h>

namespace {

constexpr int D = 32;

std::vector<float> random_vectors(int64_t n, int seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(n * D);
    for (float& value : values) {
        value = normal(engine);
    }
    return values;
}

void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "wrong: %s\n", what);
        std::exit(1);
    }
}

int64_t size_of(const std::string& file) {
    return std::filesystem::file_size(file);
}

void search_all(const earthembed::LayeredIndex& index, const std::vector<float>& queries, int64_t ids) {
    const int64_t n = queries.size() / D;
    std::vector<uint8_t> some((ids + 7) / 8, 0xa5);
    std::vector<uint8_t> few((ids + 7) / 8, 0);
    few[0] = 1;
    if (ids % 8 != 0) {
        some.back() &= (1 << (ids % 8)) - 1;
    }
    for (const uint8_t* bitmap : {static_cast<const uint8_t*>(nullptr), const_cast<const uint8_t*>(some.data()),
                                  const_cast<const uint8_t*>(few.data())}) {
        for (int64_t k : {int64_t(1), int64_t(10), std::max<int64_t>(1, index.size())}) {
            std::vector<float> scores(n * k);
            std::vector<int64_t> labels(n * k);
            earthembed::search(index, n, queries.data(), k, bitmap, ids, 3, 20, 4, scores.data(), labels.data());
            for (int64_t i = 0; i < n * k; i++) {
                require(labels[i] < ids, "an ordinal beyond the last");
            }
        }
        earthembed::RangeSearch hits(index, queries.data(), -1e30f, bitmap, ids);
        std::vector<float> scores(hits.size());
        std::vector<int64_t> labels(hits.size());
        hits.copy(scores.data(), labels.data());
    }
}

void exercise(const std::string& description, faiss::MetricType metric, const std::string& file) {
    const std::vector<float> sample = random_vectors(700, 1), vectors = random_vectors(301, 2), queries = random_vectors(5, 3);
    earthembed::LayeredIndex* index = earthembed::make_index(D, description.c_str(), metric);
    earthembed::set_effort(*index, 2, 16, 4);
    if (!index->is_trained()) {
        earthembed::train(*index, 700, sample.data());
    }
    earthembed::write_index(*index, file.c_str());
    earthembed::add_from(*index, 301, vectors.data(), 0);
    search_all(*index, queries, 301);
    std::vector<float> row(D);
    earthembed::reconstruct(*index, 300, row.data());
    bool missing = false;
    try {
        earthembed::reconstruct(*index, 301, row.data());
    } catch (const std::exception&) {
        missing = true;
    }
    if (index->layers().without_transforms().ivf != nullptr) {
        require(missing, "a vector that is not there");
    }
    earthembed::LayeredIndex* part = earthembed::open_index(file.c_str(), false, size_of(file));
    earthembed::add_from(*part, 301, vectors.data(), 0);
    try {
        earthembed::require_alike(*index, *part);
        earthembed::merge_from(*index, *part, 301);
        require(part->size() == 0 && index->size() == 602, "merged");
    } catch (const std::invalid_argument&) {
        require(description[0] == 'H' || description[0] == 'P', "a kind that should merge");
    }
    earthembed::destroy(part);
    const int64_t ids = index->size();
    search_all(*index, queries, ids);
    try {
        std::vector<uint8_t> gone((ids + 7) / 8, 0);
        gone[1] = 0x81;
        require(earthembed::remove_ids(*index, gone.data(), ids) == 2, "removed");
        search_all(*index, queries, ids);
        earthembed::add_from(*index, 1, vectors.data(), ids);
        search_all(*index, queries, ids + 1);
    } catch (const std::exception&) {
        // kinds that remove nothing
    }
    earthembed::write_index(*index, file.c_str());
    for (bool map : {false, true}) {
        earthembed::LayeredIndex* again = earthembed::open_index(file.c_str(), map, size_of(file));
        require(again->size() == index->size(), "read back");
        earthembed::next_id(*again);
        search_all(*again, queries, ids + 1);
        earthembed::reconstruct(*again, 5, row.data());
        earthembed::destroy(again);
    }
    earthembed::destroy(index);
    std::remove(file.c_str());
}

// Searches arrays with a copy in 8 bits, with little and with much in common, and compares ids with those of the scan.
void exercise_screen(faiss::MetricType metric) {
    std::vector<float> vectors = random_vectors(9001, 5), queries = random_vectors(11, 6);
    for (int equal = 0; equal < 2; equal++) {
        earthembed::LayeredIndex* index = earthembed::make_index(D, "Flat", metric);
        earthembed::add_from(*index, 4001, vectors.data(), 0);
        earthembed::add_from(*index, 5000, vectors.data() + 4001 * D, 4001);
        std::vector<float> plain(110);
        std::vector<int64_t> expected(110);
        earthembed::search(*index, 11, queries.data(), 10, nullptr, 9001, 0, 0, 0, plain.data(), expected.data());
        const int64_t reaching = earthembed::RangeSearch(*index, queries.data(), plain[9], nullptr, 9001).size();
        for (bool vnni : {true, false}) {
            earthembed::use_vnni(vnni);
            index->set_screen(true);
            search_all(*index, queries, 9001);
            for (int64_t n : {1, 2, 11}) {
                std::vector<float> scores(10 * n);
                std::vector<int64_t> ids(10 * n);
                earthembed::search(*index, n, queries.data(), 10, nullptr, 9001, 0, 0, 0, scores.data(), ids.data());
                require(std::equal(scores.begin(), scores.end(), plain.begin()), "the copy's scores");
                require(std::equal(ids.begin(), ids.end(), expected.begin()), "the copy's ids");
            }
            const earthembed::RangeSearch hits(*index, queries.data(), plain[9], nullptr, 9001);
            require(hits.size() == reaching, "the copy's range");
            index->set_screen(false);
        }
        index->set_screen(true);
        earthembed::add_from(*index, 3, vectors.data(), 9001);
        search_all(*index, queries, 9004);
        earthembed::destroy(index);
        std::fill(vectors.begin(), vectors.end(), 0.5f);
    }
}

// Adds bytes and bits as they were published, at every scaling.
void exercise_published(const std::string& description, faiss::MetricType metric) {
    const std::vector<float> queries = random_vectors(5, 3);
    std::mt19937 engine(4);
    std::vector<uint8_t> bytes(77 * D);
    for (uint8_t& byte : bytes) {
        byte = engine();
    }
    const std::vector<double> numbers(77 + D, 0.01);
    for (int scaling = 0; scaling < 4; scaling++) {
        earthembed::LayeredIndex* index = earthembed::make_index(D, description.c_str(), metric);
        if (index->keeps(true)) {
            earthembed::add_bits(*index, 77, bytes.data(), scaling % 2 == 0);
        } else {
            const bool row = scaling == 1, component = scaling == 2, squared = scaling == 3;
            const double* values = numbers.data();
            earthembed::add_bytes(*index, 77, bytes.data(), squared, row, component, squared, 1000, values, values);
        }
        require(index->size() == 77, "added");
        search_all(*index, queries, 77);
        earthembed::destroy(index);
    }
}

} // namespace

int main(int, char** argv) {
    earthembed::set_threads(2);
    for (faiss::MetricType metric : {faiss::METRIC_INNER_PRODUCT, faiss::METRIC_L2}) {
        for (const char* description :
             {"Flat", "SQ8", "SQfp16", "IVF8,Flat", "IVF8,SQ8", "IVF8,SQfp16", "IVF8,PQ8x4", "IVF8,PQ16x4fs",
              "IVF8,PQ16x4fs,Refine(SQ8)", "PCA16,IVF8,Flat", "OPQ8,IVF8,PQ8x4fs", "HNSW8,Flat", "PQ16x4fs", "Int8", "Int8 unit", "Binary", "Hamming"}) {
            exercise(description, metric, std::string(argv[1]) + "/exercise.index");
            std::printf("%s\n", description);
        }
        for (const char* description : {"Int8", "Int8 unit", "Binary", "Binary unit", "Hamming"}) {
            exercise_published(description, metric);
        }
        exercise_screen(metric);
    }
}
