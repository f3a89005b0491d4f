package io.earthembed.guides.examples;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.InvalidInputException;
import io.earthembed.common.ProgressListener;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Reads an archive of ZIP files, in which tile 17 consists of the entries 17/tile.txt, 17/B02 to
 * 17/B12, 17/thumbnail.png and 17/clouds. Each plane is its height and width, then its samples,
 * big-endian. Safe for many threads: a ZipFile locks itself. It is closed only when nobody reads,
 * because a read during close fails in unpredictable ways.
 */
public final class ZipStore implements ImageryStore {
  private static final int AHEAD = 16;

  private final Map<URI, ZipFile> files = new HashMap<>(); // guarded by itself
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong known = new AtomicLong();
  private final ReadWriteLock reading = new ReentrantReadWriteLock();
  private final ExecutorService threads = threads();
  private volatile boolean closed;

  /**
   * Returns the store's own threads, which may wait for a disk; the whole application shares the
   * common pool.
   */
  private static ExecutorService threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            AHEAD,
            AHEAD,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "zip-store");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  // [fetch
  @Override
  public Tile fetch(TileRef ref, TileParts parts) {
    ZipFile zip = zip(ref.shard());
    String[] about = new String(read(zip, ref, "tile.txt"), StandardCharsets.UTF_8).split("\t");
    int epsg = Integer.parseInt(about[3]);
    double west = Double.parseDouble(about[4]);
    double north = Double.parseDouble(about[5]);
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : parts.bands()) {
      GeoReference place = new GeoReference(epsg, west, north, band.meters());
      bands.put(band, plane(zip, ref, band.name(), SampleType.UINT16).withReference(place));
    }
    Raster thumbnail = null;
    if (parts.thumbnail()) {
      byte[] png = read(zip, ref, "thumbnail.png");
      try {
        thumbnail = ImageFiles.decode(png, ref + " thumbnail.png");
      } catch (InvalidInputException e) { // the archive is at fault, not the caller
        throw new CorruptDataException(e.source(), e.offset(), e.problem(), e);
      }
    }
    Raster clouds = null;
    if (parts.cloudMask()) {
      GeoReference place = new GeoReference(epsg, west, north, 10);
      clouds = plane(zip, ref, "clouds", SampleType.UINT8).withReference(place);
    }
    return new Tile(
        ref, GridCell.parse(about[0]), about[1], Instant.parse(about[2]), bands, thumbnail, clouds);
  }

  // fetch]

  private ZipFile zip(URI shard) {
    if (!"file".equals(shard.getScheme())) {
      throw new IllegalArgumentException("not a file URL: " + shard);
    }
    synchronized (files) {
      if (closed) throw new IllegalStateException("the store is closed");
      ZipFile zip = files.get(shard);
      if (zip != null) {
        known.incrementAndGet();
        return zip;
      }
      try {
        zip = new ZipFile(Path.of(shard).toFile());
      } catch (IOException e) {
        throw new EarthEmbedException(shard + ": cannot be opened: " + e, e);
      }
      files.put(shard, zip);
      return zip;
    }
  }

  private byte[] read(ZipFile zip, TileRef ref, String name) {
    reading.readLock().lock();
    try {
      if (closed) throw new IllegalStateException("the store was closed");
      ZipEntry entry = zip.getEntry(ref.rowGroup() + "/" + name);
      if (entry == null) {
        throw new IllegalArgumentException(ref.shard() + " has no " + ref.rowGroup() + "/" + name);
      }
      byte[] content = zip.getInputStream(entry).readAllBytes();
      reads.incrementAndGet();
      bytes.addAndGet(content.length);
      return content;
    } catch (IOException e) {
      throw new CorruptDataException(ref + " " + name, "cannot be read: " + e, e);
    } finally {
      reading.readLock().unlock();
    }
  }

  private Raster plane(ZipFile zip, TileRef ref, String name, SampleType type) {
    ByteBuffer content = ByteBuffer.wrap(read(zip, ref, name));
    int height = content.remaining() < 8 ? 0 : content.getInt();
    int width = height < 1 ? 0 : content.getInt();
    if (width < 1 || (long) height * width * type.bytes() != content.remaining()) {
      throw new CorruptDataException(ref + " " + name, 0, "is not as long as it says");
    }
    ByteBuffer samples = ByteBuffer.allocate(content.remaining()).order(ByteOrder.nativeOrder());
    if (type == SampleType.UINT8) samples.put(content).flip();
    else samples.asShortBuffer().put(content.asShortBuffer());
    return Raster.wrap(height, width, 1, type, samples);
  }

  @Override
  public CompletableFuture<Tile> fetchAsync(TileRef tile, TileParts parts) {
    if (closed) throw new IllegalStateException("the store is closed");
    return CompletableFuture.supplyAsync(() -> fetch(tile, parts), threads);
  }

  // [each
  @Override
  public Outcomes fetchEach(List<TileRef> tiles, TileParts parts, ProgressListener progress) {
    if (closed) throw new IllegalStateException("the store is closed");
    return new Run(tiles, parts, progress);
  }

  /** Reads a few tiles ahead of those that have been taken, on the store's own threads. */
  private final class Run implements Outcomes {
    private final CompletionService<Outcome> work = new ExecutorCompletionService<>(threads);
    private final Set<Future<Outcome>> running = new HashSet<>();
    private final Iterator<TileRef> left;
    private final int total;
    private final TileParts parts;
    private final ProgressListener progress;
    private int taken;

    Run(List<TileRef> tiles, TileParts parts, ProgressListener progress) {
      this.left = tiles.iterator();
      this.total = tiles.size();
      this.parts = parts;
      this.progress = progress;
      while (running.size() < AHEAD && left.hasNext()) submit(left.next());
    }

    private void submit(TileRef tile) {
      running.add(work.submit(() -> outcome(tile, parts)));
    }

    @Override
    public boolean hasNext() {
      return !running.isEmpty();
    }

    @Override
    public Outcome next() {
      if (running.isEmpty()) throw new NoSuchElementException("all were taken");
      try {
        Future<Outcome> done = work.take();
        running.remove(done);
        if (left.hasNext()) submit(left.next());
        progress.update("reading tiles", ++taken, total);
        return done.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("outcomes hold failures", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EarthEmbedException("interrupted while reading tiles", e);
      }
    }

    @Override
    public void close() {
      running.forEach(future -> future.cancel(true));
      running.clear();
    }
  }

  // each]

  private Outcome outcome(TileRef ref, TileParts parts) {
    Tile tile = null;
    RuntimeException failure = null;
    try {
      tile = fetch(ref, parts);
    } catch (RuntimeException e) {
      failure = e;
    }
    return new Outcome(ref, tile, failure);
  }

  @Override
  public FetchStats stats() {
    return new FetchStats(reads.get(), bytes.get(), bytes.get(), 0, known.get(), 0);
  }

  @Override
  public void close() {
    reading.writeLock().lock(); // after all reads in progress
    try {
      synchronized (files) {
        closed = true;
        for (ZipFile zip : files.values()) zip.close();
        files.clear();
      }
    } catch (IOException e) {
      throw new EarthEmbedException("cannot be closed: " + e, e);
    } finally {
      reading.writeLock().unlock();
    }
  }
}
