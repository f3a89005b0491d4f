package io.earthembed.parquet;

import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.encoder.TilePicture;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileRecord;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import io.earthembed.pipeline.EmbeddingTarget;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Embeds a folder of shards for two models in one pass, and prints a line for each tile. {@link
 * KilledRunTest} runs it in a virtual machine of its own, to kill it.
 */
final class KilledRun {
  static final int PART_SIZE = 3;

  private KilledRun() {}

  /** Mean and spread of each channel, and the first pixel. */
  private record Statistics(String name, long pauseMillis) implements Encoder<Raster> {
    @Override
    public ModelInfo model() {
      return new ModelInfo(name, "1", 9);
    }

    @Override
    public Vectors encode(List<? extends Raster> inputs) {
      try {
        Thread.sleep(pauseMillis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      Vectors vectors = Vectors.allocate(inputs.size(), 9);
      for (int i = 0; i < inputs.size(); i++) vectors.set(i, statistics(inputs.get(i)));
      vectors.normalize();
      return vectors;
    }

    private static float[] statistics(Raster r) {
      float[] row = new float[9];
      for (int b = 0; b < 3; b++) {
        double sum = 0;
        double squares = 0;
        for (int y = 0; y < r.height(); y++) {
          for (int x = 0; x < r.width(); x++) {
            float v = r.get(y, x, b);
            sum += v;
            squares += v * v;
          }
        }
        int n = r.height() * r.width();
        row[b] = (float) (sum / n) + 1;
        row[3 + b] = (float) Math.sqrt(Math.max(0, squares / n - sum * sum / n / n));
        row[6 + b] = r.get(0, 0, b);
      }
      return row;
    }

    @Override
    public void close() {}
  }

  static EmbeddingPipeline.Report embed(Path shards, Path out, long pauseMillis) throws Exception {
    List<URI> urls = new ArrayList<>();
    try (Stream<Path> files = Files.list(shards)) {
      files.sorted().forEach(f -> urls.add(f.toUri()));
    }
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      List<TileRecord> tiles = new ArrayList<>();
      for (URI url : urls) tiles.addAll(store.list(url));
      Encoder<Raster> one = new Statistics("one", pauseMillis);
      Encoder<Raster> two = new Statistics("two", pauseMillis);
      return EmbeddingPipeline.builder(
              store,
              List.of(
                  new EmbeddingTarget(
                      one,
                      TilePicture.TRUE_COLOR,
                      Crops.center(12),
                      new GeoParquetSink(out.resolve("one"), one.model())),
                  new EmbeddingTarget(
                      two,
                      TilePicture.TRUE_COLOR,
                      Crops.fragments(8),
                      new GeoParquetSink(out.resolve("two"), two.model()))))
          .partSize(PART_SIZE)
          .batchSize(4)
          .readers(3)
          .maxFailures(tiles.size())
          .detailedProgress(progress -> System.out.println(progress))
          .build()
          .run(tiles);
    }
  }

  /** Arguments: folder of shards, folder of results, milliseconds for each batch. */
  public static void main(String[] args) throws Exception {
    embed(Path.of(args[0]), Path.of(args[1]), Long.parseLong(args[2]));
  }
}
