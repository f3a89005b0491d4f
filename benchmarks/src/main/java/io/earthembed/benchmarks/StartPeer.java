package io.earthembed.benchmarks;

import io.earthembed.EarthExplorer;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileParts;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.vector.Metric;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Our side of {@code benchmarks/peers/start/start.py}: a process from its start to five pictures.
 * {@code save FOLDER} saves an explorer of the set that {@link SeedPeer} made. {@code dataset
 * FOLDER} opens the set, fills an index, searches a text and fetches the pictures of the five best
 * tiles; {@code saved FOLDER} does the same with the saved explorer. Both print the ordinals of the
 * tiles and the peak of the process's memory in bytes.
 */
public final class StartPeer {
  private static final String TEXT = "a satellite image of a river";

  private StartPeer() {}

  /** Runs a command; see the class. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[1]);
    switch (args[0]) {
      case "save" -> {
        try (EarthExplorer earth = ofDataset(folder)) {
          earth.save(folder.resolve("saved"));
        }
      }
      case "dataset" -> ask(ofDataset(folder));
      case "saved" -> {
        // The system's library of FAISS loads beside the model.
        Thread library = new Thread(FaissIndex::isAvailable);
        library.start();
        EmbeddingModel model = SeedPeer.model();
        ask(
            EarthExplorer.open(folder.resolve("saved"), model, ParquetImageryStore.open())
                .owning());
      }
      default -> throw new IllegalArgumentException("no such command: " + args[0]);
    }
  }

  private static EarthExplorer ofDataset(Path folder) throws IOException {
    GeoParquetDataset dataset = GeoParquetDataset.open(folder.resolve("set"));
    FaissIndex index = FaissIndex.flat(SeedPeer.DIMENSION, Metric.INNER_PRODUCT);
    return EarthExplorer.open(dataset, SeedPeer.model(), index, ParquetImageryStore.open())
        .owning();
  }

  private static void ask(EarthExplorer earth) throws IOException {
    try (earth) {
      SearchResult found = earth.search(Query.text(TEXT), SearchOptions.top(5));
      for (ImageryStore.Outcome tile : earth.fetch(found, TileParts.THUMBNAIL)) tile.orThrow();
      StringBuilder answer = new StringBuilder("ok");
      for (Hit hit : found.hits()) answer.append(' ').append(hit.ordinal());
      System.out.println(answer + " " + Memory.peak());
    }
  }
}
