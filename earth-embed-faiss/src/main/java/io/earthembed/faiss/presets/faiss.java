package io.earthembed.faiss.presets;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * The JavaCPP preset for FAISS: names the header that is mapped to {@code
 * io.earthembed.faiss.internal}, and the OpenMP runtime to load first. The header needs none of
 * FAISS's to be mapped, so the Java classes compile where FAISS cannot be built. {@code binding.sh}
 * builds the library for each platform, for Linux on x86-64 twice, plain and with the platform
 * extension {@code -avx2}; {@code NativeFaiss} chooses one and loads OpenBLAS first. Inheriting
 * OpenBLAS's preset would parse all of LAPACK's headers for two functions.
 */
@Properties(
    value = {
      @Platform(
          value = {"linux-x86_64", "linux-arm64", "windows-x86_64", "macosx-arm64"},
          compiler = "cpp17",
          include = "earthembed/binding.h"),
      @Platform(
          value = {"linux-x86_64", "linux-arm64"},
          preload = "gomp@.1"),
      @Platform(value = "macosx-arm64", preload = "omp"),
    },
    target = "io.earthembed.faiss.internal",
    global = "io.earthembed.faiss.internal.Faiss")
public class faiss implements InfoMapper {
  @Override
  public void map(InfoMap infoMap) {
    infoMap
        .put(new Info("FAISS_API").cppTypes().annotations())
        // Only C++ constructs it; Java gets it from make_index and open_index.
        .put(new Info("earthembed::LayeredIndex").purify())
        .put(new Info("earthembed::LayeredIndex::LayeredIndex").skip())
        .put(new Info("earthembed::LayeredIndex::layers").skip())
        .put(new Info("earthembed::LayeredIndex::screen").skip())
        .put(new Info("earthembed::LayeredIndex::extend_screen").skip())
        .put(new Info("earthembed::LayeredIndex::release").skip());
  }
}
