package io.earthembed.guides.examples;

import io.earthembed.common.Device;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.faiss.MappedFaissIndex;
import io.earthembed.faiss.Recommendation;
import io.earthembed.faiss.SearchEffort;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.builtin.ShardedIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.QuantizedVectors;
import io.earthembed.vector.QuantizedVectors.Scaling;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** The code of docs/guides/indexes.md, and of searches in gpu.md. */
public final class IndexGuide {
  private IndexGuide() {}

  /** Returns a recommended index with its reason. */
  public static Recommendation choose() {
    // [choose
    Recommendation choice = FaissIndex.recommended(2_000_000, 768, 2_500_000_000L);
    System.out.println(choice.spec() + ": " + choice.explanation());
    // choose]
    return choice;
  }

  /** Trains, fills, saves. */
  public static void fill(Vectors sample, Vectors vectors, Path file) {
    // [fill
    FaissSpec spec = FaissSpec.ivf(64).withScalars(FaissSpec.Scalar.BITS_8).withNprobe(8);
    try (FaissIndex index = FaissIndex.trained(sample, Metric.INNER_PRODUCT, spec)) {
      index.add(vectors);
      index.label(new IndexLabel("siglip-so400m 1", "core-s2l2a"));
      index.save(file);
    }
    // fill]
  }

  /** Keeps published integers as they are. */
  public static Neighbors quantized() {
    // [quantized
    ByteBuffer codes = ByteBuffer.allocateDirect(6).put(new byte[] {127, 0, -3, 5, 90, 64}).flip();
    QuantizedVectors published =
        QuantizedVectors.bytes(QuantizedVectors.Format.INT8, codes, 3, Scaling.linear(0.0078, 0));
    try (FaissIndex index = FaissIndex.create(3, Metric.COSINE, FaissSpec.int8())) {
      index.add(published);
      return index.search(new float[] {1, 0, 0}, 2);
    }
    // quantized]
  }

  /** Searches on a GPU. */
  public static List<Neighbors> onGpu(Path file, Vectors queries) {
    // [onGpu
    try (MappedFaissIndex index = FaissIndex.open(file, Device.cuda(0))) {
      return index.search(queries, 10, OrdinalSet.all());
    }
    // onGpu]
  }

  /** Searches in several ways. */
  public static List<Neighbors> search(Path file, float[] query) {
    // [search
    try (MappedFaissIndex index = FaissIndex.open(file).requireModel("siglip-so400m 1")) {
      Neighbors quick = index.search(query, 10);
      List<Neighbors> thorough =
          index.search(Vectors.of(query), 10, OrdinalSet.all(), SearchEffort.nprobe(32));
      OrdinalSet even = OrdinalSet.where(index.size(), i -> i % 2 == 0);
      Neighbors field = index.searchAbove(query, 0.1f, even);
      return List.of(quick, thorough.get(0), field);
    }
    // search]
  }

  /** Merges parts into one index. */
  public static long merge(Path trained, Vectors vectors) {
    // [merge
    try (FaissIndex whole = FaissIndex.load(trained);
        FaissIndex part = FaissIndex.load(trained)) {
      part.add(vectors);
      whole.mergeFrom(part);
      return whole.size();
    }
    // merge]
  }

  /** Searches parts as shards of one index. */
  public static Neighbors shards(Path manifest, Path first, Path second, float[] query) {
    // [shards
    ShardedIndex.create(manifest, List.of(first, second), FaissIndex::open).close();
    try (ShardedIndex index = ShardedIndex.load(manifest, FaissIndex::open)) {
      return index.search(query, 10);
    }
    // shards]
  }
}
