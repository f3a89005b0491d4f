package io.earthembed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.dataset.TileRecords;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.vector.Metric;
import io.earthembed.vector.QuantizedVectors;
import io.earthembed.vector.QuantizedVectors.Format;
import io.earthembed.vector.QuantizedVectors.Scaling;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A dataset that is stored in 8 bits fills an index by its integers, batch by batch. */
class QuantizedDatasetTest {
  private record Stored(Planet planet, List<QuantizedVectors> batches) implements EmbeddingDataset {
    @Override
    public ModelInfo model() {
      return planet.model();
    }

    @Override
    public TileRecords catalog() {
      return planet.catalog();
    }

    @Override
    public void forEachBatch(Consumer<Vectors> consumer) {
      throw new AssertionError("floats are not asked for");
    }

    @Override
    public boolean forEachQuantizedBatch(Consumer<QuantizedVectors> consumer) {
      batches.forEach(consumer);
      return true;
    }
  }

  @Test
  void fillsAnIndex() {
    Random random = new Random(1);
    List<QuantizedVectors> batches = new ArrayList<>();
    for (int rows : new int[] {30, 1, 19}) {
      byte[] codes = new byte[rows * Planet.DIMENSION];
      random.nextBytes(codes);
      ByteBuffer direct = ByteBuffer.allocateDirect(codes.length).put(codes).flip();
      batches.add(
          QuantizedVectors.bytes(
              Format.INT8, direct, Planet.DIMENSION, Scaling.linear(1.0 / 128, 0)));
    }
    Planet planet = Planet.of(5, 50);
    ExactIndex index = new ExactIndex(Planet.DIMENSION, Metric.COSINE);
    try (EarthExplorer explorer =
        EarthExplorer.open(new Stored(planet, batches), planet.everything(), index)) {
      assertEquals(50, index.size());
      float[] row = new float[Planet.DIMENSION];
      index.reconstruct(31, row);
      Vectors expected = batches.get(2).toVectors();
      expected.normalize();
      assertArrayEquals(expected.row(0), row, 1e-6f);
    }
  }
}
