package io.earthembed.cli;

import com.google.gson.JsonObject;
import io.earthembed.EarthExplorer;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.faiss.FaissSpec;
import io.earthembed.faiss.Recommendation;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Builds a FAISS index of embeddings. */
@Command(
    name = "index",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Builds a FAISS index of embeddings, which search and explore open with --index. It pays"
            + " from some hundred thousand tiles on.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  earth-embed index --embeddings work --out work/index.faiss",
      "  earth-embed index --embeddings work --out work/index.faiss --kind IVF1024,SQ8"
    })
final class IndexCommand implements Callable<Integer> {
  /** A petabyte, in MB. */
  private static final long MOST_MEMORY = 1_000_000_000;

  @Option(
      names = "--embeddings",
      required = true,
      paramLabel = "DIR",
      description =
          "embeddings in GeoParquet: a file, a folder of files, or the folder that the command"
              + " embed was given as --out")
  private Path embeddings = Path.of("embeddings");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "file of the index; an earlier one is replaced when the new one is whole")
  private Path file = Path.of("index.faiss");

  @Option(
      names = "--kind",
      paramLabel = "FAISS",
      description =
          "FAISS factory string, such as IVF4096,PQ64x4fs (default: chosen by the number of tiles"
              + " and --memory)")
  private @Nullable String kind;

  @Option(
      names = "--memory",
      paramLabel = "MB",
      defaultValue = "4000",
      description =
          "memory that the index may take, if --kind is not given (default: ${DEFAULT-VALUE})")
  private long memory = 4000;

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "100000",
      description = "most vectors to train on, spread over all (default: ${DEFAULT-VALUE})")
  private int sample = 100_000;

  @Option(names = "--json", description = "print one line of JSON at the end, and nothing else")
  private boolean json;

  private final PrintWriter out;
  private final PrintWriter err;

  IndexCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException {
    if (sample < 1) throw new IllegalArgumentException("--sample is not positive: " + sample);
    if (memory < 1 || memory > MOST_MEMORY) {
      throw new IllegalArgumentException("--memory is outside [1, " + MOST_MEMORY + "]: " + memory);
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new IllegalArgumentException("--out is in no folder: " + file);
    }
    PrintWriter console = json ? err : out;
    GeoParquetDataset dataset = GeoParquetDataset.open(EmbeddingsOptions.folder(embeddings));
    long rows = dataset.catalog().size();
    int dimension = dataset.model().dimension();
    console.println(Words.count(rows, "tile") + " of " + dataset.model() + " in " + dataset.name());
    if (rows == 0) throw new IllegalArgumentException("--embeddings has no tile: " + embeddings);
    FaissSpec spec = spec(console, rows, dimension);
    try (FaissIndex index = create(dimension, spec)) {
      long start = System.nanoTime();
      int trained = 0;
      if (!index.isTrained()) {
        Vectors vectors = sample(dataset, rows, dimension);
        trained = Math.toIntExact(vectors.rows());
        train(index, vectors);
      }
      double training = (System.nanoTime() - start) / 1e9;
      start = System.nanoTime();
      try (EmbeddingModel model = EmbeddingModel.withoutEncoders(dataset.model())) {
        // An explorer fills the index and labels it; it does not own it.
        EarthExplorer.open(dataset, model, index).close();
        index.save(file);
      }
      double filling = (System.nanoTime() - start) / 1e9;
      long bytes = Files.size(file);
      if (trained > 0) {
        console.printf(
            Locale.ROOT, "trained on %s in %.1f s%n", Words.count(trained, "vector"), training);
      }
      console.printf(
          Locale.ROOT, "%s: filled in %.1f s, %.1f MB, in %s%n", spec, filling, bytes / 1e6, file);
      if (json) {
        JsonObject report = new JsonObject();
        report.addProperty("index", file.toString());
        report.addProperty("kind", spec.factoryString());
        report.addProperty("model", dataset.model().nameAndVersion());
        report.addProperty("vectors", index.size());
        report.addProperty("dimension", dimension);
        report.addProperty("trained", trained);
        report.addProperty("bytes", bytes);
        report.addProperty("trainingSeconds", Math.rint(training * 1e3) / 1e3);
        report.addProperty("fillingSeconds", Math.rint(filling * 1e3) / 1e3);
        out.println(HitJson.line(report));
      }
    }
    return 0;
  }

  private FaissSpec spec(PrintWriter console, long rows, int dimension) {
    try {
      if (kind != null) return FaissSpec.factory(kind);
      Recommendation choice = FaissIndex.recommended(rows, dimension, memory * 1_000_000);
      console.println(choice.spec() + ": " + choice.explanation());
      return choice.spec();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option() + ": " + e.getMessage(), e);
    }
  }

  private FaissIndex create(int dimension, FaissSpec spec) {
    try {
      return FaissIndex.create(dimension, Metric.INNER_PRODUCT, spec);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option() + ": " + e.getMessage(), e);
    }
  }

  /** Returns the option that chose the kind. */
  private String option() {
    return kind == null ? "--memory " + memory : "--kind " + kind;
  }

  private void train(FaissIndex index, Vectors vectors) {
    try {
      index.train(vectors);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option() + ": " + e.getMessage(), e);
    }
  }

  /** Returns vectors that are spread evenly over the dataset. */
  private Vectors sample(GeoParquetDataset dataset, long rows, int dimension) {
    int count = (int) Math.min(rows, sample);
    Vectors chosen = Vectors.allocate(count, dimension);
    long[] next = {0, 0}; // the next row of the dataset, and of the sample
    dataset.forEachBatch(
        batch -> {
          for (long i = 0; i < batch.rows(); i++, next[0]++) {
            if (next[1] < count && next[0] == next[1] * rows / count) {
              chosen.set(next[1]++, batch.row(i));
            }
          }
        });
    return chosen;
  }
}
