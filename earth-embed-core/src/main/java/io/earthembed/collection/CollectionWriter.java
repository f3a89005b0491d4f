package io.earthembed.collection;

import io.earthembed.base.table.LiveRows;
import io.earthembed.base.thread.DaemonThreads;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.EmbeddingSink;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.PersistentIndex;
import io.earthembed.internal.PlainText;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds tiles to a collection and removes them, by their ids, while it is searched.
 *
 * <p>Durability: when a method returns, its change is on the disk and in {@link #collection}. If
 * the process ends before, the collection has the whole change or none of it. The files of an
 * unfinished change are removed when a writer opens the collection again.
 *
 * <p>Threads: safe for many. Changes wait for one another; searches never wait. One writer at a
 * time has a collection open, among all processes.
 *
 * <p>Order: tiles that were added later have larger ordinals, so they rank later among equal
 * scores. A tile that is replaced counts as added again. Searches return what one index over the
 * live rows in this order returns, if its kind is exact.
 */
public final class CollectionWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CollectionWriter.class);
  private static final String LOCK = "write.lock";

  private final Path folder;
  private final CollectionOptions options;
  private final FileChannel lockFile;
  private final EmbeddingCollection collection;
  private final ReentrantLock changing = new ReentrantLock();
  private final ReentrantLock merging = new ReentrantLock();
  private final ExecutorService merger =
      Executors.newSingleThreadExecutor(DaemonThreads.named("earth-embed-merge"));
  private final AtomicBoolean mergeQueued = new AtomicBoolean();
  private volatile boolean closed;

  private CollectionWriter(
      Path folder,
      CollectionOptions options,
      FileChannel lockFile,
      EmbeddingCollection collection) {
    this.folder = folder;
    this.options = options;
    this.lockFile = lockFile;
    this.collection = collection;
  }

  /**
   * Opens a collection for changes. Creates it if the folder has none.
   *
   * @param folder created if it does not exist
   * @param origin of all embeddings of the collection
   * @param options an existing collection keeps its metric and its attribution
   * @throws IllegalArgumentException if the collection exists with another origin or metric
   * @throws EarthEmbedException if another writer has the collection open, or a file cannot be read
   *     or written
   */
  @SuppressWarnings("IllegalCatch") // releases the lock, whatever is wrong
  public static CollectionWriter open(
      Path folder, EmbeddingOrigin origin, CollectionOptions options) {
    FileChannel lockFile = lock(folder);
    try {
      if (!Manifest.isIn(folder)) {
        new Manifest(0, options.metric(), origin, options.attribution(), List.of()).write(folder);
      }
      Manifest manifest = Manifest.read(folder);
      requireSame(folder, manifest, origin, options);
      SegmentFiles.removeOthers(folder, manifest);
      CollectionWriter writer =
          new CollectionWriter(folder, options, lockFile, EmbeddingCollection.open(folder));
      writer.mergeLater();
      return writer;
    } catch (RuntimeException e) {
      release(folder, lockFile);
      throw e;
    }
  }

  private static void requireSame(
      Path folder, Manifest manifest, EmbeddingOrigin origin, CollectionOptions options) {
    if (!manifest.origin().agreesWith(origin)) {
      throw new IllegalArgumentException(
          PlainText.message(
              folder + " holds embeddings of " + manifest.origin() + ", not " + origin));
    }
    if (manifest.metric() != options.metric()) {
      throw new IllegalArgumentException(
          folder + " has the metric " + manifest.metric() + ", not " + options.metric());
    }
  }

  /** The operating system releases the lock if the process ends. */
  private static FileChannel lock(Path folder) {
    FileChannel channel = null;
    try {
      Files.createDirectories(folder);
      channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) return channel;
    } catch (OverlappingFileLockException e) {
      // held by a writer of this process
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": cannot be written: " + e, e);
    }
    release(folder, channel);
    throw new EarthEmbedException(folder + ": another writer has the collection open");
  }

  private static void release(Path folder, @Nullable FileChannel lockFile) {
    try {
      if (lockFile != null) lockFile.close();
    } catch (IOException e) {
      throw new EarthEmbedException(folder.resolve(LOCK) + ": cannot be closed: " + e, e);
    }
  }

  /** Returns the collection as changed so far, for searches. The writer closes it. */
  public EmbeddingCollection collection() {
    return collection;
  }

  /**
   * Adds tiles.
   *
   * @param tiles their records, with ids that the collection does not have
   * @param embeddings [tiles.size(), dimension] float32
   * @throws IllegalArgumentException if an id is there already or occurs twice, the sizes differ,
   *     or a vector cannot be stored; nothing is added then
   * @throws EarthEmbedException if a file cannot be written; nothing is added then
   * @throws IllegalStateException after {@link #close}
   */
  public void add(List<TileRecord> tiles, Vectors embeddings) {
    add(tiles, embeddings, false);
  }

  /**
   * Adds tiles, and replaces those whose ids the collection has.
   *
   * @param tiles their records, with distinct ids
   * @param embeddings [tiles.size(), dimension] float32
   * @throws IllegalArgumentException if an id occurs twice, the sizes differ, or a vector cannot be
   *     stored; nothing is changed then
   * @throws EarthEmbedException if a file cannot be written; nothing is changed then
   * @throws IllegalStateException after {@link #close}
   */
  public void upsert(List<TileRecord> tiles, Vectors embeddings) {
    add(tiles, embeddings, true);
  }

  private void add(List<TileRecord> tiles, Vectors embeddings, boolean replace) {
    if (tiles.size() != embeddings.rows()) {
      throw new IllegalArgumentException(
          tiles.size() + " tiles but " + embeddings.rows() + " embeddings");
    }
    requireDimension(embeddings.dimension());
    embeddings.requireComparable("embeddings");
    add(TileCatalog.of(tiles), batches -> batches.accept(embeddings), replace);
  }

  /**
   * Adds the tiles of a dataset that the collection lacks, by their ids, in one change. Reads the
   * embeddings in batches, so the dataset may be larger than the memory.
   *
   * @return how many tiles were added
   * @throws IllegalArgumentException if the dataset has another origin, an id that it has twice, or
   *     a vector that cannot be stored; nothing is added then
   * @throws EarthEmbedException if the dataset cannot be read or a file cannot be written; nothing
   *     is added then
   * @throws IllegalStateException after {@link #close}
   */
  public long addMissing(EmbeddingDataset dataset) {
    if (!collection.origin().agreesWith(dataset.origin())) {
      throw new IllegalArgumentException(
          PlainText.message(
              "the dataset is of " + dataset.origin() + ", not " + collection.origin()));
    }
    changing.lock();
    try {
      TileCatalog known = require().catalog();
      TileCatalog all = TileCatalog.of(dataset.catalog());
      OrdinalSet missing = OrdinalSet.where(all.size(), i -> known.find(all.id(i)).isEmpty());
      LiveRows rows = LiveRows.of(Math.toIntExact(all.size()), missing);
      TileCatalog.Builder tiles = TileCatalog.builder();
      for (int i = 0; i < rows.size(); i++) tiles.add(all.record(rows.row(i)));
      add(
          tiles.build(),
          batches -> dataset.forEachBatch(new LiveBatches(rows, requireComparable(batches))),
          false);
      return rows.size();
    } finally {
      changing.unlock();
    }
  }

  /**
   * Returns a sink that adds the embeddings of an {@link io.earthembed.pipeline.EmbeddingPipeline}.
   * A run embeds only the tiles that the collection lacks, and each part of it is one change. A
   * tile that failed is tried again by the next run. The sink fails if the pipeline's model,
   * preparation or crops differ from the collection's.
   */
  public EmbeddingSink sink() {
    return new CollectionSink(this);
  }

  private void add(TileCatalog tiles, VectorFile.Source vectors, boolean replace) {
    requireDistinct(tiles);
    changing.lock();
    try {
      Version old = require();
      if (tiles.size() == 0) return;
      requireTypes(tiles, old.catalog());
      Map<Segment, Set<Long>> replaced = new HashMap<>();
      for (long i = 0; i < tiles.size(); i++) {
        boolean known = find(old, tiles.id(i), replaced);
        if (known && !replace) {
          throw new IllegalArgumentException(
              "the collection has a tile of the id " + PlainText.line(tiles.id(i)) + " already");
        }
      }
      Segment segment = write(tiles, vectors);
      try {
        List<Version.Part> parts = without(old.parts(), replaced);
        parts.add(all(segment));
        commit(parts);
      } finally {
        segment.release();
      }
    } finally {
      changing.unlock();
    }
    mergeLater();
  }

  /** Refuses tiles whose attributes cannot be in one catalog with those of the collection. */
  private static void requireTypes(TileCatalog tiles, TileCatalog known) {
    tiles
        .attributeTypes()
        .forEach(
            (name, type) -> {
              Attributes.Type own = known.attributeTypes().getOrDefault(name, type);
              if (own == type) return;
              long row = 0;
              while (tiles.attribute(row, name) == null) row++;
              throw new IllegalArgumentException(
                  PlainText.message(
                      "attribute "
                          + name
                          + " of tile "
                          + tiles.id(row)
                          + " (row "
                          + row
                          + ") is of type "
                          + type
                          + ", but of type "
                          + own
                          + " in the collection"));
            });
  }

  private static Consumer<Vectors> requireComparable(Consumer<Vectors> batches) {
    return batch -> {
      batch.requireComparable("embeddings");
      batches.accept(batch);
    };
  }

  private static void requireDistinct(TileCatalog tiles) {
    Set<String> ids = new HashSet<>();
    for (long i = 0; i < tiles.size(); i++) {
      if (!ids.add(tiles.id(i))) {
        throw new IllegalArgumentException("two tiles of the id " + PlainText.line(tiles.id(i)));
      }
    }
  }

  /**
   * Removes tiles. Ids that the collection does not have are ignored.
   *
   * @return how many tiles were removed
   * @throws EarthEmbedException if a file cannot be written; nothing is removed then
   * @throws IllegalStateException after {@link #close}
   */
  public long remove(Collection<String> ids) {
    changing.lock();
    long removed;
    try {
      Version old = require();
      Map<Segment, Set<Long>> rows = new HashMap<>();
      for (String id : ids) find(old, id, rows);
      removed = rows.values().stream().mapToLong(Set::size).sum();
      if (removed > 0) commit(without(old.parts(), rows));
    } finally {
      changing.unlock();
    }
    mergeLater();
    return removed;
  }

  /** Notes the segment and row of a live tile; returns whether there is one. */
  private static boolean find(Version version, String id, Map<Segment, Set<Long>> rows) {
    for (Version.Part part : version.parts()) {
      OptionalLong row = part.segment().catalog().find(id);
      if (row.isPresent() && part.live().rows().contains(row.getAsLong())) {
        rows.computeIfAbsent(part.segment(), s -> new HashSet<>()).add(row.getAsLong());
        return true;
      }
    }
    return false;
  }

  /** Returns parts without some rows, and writes the bitmaps of those that change. */
  private List<Version.Part> without(List<Version.Part> parts, Map<Segment, Set<Long>> rows) {
    List<Version.Part> left = new ArrayList<>();
    for (Version.Part part : parts) {
      Set<Long> removed = rows.get(part.segment());
      if (removed == null) {
        left.add(part);
        continue;
      }
      long[] ordinals = removed.stream().mapToLong(row -> row).toArray();
      LiveRows live = part.live().without(OrdinalSet.of(ordinals));
      if (live.size() > 0) left.add(part(part.segment(), live));
    }
    return left;
  }

  /** Returns a part with removed rows, and writes their bitmap. */
  private Version.Part part(Segment segment, LiveRows live) {
    if (live.size() == live.tableRows()) return all(segment);
    String removed = UUID.randomUUID().toString();
    SegmentFiles.writeRemoved(folder, removed, live);
    return new Version.Part(segment, live, removed);
  }

  private static Version.Part all(Segment segment) {
    int rows = Math.toIntExact(segment.entry().rows());
    return new Version.Part(segment, LiveRows.of(rows, OrdinalSet.all()), "");
  }

  /** Writes a segment and opens it. */
  @SuppressWarnings("IllegalCatch") // removes the files, whatever is wrong
  private Segment write(TileCatalog tiles, VectorFile.Source vectors) {
    Manifest manifest = require().manifest();
    String id = UUID.randomUUID().toString();
    int dimension = manifest.origin().model().dimension();
    try {
      tiles.save(SegmentFiles.catalog(folder, id));
      long rows = VectorFile.write(SegmentFiles.vectors(folder, id), dimension, vectors);
      if (rows != tiles.size()) {
        throw new IllegalArgumentException(tiles.size() + " tiles but " + rows + " embeddings");
      }
      SegmentIndexer indexer = options.indexer(rows);
      Manifest.Entry exact = new Manifest.Entry(id, rows, false, "");
      if (indexer != null) index(manifest, exact, indexer);
      Manifest.Entry entry = new Manifest.Entry(id, rows, indexer != null, "");
      Segment segment = Segment.open(folder, manifest, entry);
      segment.catalog().find(""); // builds the table of ids before the segment is searched
      return segment;
    } catch (RuntimeException e) {
      removeFiles(Set.of(id));
      throw e;
    }
  }

  private void index(Manifest manifest, Manifest.Entry entry, SegmentIndexer indexer) {
    TileCatalog catalog = TileCatalog.open(SegmentFiles.catalog(folder, entry.id()));
    int dimension = manifest.origin().model().dimension();
    try (VectorFile vectors =
        VectorFile.open(SegmentFiles.vectors(folder, entry.id()), dimension, entry.rows())) {
      EmbeddingDataset dataset = new SegmentDataset(manifest.origin(), catalog, vectors);
      try (PersistentIndex index = indexer.build(dataset, manifest.metric())) {
        index.save(SegmentFiles.index(folder, entry.id()));
      }
    }
  }

  /** Writes the manifest of the next version, publishes it and removes files that it lacks. */
  private void commit(List<Version.Part> parts) {
    Manifest old = require().manifest();
    Manifest manifest =
        new Manifest(
            old.version() + 1,
            old.metric(),
            old.origin(),
            old.attribution(),
            parts.stream().map(Version.Part::entry).toList());
    try {
      manifest.write(folder);
    } catch (EarthEmbedException e) {
      Set<String> unfinished = names(manifest);
      unfinished.removeAll(names(old));
      removeFiles(unfinished);
      throw e;
    }
    collection.publish(new Version(manifest, parts));
    Set<String> unused = names(old);
    unused.removeAll(names(manifest));
    removeFiles(unused);
  }

  private static Set<String> names(Manifest manifest) {
    Set<String> names = new HashSet<>();
    for (Manifest.Entry segment : manifest.segments()) {
      names.add(segment.id());
      names.add(segment.removed());
    }
    return names;
  }

  /** Removes files, or leaves them to the next writer: the change itself has succeeded. */
  private void removeFiles(Set<String> ids) {
    try {
      SegmentFiles.remove(folder, ids);
    } catch (EarthEmbedException e) {
      LOG.warn("{}", e.getMessage(), e);
    }
  }

  /**
   * Merges all segments into one without removed rows. Changes and searches go on meanwhile. Waits
   * for a merge in the background.
   *
   * @throws EarthEmbedException if a file cannot be written; the segments then remain as they are
   * @throws IllegalStateException after {@link #close}, also if that happens meanwhile
   */
  public void compact() {
    merging.lock();
    try {
      merge(parts -> parts.size() == 1 && parts.get(0).removed().isEmpty() ? List.of() : parts);
    } finally {
      merging.unlock();
    }
  }

  /** Starts merges in the background if they are on. */
  private void mergeLater() {
    if (!options.backgroundMerges() || closed || mergeQueued.getAndSet(true)) return;
    merger.execute(this::mergeWhatPays);
  }

  @SuppressWarnings("IllegalCatch") // a merge can fail in any way; the segments remain
  private void mergeWhatPays() {
    mergeQueued.set(false);
    merging.lock();
    try {
      while (!closed && merge(MergePolicy::choose)) {
        // until nothing more pays
      }
    } catch (RuntimeException e) {
      if (!closed) LOG.warn("{}: segments were not merged; the next change tries again", folder, e);
    } finally {
      merging.unlock();
    }
  }

  /**
   * Replaces neighbouring segments by one. Only the holder of {@link #merging} calls this.
   *
   * @param choice chooses from all segments
   * @return whether any were chosen
   */
  private boolean merge(UnaryOperator<List<Version.Part>> choice) {
    require();
    try (Snapshot open = collection.snapshot()) { // keeps the segments open
      List<Version.Part> sources = choice.apply(open.parts());
      if (sources.isEmpty()) return false;
      Segment merged = write(tiles(sources), batches -> forEachBatch(sources, batches));
      changing.lock();
      try {
        if (closed) removeFiles(Set.of(merged.id()));
        replace(sources, merged);
      } finally {
        changing.unlock();
        merged.release();
      }
      return true;
    }
  }

  private static TileCatalog tiles(List<Version.Part> sources) {
    TileCatalog.Builder tiles = TileCatalog.builder();
    for (Version.Part source : sources) {
      for (int i = 0; i < source.live().size(); i++) {
        tiles.add(source.segment().catalog().record(source.live().row(i)));
      }
    }
    return tiles.build();
  }

  private void forEachBatch(List<Version.Part> sources, Consumer<Vectors> batches) {
    Consumer<Vectors> whileOpen =
        batch -> {
          require(); // ends the merge if the writer is closed
          batches.accept(batch);
        };
    for (Version.Part source : sources) {
      source.segment().vectors().forEachBatch(new LiveBatches(source.live(), whileOpen));
    }
  }

  /** Commits a merge. Rows that were removed since it began are removed from the new segment. */
  private void replace(List<Version.Part> sources, Segment merged) {
    Map<Segment, Version.Part> now = new HashMap<>();
    for (Version.Part part : require().parts()) now.put(part.segment(), part);
    int rows = Math.toIntExact(merged.entry().rows());
    long[] removed = new long[(rows + 63) >> 6];
    int base = 0;
    for (Version.Part source : sources) {
      Version.Part part = now.get(source.segment());
      LiveRows gone = part == null ? source.live() : source.live().without(part.live().rows());
      source.live().addNumbers(gone.rows(), removed, base);
      base += source.live().size();
    }
    LiveRows live = LiveRows.of(rows, OrdinalSet.all()).without(OrdinalSet.ofBitmap(removed));
    Set<Segment> replaced = new HashSet<>();
    for (Version.Part source : sources) replaced.add(source.segment());
    List<Version.Part> parts = new ArrayList<>();
    boolean placed = live.size() == 0;
    for (Version.Part part : require().parts()) {
      if (!replaced.contains(part.segment())) {
        parts.add(part);
      } else if (!placed) {
        parts.add(part(merged, live));
        placed = true;
      }
    }
    commit(parts);
    if (live.size() == 0) removeFiles(Set.of(merged.id()));
  }

  private Version require() {
    if (closed) throw new IllegalStateException("the writer of the collection is closed");
    return collection.require();
  }

  private void requireDimension(int dimension) {
    int own = collection.origin().model().dimension();
    if (dimension != own) {
      throw new IllegalArgumentException(
          "embeddings has dimension " + dimension + ", the collection " + own);
    }
  }

  /**
   * Ends the writer and its collection. A merge in progress ends soon, without effect. Open
   * snapshots remain valid until they are closed. Closing twice is harmless.
   */
  @Override
  public void close() {
    changing.lock();
    try {
      if (closed) return;
      closed = true;
    } finally {
      changing.unlock();
    }
    merger.shutdown();
    boolean interrupted = false;
    while (true) {
      try {
        if (merger.awaitTermination(1, TimeUnit.DAYS)) break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    collection.close();
    release(folder, lockFile);
    if (interrupted) Thread.currentThread().interrupt();
  }

  @Override
  public String toString() {
    return "CollectionWriter[" + folder + (closed ? ", closed" : "") + "]";
  }
}
