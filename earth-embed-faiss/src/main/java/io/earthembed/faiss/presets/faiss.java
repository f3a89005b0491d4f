package io.earthembed.faiss.presets;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * The JavaCPP preset for FAISS: which headers are mapped to {@code io.earthembed.faiss.internal},
 * and what is linked. The library is built twice, plain and with the platform extension {@code
 * -avx2}; {@code NativeFaiss} chooses, and loads OpenBLAS first: inheriting its preset would parse
 * all of LAPACK's headers for two functions.
 */
@Properties(
    value =
        @Platform(
            value = "linux-x86_64",
            compiler = "cpp17",
            include = {
              "faiss/MetricType.h",
              "faiss/Index.h",
              "faiss/index_io.h",
              "earthembed/training.h",
              "earthembed/binding.h"
            },
            link = {"openblas@.0", "faiss"},
            preload = "gomp@.1",
            preloadpath = {"/usr/lib/x86_64-linux-gnu/", "/lib/x86_64-linux-gnu/", "/usr/lib64/"}),
    target = "io.earthembed.faiss.internal",
    global = "io.earthembed.faiss.internal.Faiss")
public class faiss implements InfoMapper {
  @Override
  public void map(InfoMap infoMap) {
    infoMap
        .put(new Info("faiss::idx_t").cast().valueTypes("long").pointerTypes("LongPointer"))
        .put(new Info("FAISS_API").cppTypes().annotations())
        // A macro made of string pieces.
        .put(new Info("VERSION_STRING", "FAISS_STRINGIFY", "FAISS_TOSTRING").skip())
        // What the SDK does not call, and the parser cannot say in Java.
        .put(new Info("faiss::DistanceComputer", "faiss::RangeSearchResult").skip())
        .put(new Info("faiss::IndexBinary", "faiss::VectorTransform").skip())
        .put(new Info("faiss::ProductQuantizer", "faiss::InvertedLists").skip())
        .put(new Info("faiss::IOReader", "faiss::IOWriter").skip())
        .put(new Info("earthembed::inverted_file", "earthembed::refines").skip())
        .put(new Info("earthembed::MOST_IDS", "earthembed::LARGE").skip())
        .put(new Info("earthembed::hush", "earthembed::within", "earthembed::rotations").skip())
        .put(
            new Info(
                    "earthembed::cluster_numbers",
                    "earthembed::additive",
                    "earthembed::hush_codes",
                    "__wrap__ZN5faiss8kmeans1dEPKfmmPf")
                .skip());
  }
}
