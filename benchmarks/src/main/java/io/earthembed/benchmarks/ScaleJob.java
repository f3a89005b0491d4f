package io.earthembed.benchmarks;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import io.earthembed.parquet.MetadataIndex;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.ShardTile;
import io.earthembed.parquet.ShardWriter;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import io.earthembed.view.SimilarityMap;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A job of {@link Scale}, and the process that measures it: {@code JOB FACTOR}. */
enum ScaleJob {
  EMBED("tiles embedded out of shards by range", 100) {
    @Override
    Work prepare(int tiles, Path folder) throws IOException {
      Archive archive = Archive.publish(folder, tiles);
      EmbeddingModel model = DemoModel.load();
      int[] run = {0};
      return () -> {
        GeoParquetSink sink = new GeoParquetSink(folder.resolve("out" + run[0]++), model.info());
        EmbeddingPipeline.of(archive.store, model, Crops.center(64), sink).run(archive.tiles);
      };
    }
  },
  FETCH("tiles fetched out of shards by range", 100) {
    @Override
    Work prepare(int tiles, Path folder) throws IOException {
      Archive archive = Archive.publish(folder, tiles);
      List<TileRef> refs = new ArrayList<>();
      for (TileRecord tile : archive.tiles) {
        TileRef source = tile.source();
        if (source != null) refs.add(source);
      }
      // Tiles are dropped on arrival, as in a pipeline.
      return () -> {
        for (int from = 0; from < refs.size(); from += 50) {
          archive.store.fetchAll(refs.subList(from, from + 50), TileParts.TRUE_COLOR);
        }
      };
    }
  },
  WRITE("embeddings of 256 written", 2_500) {
    @Override
    Work prepare(int rows, Path folder) {
      GeoParquetSink sink = new GeoParquetSink(folder, SyntheticData.info(256));
      List<EmbeddedTile> tiles =
          SyntheticData.tiles(rows).stream().map(t -> new EmbeddedTile(t, null)).toList();
      Vectors vectors = SyntheticData.vectors(rows, 256, 1);
      return () -> sink.write("part", tiles, vectors);
    }
  },
  LOAD("embeddings of 256 opened and loaded", 2_500) {
    @Override
    Work prepare(int rows, Path folder) throws IOException {
      WRITE.prepare(rows, folder).run();
      return () -> GeoParquetDataset.open(folder).vectors();
    }
  },
  FLAT("one flat search among vectors of 256", 5_000) {
    @Override
    Work prepare(int rows, Path folder) {
      FaissIndex index = FaissIndex.flat(256, Metric.INNER_PRODUCT);
      Vectors vectors = SyntheticData.vectors(rows, 256, 1);
      index.add(vectors);
      return () -> index.search(vectors.row(7), 10);
    }
  },
  IVF("one search of 16 cells among the square root of n", 5_000) {
    @Override
    Work prepare(int rows, Path folder) {
      Vectors vectors = SyntheticData.vectors(rows, 256, 1);
      int cells = (int) Math.sqrt(rows);
      Vectors sample = SyntheticData.vectors(Math.min(rows, 39 * cells), 256, 2);
      FaissIndex index =
          FaissIndex.trained(sample, Metric.INNER_PRODUCT, FaissSpec.ivf(cells).withNprobe(16));
      index.add(vectors);
      return () -> index.search(vectors.row(7), 10);
    }
  },
  BUILD_IVF("an inverted file of 256 cells trained and filled, 64-d", 10_000) {
    @Override
    Work prepare(int rows, Path folder) {
      Vectors vectors = SyntheticData.vectors(rows, 64, 1);
      Vectors sample = SyntheticData.vectors(10_000, 64, 2);
      return () -> {
        try (FaissIndex index =
            FaissIndex.trained(sample, Metric.INNER_PRODUCT, FaissSpec.ivf(256).withNprobe(8))) {
          index.add(vectors);
        }
      };
    }
  },
  CATALOG("tiles put into a catalog", 10_000) {
    @Override
    Work prepare(int tiles, Path folder) {
      List<TileRecord> records = SyntheticData.tiles(tiles);
      return () -> TileCatalog.of(records);
    }
  },
  FILTER("a catalog filtered by box, years and clouds", 20_000) {
    @Override
    Work prepare(int tiles, Path folder) {
      TileCatalog catalog = SyntheticData.catalog(tiles);
      return () -> catalog.select(SyntheticData.BOX_YEARS_CLOUDS);
    }
  },
  MAP("a search with the score field, and its map as PNG", 2_500) {
    @Override
    Work prepare(int tiles, Path folder) {
      EarthExplorer earth = explorer(tiles);
      return () -> map(earth).toPng();
    }
  },
  PAGE("the page of the same", 2_500) {
    @Override
    Work prepare(int tiles, Path folder) {
      EarthExplorer earth = explorer(tiles);
      return () -> map(earth).toHtml();
    }
  },
  METADATA("a metadata index built", 20_000) {
    @Override
    Work prepare(int tiles, Path folder) {
      List<TileRecord> records = SyntheticData.tiles(tiles);
      return () -> {
        MetadataIndex.Builder builder = MetadataIndex.builder();
        for (TileRecord tile : records) {
          TileRef source = tile.source();
          String product = tile.productId();
          if (source != null && product != null) builder.add(tile.cell(), product, source);
        }
        builder.build();
      };
    }
  };

  final String what;
  private final int unit;

  ScaleJob(String what, int unit) {
    this.what = what;
    this.unit = unit;
  }

  interface Work {
    void run() throws IOException;
  }

  /** Prepares the data of the work; not measured. */
  abstract Work prepare(int size, Path folder) throws IOException;

  private static EarthExplorer explorer(int tiles) {
    EmbeddingIndex index = new ExactIndex(16, Metric.INNER_PRODUCT);
    return EarthExplorer.open(
        SyntheticData.dataset(SyntheticData.catalog(tiles), SyntheticData.vectors(tiles, 16, 1)),
        SyntheticData.model(16),
        index);
  }

  private static SimilarityMap map(EarthExplorer earth) {
    return SimilarityMap.of(
        earth.search(Query.tile("tile-7"), SearchOptions.builder().k(25).scoreField().build()));
  }

  /** Shards of a hundred tiles with 64 x 64 pixels and three bands, on a server in this process. */
  private record Archive(ParquetImageryStore store, List<TileRecord> tiles) {
    static Archive publish(Path folder, int tiles) throws IOException {
      Landscape landscape = Landscape.generate(LandscapeKind.RIVER, 1, 64);
      Map<Band, Raster> bands = new EnumMap<>(Band.class);
      for (Band band : List.of(Band.B02, Band.B03, Band.B04)) {
        GeoReference place = new GeoReference(32632, 500_000, 5_000_000, 10);
        bands.put(band, landscape.band(band).withReference(place));
      }
      RangeServer server = RangeServer.start(folder);
      ParquetImageryStore store = ParquetImageryStore.open();
      List<TileRecord> records = new ArrayList<>();
      for (int from = 0; from < tiles; from += 100) {
        String name = "part_" + from / 100 + ".parquet";
        try (ShardWriter writer = new ShardWriter(folder.resolve(name))) {
          for (int i = from; i < from + 100; i++) {
            writer.add(
                new ShardTile(
                    new GridCell(i % 900, i / 900),
                    "product-" + i,
                    Instant.EPOCH,
                    new GeoPoint(45, 9),
                    bands,
                    null));
          }
          writer.finish();
        }
        records.addAll(store.list(server.url(name)));
      }
      return new Archive(store, records);
    }
  }

  /** Prints the work, the seconds, and the peaks of resident memory and heap in megabytes. */
  public static void main(String[] args) throws IOException {
    ScaleJob job = valueOf(args[0]);
    int size = job.unit * Integer.parseInt(args[1]);
    Path folder = Files.createTempDirectory("earth-embed-scale");
    try {
      Work work = job.prepare(size, folder);
      double[] seconds = new double[3];
      // A short job runs several times per measurement, which would otherwise time the clock and
      // the JIT.
      int times = 1;
      double warm = time(work, 1);
      if (warm < 0.2) {
        time(work, Math.max(3, (int) (0.5 / Math.max(1e-5, warm))));
        times = Math.max(1, (int) (0.3 / Math.max(1e-5, time(work, 3))));
      }
      for (int i = 0; i < seconds.length; i++) seconds[i] = time(work, times);
      Arrays.sort(seconds);
      long heap =
          ManagementFactory.getMemoryPoolMXBeans().stream()
              .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
              .map(MemoryPoolMXBean::getPeakUsage)
              .mapToLong(java.lang.management.MemoryUsage::getUsed)
              .sum();
      String peak =
          Files.readString(Path.of("/proc/self/status"))
              .lines()
              .filter(line -> line.startsWith("VmHWM"))
              .findFirst()
              .orElseThrow()
              .replaceAll("\\D", "");
      System.out.printf(
          Locale.ROOT,
          "%d\t%.9f\t%.1f\t%.1f%n",
          size,
          seconds[1],
          Long.parseLong(peak) / 1024.0,
          heap / 1048576.0);
    } finally {
      SyntheticData.remove(folder);
    }
    System.exit(0);
  }

  private static double time(Work work, int times) throws IOException {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) work.run();
    return (System.nanoTime() - start) / 1e9 / times;
  }
}
