package io.earthembed.samples.plugins;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads tiles from folders of raw planes. A shard is a folder; tile 17 of it is the files 17/tile
 * (cell, product, time, EPSG code, west, north, separated by tabs), 17/B02 to 17/B12, 17/thumbnail
 * and 17/clouds. A plane is its height, width and number of bands, each a big-endian int, then its
 * samples, big-endian. Safe for many threads.
 */
public final class FolderStore implements ImageryStore {
  private static final int AHEAD = 8;
  private static final int HEADER = 3 * Integer.BYTES;

  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          AHEAD,
          work -> {
            Thread thread = new Thread(work, "folder-store");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean closed;

  @Override
  public Tile fetch(TileRef ref, TileParts parts) {
    requireOpen();
    String[] about = new String(read(ref, "tile"), StandardCharsets.UTF_8).split("\t");
    if (about.length != 6) throw new CorruptDataException(ref + " tile", 0, "has not six fields");
    int epsg = Integer.parseInt(about[3]);
    double west = Double.parseDouble(about[4]);
    double north = Double.parseDouble(about[5]);
    Map<Band, Raster> bands = new EnumMap<>(Band.class);
    for (Band band : parts.bands()) {
      GeoReference place = new GeoReference(epsg, west, north, band.meters());
      bands.put(band, plane(ref, band.name(), SampleType.UINT16).withReference(place));
    }
    Raster thumbnail = parts.thumbnail() ? plane(ref, "thumbnail", SampleType.UINT8) : null;
    Raster clouds = null;
    if (parts.cloudMask()) {
      GeoReference place = new GeoReference(epsg, west, north, 10);
      clouds = plane(ref, "clouds", SampleType.UINT8).withReference(place);
    }
    return new Tile(
        ref, GridCell.parse(about[0]), about[1], Instant.parse(about[2]), bands, thumbnail, clouds);
  }

  private byte[] read(TileRef ref, String name) {
    if (!"file".equals(ref.shard().getScheme())) {
      throw new IllegalArgumentException("not a file URL: " + ref.shard());
    }
    Path shard = Path.of(ref.shard());
    try {
      byte[] content = Files.readAllBytes(shard.resolve(ref.rowGroup() + "/" + name));
      reads.incrementAndGet();
      bytes.addAndGet(content.length);
      return content;
    } catch (NoSuchFileException e) {
      if (!Files.isDirectory(shard)) throw new EarthEmbedException(shard + ": no such folder", e);
      throw new IllegalArgumentException(shard + " has no " + ref.rowGroup() + "/" + name);
    } catch (IOException e) { // an interrupted thread among them
      throw new EarthEmbedException(ref + " " + name + ": cannot be read: " + e, e);
    }
  }

  private Raster plane(TileRef ref, String name, SampleType type) {
    ByteBuffer content = ByteBuffer.wrap(read(ref, name));
    if (content.remaining() < HEADER) {
      throw new CorruptDataException(ref + " " + name, 0, "is shorter than its header");
    }
    int height = content.getInt();
    int width = content.getInt();
    int bands = content.getInt();
    if (height < 1
        || width < 1
        || bands < 1
        || bands > 3
        || (long) height * width * bands * type.bytes() != content.remaining()) {
      throw new CorruptDataException(ref + " " + name, 0, "is not as long as its header says");
    }
    ByteBuffer samples = ByteBuffer.allocate(content.remaining()).order(ByteOrder.nativeOrder());
    if (type == SampleType.UINT8) samples.put(content).flip();
    else samples.asShortBuffer().put(content.asShortBuffer());
    return Raster.wrap(height, width, bands, type, samples);
  }

  private void requireOpen() {
    if (closed) throw new IllegalStateException("the store is closed");
  }

  @Override
  public CompletableFuture<Tile> fetchAsync(TileRef tile, TileParts parts) {
    requireOpen();
    return CompletableFuture.supplyAsync(() -> fetch(tile, parts), threads);
  }

  @Override
  public Outcomes fetchEach(List<TileRef> tiles, TileParts parts, ProgressListener progress) {
    requireOpen();
    return new ReadAhead(tiles, parts, progress);
  }

  /** Reads a few tiles ahead of those that were taken. */
  private final class ReadAhead implements Outcomes {
    private final Queue<Future<Outcome>> running = new ArrayDeque<>();
    private final Iterator<TileRef> left;
    private final int total;
    private final TileParts parts;
    private final ProgressListener progress;
    private int taken;

    ReadAhead(List<TileRef> tiles, TileParts parts, ProgressListener progress) {
      this.left = tiles.iterator();
      this.total = tiles.size();
      this.parts = parts;
      this.progress = progress;
      while (running.size() < AHEAD && left.hasNext()) submit(left.next());
    }

    private void submit(TileRef tile) {
      running.add(threads.submit(() -> outcome(tile, parts)));
    }

    @Override
    public boolean hasNext() {
      return !running.isEmpty();
    }

    @Override
    public Outcome next() {
      Future<Outcome> first = running.poll();
      if (first == null) throw new NoSuchElementException("all tiles were taken");
      try {
        // Checked even if the tile has been read: an interrupted thread should end.
        if (Thread.interrupted()) throw new InterruptedException();
        Outcome outcome = first.get();
        if (left.hasNext()) submit(left.next());
        progress.update("reading tiles", ++taken, total);
        return outcome;
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

  private Outcome outcome(TileRef ref, TileParts parts) {
    try {
      return new Outcome(ref, fetch(ref, parts), null);
    } catch (RuntimeException e) {
      return new Outcome(ref, null, e);
    }
  }

  @Override
  public FetchStats stats() {
    return new FetchStats(reads.get(), bytes.get(), bytes.get(), 0, 0, 0);
  }

  /** Reads that have begun end with their tile; later ones fail. */
  @Override
  public void close() {
    closed = true;
  }
}
