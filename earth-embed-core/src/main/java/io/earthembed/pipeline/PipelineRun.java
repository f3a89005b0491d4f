package io.earthembed.pipeline;

import io.earthembed.base.thread.DaemonThreads;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.Encoder;
import io.earthembed.image.Raster;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.internal.PlainText;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a pipeline. It has four kinds of threads: a feeder takes tiles and finds the missing
 * parts; readers read, decode and cut; the caller's thread encodes; a writer writes. The encoder
 * takes tiles in order, so parts and batches are equal in every run.
 */
final class PipelineRun {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddingPipeline.class);

  /** The most parts that wait for or are in writing while another is encoded. */
  private static final int PARTS_BEHIND = 2;

  private final List<EmbeddingTarget> targets;
  private final EmbeddingPipeline.Values settings;
  private final Iterator<TileRecord> tiles;
  private final ProgressMeter progress;
  private final TileCutter cutter;
  private final ReadWindow window;
  private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
  private final ExecutorService feeder = threads(1, "earth-embed-feed");
  private final ExecutorService readers;
  private final ExecutorService writer = threads(1, "earth-embed-write");
  private final Deque<Future<?>> writes = new ArrayDeque<>();

  /** The ids of all tiles so far. Only the feeder uses it. */
  private final Set<String> seen = new HashSet<>();

  private final List<FailedTile> failures = new ArrayList<>();
  private final Set<TileRecord> failed = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Blank crops by id, because several targets may share a crop. */
  private final Map<String, TileRecord> blank = new LinkedHashMap<>();

  private final Map<String, Long> assumptions = new TreeMap<>();

  private long done;
  private long emptied;
  private long resumed;

  // End times of the first and the last batch, and the duration of those after the first.
  private long firstEnd;
  private long lastEnd;
  private long encoding;

  /** A step from the feeder to the encoder, in order. */
  private sealed interface Step {
    /** A number of tiles of a part that is already complete. */
    record Skip(int tiles) implements Step {}

    /** A tile that is being read. */
    record Read(
        TileRecord tile,
        PartBuilder part,
        List<PartBuilder.TargetRows> targets,
        Future<List<List<PartBuilder.Crop>>> crops)
        implements Step {}

    /** All tiles of a part have been handed over. */
    record Complete(PartBuilder part) implements Step {}

    /** All parts have been handed over, or the feeder failed. */
    record End(@Nullable Throwable failure) implements Step {}
  }

  PipelineRun(
      ImageryStore store,
      List<EmbeddingTarget> targets,
      EmbeddingPipeline.Values settings,
      Iterator<TileRecord> tiles,
      ProgressMeter progress) {
    this.targets = targets;
    this.settings = settings;
    this.tiles = tiles;
    this.progress = progress;
    this.cutter = new TileCutter(store, new ReadWindow(settings.readers, settings.readAhead));
    this.window =
        new ReadWindow(
            (int) Math.min(Integer.MAX_VALUE, 4L * settings.readers), settings.readAhead);
    this.readers = threads(settings.readers, "earth-embed-read");
  }

  private static ExecutorService threads(int count, String name) {
    return Executors.newFixedThreadPool(count, DaemonThreads.named(name));
  }

  EmbeddingPipeline.Report run() {
    long start = System.nanoTime();
    progress.start(start);
    try {
      List<PartNames> names = new ArrayList<>();
      for (EmbeddingTarget target : targets) {
        names.add(new PartNames(target, settings.partName, settings.skipBlankCrops));
      }
      feeder.execute(() -> feed(names));
      encode();
      while (!writes.isEmpty()) await(writes.removeFirst());
    } catch (InterruptedException e) {
      throw Tasks.interrupted("interrupted while making embeddings", e);
    } finally {
      stop();
    }
    tellOfBlank();
    assumptions.forEach((assumption, crops) -> LOG.warn("of {} crops, {}", crops, assumption));
    return new EmbeddingPipeline.Report(
        done - failures.size() - emptied,
        resumed,
        failures,
        List.copyOf(blank.values()),
        Duration.ofNanos(System.nanoTime() - start),
        lastEnd > firstEnd ? (double) encoding / (lastEnd - firstEnd) : Double.NaN,
        assumptions);
  }

  private void tellOfBlank() {
    if (blank.isEmpty()) return;
    LOG.warn(
        "{} crops are blank, all their pixels equal, {}: {}{}",
        blank.size(),
        settings.skipBlankCrops ? "and left out" : "and so are their embeddings",
        String.join(", ", blank.keySet().stream().limit(3).toList()),
        blank.size() > 3 ? ", ..." : "");
  }

  /**
   * Ends all threads, so that none uses the store or a sink after the run. Waiting parts are
   * written unless the caller is interrupted. A thread may fail to end within a minute, because its
   * store ignores interruption or its sink is slow; the run then leaves it behind and logs a
   * warning.
   */
  private void stop() {
    feeder.shutdownNow();
    readers.shutdownNow();
    writer.shutdown();
    boolean interrupted = Thread.interrupted();
    if (interrupted) writer.shutdownNow();
    for (ExecutorService pool : List.of(feeder, readers, writer)) {
      while (!pool.isTerminated()) {
        try {
          if (!pool.awaitTermination(1, TimeUnit.MINUTES)) {
            LOG.warn("a minute after the end of a run, a thread still uses its store or a sink");
            break;
          }
        } catch (InterruptedException e) {
          interrupted = true;
          writer.shutdownNow();
        }
      }
    }
    if (interrupted) Thread.currentThread().interrupt();
  }

  // --- the feeder's thread

  private void feed(List<PartNames> names) {
    try {
      for (int number = 0; tiles.hasNext(); ) {
        List<TileRecord> slice = nextSlice(names);
        if (!slice.isEmpty()) feed(number++, slice, names);
      }
      names.forEach(PartNames::requireNoneLeft);
      steps.add(new Step.End(null));
    } catch (InterruptedException e) {
      // The run is over; the encoder takes no further step.
    } catch (Throwable e) {
      steps.add(new Step.End(e));
    }
  }

  /** Returns the next tiles that a target lacks. */
  private List<TileRecord> nextSlice(List<PartNames> names) {
    List<TileRecord> slice = new ArrayList<>();
    int there = 0;
    while (slice.size() < settings.partSize && tiles.hasNext()) {
      TileRecord tile = tiles.next();
      boolean lacked = names.stream().anyMatch(some -> !some.holds(tile));
      if (lacked && seen.add(tile.id())) slice.add(tile);
      else there++;
    }
    if (there > 0) steps.add(new Step.Skip(there));
    return slice;
  }

  private void feed(int number, List<TileRecord> slice, List<PartNames> names)
      throws InterruptedException {
    String source = settings.source.isEmpty() ? folderOf(slice) : settings.source;
    List<PartBuilder.TargetRows> missing = new ArrayList<>();
    Map<TileRecord, List<PartBuilder.TargetRows>> lacking = new IdentityHashMap<>();
    for (int i = 0; i < targets.size(); i++) {
      EmbeddingTarget target = targets.get(i);
      PartNames parts = names.get(i);
      List<TileRecord> lacked = slice.stream().filter(tile -> !parts.holds(tile)).toList();
      if (lacked.isEmpty()) continue;
      String name = parts.name(number, lacked);
      if (parts.take(number, name)) {
        target.sink().require(name, target.origin(source));
        continue;
      }
      PartBuilder.TargetRows share =
          new PartBuilder.TargetRows(target, name, target.origin(source));
      missing.add(share);
      for (TileRecord tile : lacked) {
        lacking.computeIfAbsent(tile, t -> new ArrayList<>()).add(share);
      }
    }
    int there = slice.size() - lacking.size();
    if (there > 0) steps.add(new Step.Skip(there));
    if (missing.isEmpty()) return;
    PartBuilder part = new PartBuilder(missing);
    for (TileRecord tile : slice) {
      List<PartBuilder.TargetRows> targets = lacking.get(tile);
      if (targets == null) continue;
      TileRef pixels = sourceOf(tile);
      window.enter();
      steps.add(
          new Step.Read(tile, part, targets, readers.submit(() -> read(tile, pixels, targets))));
    }
    steps.add(new Step.Complete(part));
  }

  private static TileRef sourceOf(TileRecord tile) {
    TileRef source = tile.source();
    if (source == null)
      throw new IllegalArgumentException(PlainText.line(tile.id()) + " has no source");
    return source;
  }

  /** Returns the common folder of some tiles' shards, without a query string. */
  private static String folderOf(List<TileRecord> slice) {
    String common = null;
    URI last = null;
    for (TileRecord tile : slice) {
      URI shard = sourceOf(tile).shard();
      if (shard.equals(last)) continue;
      last = shard;
      String url = shard.toString();
      int end = url.indexOf('?') < 0 ? url.length() : url.indexOf('?');
      String folder = url.substring(0, url.lastIndexOf('/', end - 1) + 1);
      if (common == null) common = folder;
      while (!folder.startsWith(common)) {
        common = common.substring(0, common.lastIndexOf('/', common.length() - 2) + 1);
      }
    }
    return common == null ? "" : common;
  }

  // --- the readers' threads

  private List<List<PartBuilder.Crop>> read(
      TileRecord tile, TileRef pixels, List<PartBuilder.TargetRows> targets)
      throws InterruptedException {
    List<List<PartBuilder.Crop>> crops =
        cutter.cut(tile, pixels, targets.stream().map(PartBuilder.TargetRows::target).toList());
    long bytes = 0;
    for (List<PartBuilder.Crop> some : crops) {
      for (PartBuilder.Crop crop : some) bytes += crop.pixels().data().remaining();
    }
    window.measured(bytes);
    return crops;
  }

  // --- the caller's thread

  private void encode() throws InterruptedException {
    for (; ; ) {
      Step step = steps.take();
      if (step instanceof Step.Skip skip) {
        resumed += skip.tiles();
        progress.resumed(skip.tiles(), System.nanoTime());
      } else if (step instanceof Step.Read read) {
        take(read);
        progress.worked(++done, failures.size(), blank.size(), System.nanoTime());
      } else if (step instanceof Step.Complete complete) {
        complete(complete.part());
      } else if (step instanceof Step.End end) {
        Throwable failure = end.failure();
        if (failure != null) throw unchecked(failure);
        return;
      }
    }
  }

  /** Waits for a tile, and encodes each batch that becomes full. */
  private void take(Step.Read read) throws InterruptedException {
    PartBuilder part = read.part();
    List<List<PartBuilder.Crop>> crops;
    try {
      crops = await(read.crops());
    } catch (IllegalStateException e) {
      throw e; // the store is closed, so every other tile would fail too
    } catch (RuntimeException e) {
      FailedTile failure = new FailedTile(read.tile(), e);
      part.leaveOut(failure);
      failed(failure, part);
      return;
    } finally {
      window.leave();
    }
    boolean kept = false;
    for (int i = 0; i < crops.size(); i++) {
      PartBuilder.TargetRows share = read.targets().get(i);
      for (PartBuilder.Crop crop : crops.get(i)) {
        if (crop.isBlank()) {
          blank.putIfAbsent(crop.row().tile().id(), crop.row().tile());
          if (settings.skipBlankCrops) continue;
        }
        kept = true;
        share.waiting.add(crop);
      }
      while (share.waiting.size() >= settings.batchSize) encode(share, part, settings.batchSize);
    }
    if (!kept) emptied++;
  }

  private void complete(PartBuilder part) throws InterruptedException {
    for (PartBuilder.TargetRows share : part.targets()) {
      if (!share.waiting.isEmpty()) encode(share, part, share.waiting.size());
    }
    while (writes.size() >= PARTS_BEHIND) await(writes.removeFirst());
    writes.add(writer.submit(part::write));
  }

  private void encode(PartBuilder.TargetRows share, PartBuilder part, int count)
      throws InterruptedException {
    List<PartBuilder.Crop> batch = List.copyOf(share.waiting.subList(0, count));
    share.waiting.subList(0, count).clear();
    long start = System.nanoTime();
    long waited = ProcessorWait.nanos();
    try {
      share.add(batch, embeddings(share, batch));
    } catch (IllegalArgumentException | EarthEmbedException e) {
      throwIfInterrupted(e);
      encodeSingly(share, part, batch);
    }
    lastEnd = System.nanoTime();
    if (firstEnd == 0) {
      firstEnd = lastEnd;
      return;
    }
    // If many threads read, an encoder may wait longer for a processor than it uses one.
    long spent = lastEnd - start;
    encoding += spent - Math.max(0, Math.min(spent, ProcessorWait.nanos() - waited));
  }

  /**
   * Encodes the crops of a refused batch one by one, and leaves out the tiles of those that fail.
   */
  private void encodeSingly(
      PartBuilder.TargetRows share, PartBuilder part, List<PartBuilder.Crop> batch)
      throws InterruptedException {
    for (PartBuilder.Crop crop : batch) {
      try {
        share.add(List.of(crop), embeddings(share, List.of(crop)));
      } catch (IllegalArgumentException | EarthEmbedException e) {
        throwIfInterrupted(e);
        FailedTile failure = new FailedTile(crop.tile(), e);
        if (share.leaveOut(failure)) failed(failure, part);
      }
    }
  }

  /** Ends the run if the encoder was interrupted, because it has not refused its crops then. */
  private static void throwIfInterrupted(RuntimeException e) {
    if (Thread.currentThread().isInterrupted()) throw e;
  }

  private Vectors embeddings(PartBuilder.TargetRows share, List<PartBuilder.Crop> batch) {
    List<Raster> pixels = new ArrayList<>();
    for (PartBuilder.Crop crop : batch) pixels.add(crop.pixels());
    Encoder<Raster> encoder = share.target().encoder();
    Vectors vectors = encoder.encode(pixels);
    if (vectors.rows() != batch.size()) {
      throw new EarthEmbedException(
          encoder + " gave " + vectors + " for " + batch.size() + " crops");
    }
    for (Raster crop : pixels) {
      for (String assumption : encoder.assumptions(crop))
        assumptions.merge(assumption, 1L, Long::sum);
    }
    return vectors;
  }

  private void failed(FailedTile failure, PartBuilder part) throws InterruptedException {
    // Several targets may fail on one tile.
    if (failed.add(failure.tile())) failures.add(failure);
    if (failures.size() <= settings.maxFailures) return;
    // The writer's thread does this, so that only one thread writes to a sink.
    await(writer.submit(part::recordFailures));
    throw new EarthEmbedException(
        failures.size()
            + (failures.size() == 1 ? " tile" : " tiles")
            + " failed, and no more than "
            + settings.maxFailures
            + " may; the last was "
            + failure.tile().source()
            + ": "
            + failure.reason().getMessage(),
        failure.reason());
  }

  private static <T> T await(Future<T> work) throws InterruptedException {
    try {
      return work.get();
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    }
  }

  private static RuntimeException unchecked(@Nullable Throwable failure) {
    if (failure instanceof RuntimeException known) return known;
    if (failure instanceof Error error) throw error;
    return new EarthEmbedException("making embeddings failed: " + failure, failure);
  }
}
