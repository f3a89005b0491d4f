package io.earthembed.pipeline;

import io.earthembed.common.ProgressListener;
import io.earthembed.dataset.EmbeddingSink;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
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
 * is refused. With another {@linkplain #withPartName part name}, a longer list adds the missing
 * tiles to a sink.
 *
 * <p>Immutable. Several threads may call {@link #run} if their sinks or their {@linkplain
 * #withPartName part names} differ.
 */
public final class EmbeddingPipeline {
  private final ImageryStore store;
  private final List<EmbeddingTarget> targets;
  private final Settings settings;
  private final ProgressListener bar;
  private final Consumer<? super EmbeddingProgress> listener;

  /** The settings of a run; changed only before they are given to a pipeline. */
  static final class Settings {
    String partName = "part";
    int partSize = 512;
    int batchSize = 64;
    int readers = 64;
    long readAhead = 256L << 20;
    int maxFailures = 0;
    String source = "";
    boolean withoutBlank;

    Settings copy() {
      Settings copy = new Settings();
      copy.partName = partName;
      copy.partSize = partSize;
      copy.batchSize = batchSize;
      copy.readers = readers;
      copy.readAhead = readAhead;
      copy.maxFailures = maxFailures;
      copy.source = source;
      copy.withoutBlank = withoutBlank;
      return copy;
    }
  }

  private EmbeddingPipeline(
      ImageryStore store,
      List<EmbeddingTarget> targets,
      Settings settings,
      ProgressListener bar,
      Consumer<? super EmbeddingProgress> listener) {
    this.store = store;
    this.targets = targets;
    this.settings = settings;
    this.bar = bar;
    this.listener = listener;
  }

  /**
   * Returns a pipeline that makes several sets of embeddings in one pass over the pixels.
   *
   * @param store reads the tiles
   * @param targets at least one, each with a sink of its own
   */
  public static EmbeddingPipeline of(ImageryStore store, List<EmbeddingTarget> targets) {
    Set<EmbeddingSink> sinks = Collections.newSetFromMap(new IdentityHashMap<>());
    targets.forEach(target -> sinks.add(target.sink()));
    if (targets.isEmpty()) throw new IllegalArgumentException("no targets");
    if (sinks.size() != targets.size()) {
      throw new IllegalArgumentException("targets share a sink: " + targets);
    }
    return new EmbeddingPipeline(
        store, List.copyOf(targets), new Settings(), ProgressListener.NONE, progress -> {});
  }

  /**
   * Returns a pipeline for one model.
   *
   * @param store reads the tiles
   * @param model encodes the crops
   * @param crops squares to cut from a tile
   * @param sink receives the embeddings
   */
  public static EmbeddingPipeline of(
      ImageryStore store, EmbeddingModel model, Crops crops, EmbeddingSink sink) {
    return of(store, List.of(EmbeddingTarget.of(model, crops, sink)));
  }

  private EmbeddingPipeline with(Consumer<Settings> change) {
    Settings copy = settings.copy();
    change.accept(copy);
    return new EmbeddingPipeline(store, targets, copy, bar, listener);
  }

  /** Sets the number of tiles in a part (default 512). An interruption may cost up to one part. */
  public EmbeddingPipeline withPartSize(int tiles) {
    requirePositive("tiles", tiles);
    return with(s -> s.partSize = tiles);
  }

  /** Sets the number of crops in a batch (default 64). */
  public EmbeddingPipeline withBatchSize(int crops) {
    requirePositive("crops", crops);
    return with(s -> s.batchSize = crops);
  }

  /**
   * Sets the number of threads that read and decode tiles (default 64). Many threads hide a store's
   * latency: with a latency of 50 ms, 64 threads read at most 1,280 tiles per second. Fewer threads
   * work at once if whole tiles are large; see {@link #withReadAhead}.
   */
  public EmbeddingPipeline withReaders(int threads) {
    requirePositive("threads", threads);
    return with(s -> s.readers = threads);
  }

  /**
   * Sets the memory for whole tiles that are being read and cut, and equally for crops that wait
   * for the encoder (default 256 MiB each). The pipeline reads at most four tiles ahead per reader.
   * It always accepts one tile, even if that tile exceeds the limit.
   */
  public EmbeddingPipeline withReadAhead(long bytes) {
    if (bytes < 1) throw new IllegalArgumentException("bytes must be positive: " + bytes);
    return with(s -> s.readAhead = bytes);
  }

  /** Sets how many tiles of a run may fail (default 0). */
  public EmbeddingPipeline withMaxFailures(int tiles) {
    if (tiles < 0) throw new IllegalArgumentException("tiles must not be negative: " + tiles);
    return with(s -> s.maxFailures = tiles);
  }

  /**
   * Sets the first part of the parts' names (default {@code part}), as in {@code
   * name-00000-1a2b3c4d}. Runs over different tiles, such as the partitions of a cluster, can thus
   * share a sink. A run reads the ids in parts of other names first and skips their tiles, so that
   * none is embedded twice.
   *
   * @param name at most 100 letters, digits and underscores; not starting with an underscore, which
   *     would hide the files from readers of datasets
   */
  public EmbeddingPipeline withPartName(String name) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9_]{0,99}")) {
      throw new IllegalArgumentException(
          "name must be a letter or digit, then letters, digits and underscores: " + name);
    }
    return with(s -> s.partName = name);
  }

  /**
   * Sets the source of the tiles that each part records (default: the URL of the folder that the
   * part's shards have in common).
   */
  public EmbeddingPipeline withSource(String source) {
    return with(s -> s.source = source);
  }

  /**
   * Skips blank crops, whose pixels are all equal, such as black for missing data. Their embeddings
   * are all equal and crowd search results. By default the pipeline embeds them; {@link
   * Report#blank} lists them in both cases.
   */
  public EmbeddingPipeline withoutBlankCrops() {
    return with(s -> s.withoutBlank = true);
  }

  /**
   * Sets a listener for the number of finished tiles, for example a progress bar (default none).
   */
  public EmbeddingPipeline withProgress(ProgressListener other) {
    return new EmbeddingPipeline(store, targets, settings, other, listener);
  }

  /** Sets a listener for progress and rate, called after each tile (default none). */
  public EmbeddingPipeline withProgress(Consumer<? super EmbeddingProgress> other) {
    return new EmbeddingPipeline(store, targets, settings, bar, other);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) throw new IllegalArgumentException(name + " must be positive: " + value);
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
    ProgressMeter progress = new ProgressMeter(total, bar, listener);
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
   *     EmbeddingPipeline#withoutBlankCrops if so set}
   * @param elapsed duration of the run
   * @param encoderBusy share of the time between the ends of the first and the last batch in which
   *     an encoder worked; NaN with fewer than two batches. Time that its thread waited for a
   *     processor does not count as work, if the system measures it (Linux)
   */
  public record Report(
      long embedded,
      long resumed,
      List<FailedTile> failures,
      List<TileRecord> blank,
      Duration elapsed,
      double encoderBusy) {
    /** Copies its arguments. */
    public Report {
      failures = List.copyOf(failures);
      blank = List.copyOf(blank);
    }
  }
}
