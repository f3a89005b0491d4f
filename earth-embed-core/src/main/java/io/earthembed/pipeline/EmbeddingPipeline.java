package io.earthembed.pipeline;

import io.earthembed.common.ProgressListener;
import io.earthembed.dataset.EmbeddingSink;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileRecord;
import io.earthembed.internal.Checks;
import io.earthembed.internal.Settings;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes embeddings. Many threads read and decode tiles and cut them into crops; the pipeline
 * encodes the crops in batches and writes them part by part. The stages overlap. A slow stage holds
 * back the stages before it, so memory stays bounded for any number of tiles. One pass over the
 * pixels can feed several models.
 *
 * <p>After an interruption, a second run over equal tiles resumes with the missing parts. A part's
 * name contains its number and a checksum of its tiles and crops; a sink with parts of other work
 * is refused. With another {@linkplain Builder#partName part name}, a longer list adds the missing
 * tiles to a sink.
 *
 * <p>Immutable. Several threads may call {@link #run} if their sinks or their {@linkplain
 * Builder#partName part names} differ.
 */
public final class EmbeddingPipeline {
  private final ImageryStore store;
  private final List<EmbeddingTarget> targets;
  private final Values settings;

  /** The settings of a run. */
  static final class Values extends Settings<Values> {
    String partName = "part";
    int partSize = 512;
    int batchSize = 64;
    int readers = 64;
    long readAhead = 256L << 20;
    int maxFailures = 0;
    String source = "";
    boolean skipBlankCrops;
    ProgressListener progress = ProgressListener.NONE;
    Consumer<? super EmbeddingProgress> detailedProgress = progress -> {};
  }

  private EmbeddingPipeline(ImageryStore store, List<EmbeddingTarget> targets, Values settings) {
    this.store = store;
    this.targets = targets;
    this.settings = settings;
  }

  /**
   * Returns a pipeline with the defaults that makes several sets of embeddings in one pass over the
   * pixels.
   *
   * @param store reads the tiles
   * @param targets at least one, each with a sink of its own
   */
  public static EmbeddingPipeline of(ImageryStore store, List<EmbeddingTarget> targets) {
    return builder(store, targets).build();
  }

  /**
   * Returns a pipeline with the defaults for one model.
   *
   * @param store reads the tiles
   * @param model encodes the crops
   * @param crops squares to cut from a tile
   * @param sink receives the embeddings
   */
  public static EmbeddingPipeline of(
      ImageryStore store, EmbeddingModel model, Crops crops, EmbeddingSink sink) {
    return builder(store, model, crops, sink).build();
  }

  /** Returns a builder of a pipeline as {@link #of(ImageryStore, List)} returns. */
  public static Builder builder(ImageryStore store, List<EmbeddingTarget> targets) {
    Set<EmbeddingSink> sinks = Collections.newSetFromMap(new IdentityHashMap<>());
    targets.forEach(target -> sinks.add(target.sink()));
    if (targets.isEmpty()) throw new IllegalArgumentException("no targets");
    if (sinks.size() != targets.size()) {
      throw new IllegalArgumentException("targets share a sink: " + targets);
    }
    return new Builder(store, List.copyOf(targets), new Values());
  }

  /**
   * Returns a builder of a pipeline as {@link #of(ImageryStore, EmbeddingModel, Crops,
   * EmbeddingSink)} returns.
   */
  public static Builder builder(
      ImageryStore store, EmbeddingModel model, Crops crops, EmbeddingSink sink) {
    return builder(store, List.of(EmbeddingTarget.of(model, crops, sink)));
  }

  /** Returns a builder of a pipeline with this store, these targets and these settings. */
  public Builder toBuilder() {
    return new Builder(store, targets, settings.copy());
  }

  /**
   * Embeds tiles in order and returns when everything is written. If it throws, it first waits up
   * to a minute for each thread that uses the store or the sinks; a thread that takes longer is
   * logged.
   *
   * @param tiles tiles with a source; if this is a collection, its size is the total of the
   *     progress
   * @return a summary of the run
   * @throws io.earthembed.common.EarthEmbedException if more tiles fail than allowed, a sink holds
   *     parts of other work, or a part cannot be written; complete parts remain, and a later run
   *     resumes from them
   */
  public Report run(Iterable<TileRecord> tiles) {
    return run(tiles.iterator(), tiles instanceof Collection<?> known ? known.size() : -1);
  }

  /**
   * Embeds tiles in order and returns when everything is written.
   *
   * @param tiles tiles with a source; another thread calls the iterator, some tiles ahead
   * @param total number of tiles, or -1 if unknown
   * @see #run(Iterable)
   */
  public Report run(Iterator<TileRecord> tiles, long total) {
    ProgressMeter progress = new ProgressMeter(total, settings.progress, settings.detailedProgress);
    return new PipelineRun(store, targets, settings, tiles, progress).run();
  }

  /**
   * The summary of a run.
   *
   * @param embedded tiles that this run encoded and wrote, for all targets that lacked them
   * @param resumed tiles that parts of this or another name already held, or that are repeated in
   *     the list
   * @param failures tiles that failed in this run
   * @param blank this run's blank crops in order, by their own ids; written, or skipped {@linkplain
   *     Builder#skipBlankCrops if so set}
   * @param elapsed duration of the run
   * @param encoderBusy share of the time between the ends of the first and the last batch in which
   *     an encoder worked; NaN with fewer than two batches. Time that its thread waited for a
   *     processor does not count as work, if the system measures it (Linux)
   * @param assumptions what the encoders assumed of crops because it is unknown ({@link
   *     io.earthembed.encoder.Encoder#assumptions}), and the number of crops of this run
   */
  public record Report(
      long embedded,
      long resumed,
      List<FailedTile> failures,
      List<TileRecord> blank,
      Duration elapsed,
      double encoderBusy,
      Map<String, Long> assumptions) {
    /** Copies its arguments. */
    public Report {
      failures = List.copyOf(failures);
      blank = List.copyOf(blank);
      assumptions = Map.copyOf(assumptions);
    }
  }

  /** Builds pipelines. Not safe for several threads at once. */
  public static final class Builder {
    private final ImageryStore store;
    private final List<EmbeddingTarget> targets;
    private final Values values;

    private Builder(ImageryStore store, List<EmbeddingTarget> targets, Values values) {
      this.store = store;
      this.targets = targets;
      this.values = values;
    }

    /**
     * Sets the number of tiles in a part, at least 1 (default 512). An interruption may cost up to
     * one part.
     */
    public Builder partSize(int tiles) {
      Checks.positive("partSize", tiles);
      values.partSize = tiles;
      return this;
    }

    /** Sets the number of crops in a batch, at least 1 (default 64). */
    public Builder batchSize(int crops) {
      Checks.positive("batchSize", crops);
      values.batchSize = crops;
      return this;
    }

    /**
     * Sets the number of threads that read and decode tiles, at least 1 (default 64). Many threads
     * hide a store's latency: with a latency of 50 ms, 64 threads read at most 1,280 tiles per
     * second. Fewer threads work at once if whole tiles are large; see {@link #readAhead}.
     */
    public Builder readers(int threads) {
      Checks.positive("readers", threads);
      values.readers = threads;
      return this;
    }

    /**
     * Sets the memory for whole tiles that are being read and cut, and equally for crops that wait
     * for the encoder, at least 1 (default 256 MiB each). The pipeline reads at most four tiles
     * ahead per reader. It always accepts one tile, even if that tile exceeds the limit.
     */
    public Builder readAhead(long bytes) {
      Checks.positive("readAhead", bytes);
      values.readAhead = bytes;
      return this;
    }

    /** Sets how many tiles of a run may fail, 0 or more (default 0). */
    public Builder maxFailures(int tiles) {
      Checks.notNegative("maxFailures", tiles);
      values.maxFailures = tiles;
      return this;
    }

    /**
     * Sets the first part of the parts' names (default {@code part}), as in {@code
     * name-00000-1a2b3c4d}. Runs over different tiles, such as the partitions of a cluster, can
     * thus share a sink. A run reads the ids in parts of other names first and skips their tiles,
     * so that none is embedded twice.
     *
     * @param name at most 100 letters, digits and underscores; not starting with an underscore,
     *     which would hide the files from readers of datasets
     */
    public Builder partName(String name) {
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9_]{0,99}")) {
        throw new IllegalArgumentException(
            "partName must be a letter or digit, then letters, digits and underscores: " + name);
      }
      values.partName = name;
      return this;
    }

    /**
     * Sets the source of the tiles that each part records (default: the URL of the folder that the
     * part's shards have in common).
     */
    public Builder source(String source) {
      values.source = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Sets whether to skip blank crops, whose pixels are all equal, such as black for missing data
     * (default false). Their embeddings are all equal and crowd search results. {@link
     * Report#blank} lists them in both cases.
     */
    public Builder skipBlankCrops(boolean skip) {
      values.skipBlankCrops = skip;
      return this;
    }

    /**
     * Sets a listener for the number of finished tiles, for example a progress bar (default none).
     */
    public Builder progress(ProgressListener listener) {
      values.progress = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /** Sets a listener for progress and rate, called after each tile (default none). */
    public Builder detailedProgress(Consumer<? super EmbeddingProgress> listener) {
      values.detailedProgress = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /** Returns the pipeline. */
    public EmbeddingPipeline build() {
      return new EmbeddingPipeline(store, targets, values.copy());
    }
  }
}
