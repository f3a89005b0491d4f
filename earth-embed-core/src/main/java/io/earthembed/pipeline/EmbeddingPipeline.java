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
 * Makes embeddings: tiles are read and decoded by many threads, cut into crops, encoded in batches
 * and written part by part. The four overlap; a slower one holds back those before it, so that
 * memory stays bounded however many tiles there are. Several models may be fed in one pass over the
 * pixels.
 *
 * <p>Run again over the same tiles after an interruption, it goes on with the parts that are
 * missing. A part's name carries its number and a checksum of the tiles and the crops it was made
 * from; a sink that holds parts of other work is refused. Under another {@linkplain #withPartName
 * name of parts}, a list that has grown adds to a sink what it lacks.
 *
 * <p>Immutable; {@link #run} may be called from several threads if their sinks differ, or their
 * {@linkplain #withPartName names of parts}.
 */
public final class EmbeddingPipeline {
  private final ImageryStore store;
  private final List<EmbeddingTarget> targets;
  private final Settings settings;
  private final ProgressListener bar;
  private final Consumer<? super EmbeddingProgress> listener;

  /** What a run goes by; changed only before a pipeline has it. */
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
   * A pipeline that makes several sets of embeddings in one pass over the pixels.
   *
   * @param store reads the tiles; any source of pixels is one
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
   * A pipeline for one model.
   *
   * @param store reads the tiles
   * @param model encodes the crops
   * @param crops which squares of a tile
   * @param sink takes the embeddings
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

  /** The same, with so many tiles in a part, which is what an interruption may cost; 512. */
  public EmbeddingPipeline withPartSize(int tiles) {
    requirePositive("tiles", tiles);
    return with(s -> s.partSize = tiles);
  }

  /** The same, with so many crops encoded at once; 64. */
  public EmbeddingPipeline withBatchSize(int crops) {
    requirePositive("crops", crops);
    return with(s -> s.batchSize = crops);
  }

  /**
   * The same, with so many threads that read and decode tiles; 64. A store must be read by as many
   * at once to hide its latency: 50 ms of latency and 64 threads make 1,280 tiles a second at the
   * most. Fewer work at once where whole tiles are large, see {@link #withReadAhead}.
   */
  public EmbeddingPipeline withReaders(int threads) {
    requirePositive("threads", threads);
    return with(s -> s.readers = threads);
  }

  /**
   * The same, with so many bytes for whole tiles while they are read and cut, and as many for crops
   * that wait for the encoder; 256 MiB each. Four tiles for each reader are read ahead where that
   * is less, and one tile is worked on however large it is.
   */
  public EmbeddingPipeline withReadAhead(long bytes) {
    if (bytes < 1) throw new IllegalArgumentException("bytes must be positive: " + bytes);
    return with(s -> s.readAhead = bytes);
  }

  /** The same, which goes on until more than so many tiles of a run have failed; 0. */
  public EmbeddingPipeline withMaxFailures(int tiles) {
    if (tiles < 0) throw new IllegalArgumentException("tiles must not be negative: " + tiles);
    return with(s -> s.maxFailures = tiles);
  }

  /**
   * The same, with parts of another name than {@code part}, so that runs over different tiles, such
   * as the partitions of a cluster, may share a sink: {@code name-00000-1a2b3c4d}. Tiles of which
   * the sink holds embeddings in parts of other names are left out of the run, so that none is
   * there twice; the ids in those parts are read first.
   *
   * @param name letters, digits and underscores, at most 100, of which an underscore is not the
   *     first: files of such names are hidden to readers of datasets
   */
  public EmbeddingPipeline withPartName(String name) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9_]{0,99}")) {
      throw new IllegalArgumentException(
          "name must be a letter or digit, then letters, digits and underscores: " + name);
    }
    return with(s -> s.partName = name);
  }

  /**
   * The same, which writes this into each part as the origin of the tiles; else it is the URL of
   * the folder that the part's shards have in common.
   */
  public EmbeddingPipeline withSource(String source) {
    return with(s -> s.source = source);
  }

  /**
   * The same, without embeddings of crops that show nothing: those whose pixels are all equal, such
   * as the black of no data. Their embeddings are all the same, so that they crowd searches; unless
   * left out, they are made, and told of as well, see {@link Report#blank}.
   */
  public EmbeddingPipeline withoutBlankCrops() {
    return with(s -> s.withoutBlank = true);
  }

  /** The same, telling a listener how many tiles are done, for a bar. */
  public EmbeddingPipeline withProgress(ProgressListener other) {
    return new EmbeddingPipeline(store, targets, settings, other, listener);
  }

  /** The same, telling a listener after each tile how far it has come, at what rate. */
  public EmbeddingPipeline withProgress(Consumer<? super EmbeddingProgress> other) {
    return new EmbeddingPipeline(store, targets, settings, bar, other);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) throw new IllegalArgumentException(name + " must be positive: " + value);
  }

  /**
   * Embeds tiles, in order. Returns when all is written. Where it throws, threads that use the
   * store and the sinks are waited for, a minute each; one that takes longer is told of in the log.
   *
   * @param tiles each with a source; its size is the total of the progress if it is a collection
   * @return what was done
   * @throws io.earthembed.common.EarthEmbedException if more tiles fail than allowed, a sink holds
   *     parts of other work, or a part cannot be written; parts that are complete stay, and a later
   *     run goes on from there
   */
  public Report run(Iterable<TileRecord> tiles) {
    return run(tiles.iterator(), tiles instanceof Collection<?> known ? known.size() : -1);
  }

  /**
   * Embeds tiles, in order. Returns when all is written.
   *
   * @param tiles each with a source; asked for by another thread, some tiles ahead
   * @param total how many there are, or -1 where that is unknown
   * @see #run(Iterable)
   */
  public Report run(Iterator<TileRecord> tiles, long total) {
    ProgressMeter progress = new ProgressMeter(total, bar, listener);
    return new PipelineRun(store, targets, settings, tiles, progress).run();
  }

  /**
   * What a run did.
   *
   * @param embedded tiles encoded and written by this run, for all targets that lacked them
   * @param resumed tiles that were there already, in parts of this run or of another name, or that
   *     came before in the list
   * @param failures tiles left out by this run
   * @param blank of this run's embeddings those whose crops show nothing, in order, by their own
   *     ids: made and written, or left out {@linkplain EmbeddingPipeline#withoutBlankCrops if asked
   *     for}
   * @param elapsed how long it took
   * @param encoderBusy share of the time that an encoder was at work, between the end of the first
   *     batch and the end of the last; NaN if there was one batch or none. Time in which its thread
   *     waited for a processor that others used is no work, where the system counts it (Linux)
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
