package io.earthembed.pipeline;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.EmbeddingSink;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.Encoder;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Tiles of random pixels in memory, an encoder that adds them up, and a sink that keeps parts. */
final class SmallWorld {
  static final int SIDE = 20;

  private SmallWorld() {}

  static TileRecord record(int i) {
    return new TileRecord(
        "tile-" + i,
        new GridCell(i / 7, i % 7),
        "product-" + i % 3,
        Instant.ofEpochSecond(i),
        new GeoPoint(0, 3),
        Float.NaN,
        new TileRef(URI.create("mem:/images/part_" + i / 10 + ".parquet"), i),
        Attributes.NONE.with("number", i));
  }

  static List<TileRecord> records(int count) {
    List<TileRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) records.add(record(i));
    return records;
  }

  /** The tile of row group i is the same every time; some cannot be read. */
  static final class Store implements ImageryStore {
    final AtomicInteger fetched = new AtomicInteger();
    final AtomicInteger atOnce = new AtomicInteger();
    final AtomicInteger mostAtOnce = new AtomicInteger();
    final Set<Integer> broken = ConcurrentHashMap.newKeySet();

    /** Whose pixels are all 0. */
    final Set<Integer> black = ConcurrentHashMap.newKeySet();

    volatile long pauseMillis;

    @Override
    public Tile fetch(TileRef source, TileParts parts) {
      fetched.incrementAndGet();
      mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
      try {
        return read(source, parts);
      } finally {
        atOnce.decrementAndGet();
      }
    }

    private Tile read(TileRef source, TileParts parts) {
      int i = source.rowGroup();
      try {
        // Tiles come out of order: some take longer.
        Thread.sleep(pauseMillis * (i % 3));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CorruptDataException(source.toString(), "interrupted", e);
      }
      if (broken.contains(i)) throw new CorruptDataException(source.toString(), 7, "broken");
      SplittableRandom random = new SplittableRandom(i);
      Map<Band, Raster> bands = new EnumMap<>(Band.class);
      for (Band band : parts.bands()) {
        Raster raster = Raster.allocate(SIDE, SIDE, 1, SampleType.UINT16);
        for (int y = 0; y < SIDE; y++) {
          for (int x = 0; x < SIDE; x++) {
            raster.set(y, x, 0, black.contains(i) ? 0 : random.nextInt(4_000));
          }
        }
        GeoReference place = new GeoReference(32631, 500_000 + 200.0 * i, 1_000_000, 10);
        bands.put(band, raster.withReference(place));
      }
      TileRecord record = record(i);
      Raster thumbnail =
          parts.thumbnail() ? Raster.allocate(SIDE, SIDE, 3, SampleType.UINT8) : null;
      if (thumbnail != null) thumbnail.set(0, 0, 0, 1 + i % 255);
      return new Tile(
          source,
          record.cell(),
          String.valueOf(record.productId()),
          record.timestamp(),
          bands,
          thumbnail,
          null);
    }

    @Override
    public CompletableFuture<Tile> fetchAsync(TileRef tile, TileParts parts) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Outcomes fetchEach(List<TileRef> tiles, TileParts parts, ProgressListener progress) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FetchStats stats() {
      return new FetchStats(fetched.get(), 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {}
  }

  /** Sums of the pixels in each quarter of a picture, to unit length. */
  static final class Adder implements Encoder<Raster> {
    private final ModelInfo model;
    final AtomicInteger calls = new AtomicInteger();

    /** Refuses pictures whose first sample is below this. */
    volatile float refuseBelow = -1;

    volatile long pauseMillis;

    /** Gives black a direction, as real encoders do. */
    volatile boolean acceptsBlack;

    /** From which call on the caller is interrupted, which ends calls. */
    volatile int interruptedIn = Integer.MAX_VALUE;

    Adder(String name) {
      model = new ModelInfo(name, "1", 4);
    }

    @Override
    public ModelInfo model() {
      return model;
    }

    @Override
    public String preparation() {
      return "quarters";
    }

    @Override
    public Vectors encode(List<? extends Raster> inputs) {
      if (calls.incrementAndGet() >= interruptedIn) {
        Thread.currentThread().interrupt();
        throw new EarthEmbedException("interrupted");
      }
      try {
        Thread.sleep(pauseMillis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      Vectors vectors = Vectors.allocate(inputs.size(), 4);
      for (int i = 0; i < inputs.size(); i++) {
        Raster r = inputs.get(i);
        if (r.get(0, 0, 0) < refuseBelow) {
          throw new IllegalArgumentException("inputs[" + i + "] is too dark");
        }
        float[] sums = new float[4];
        for (int y = 0; y < r.height(); y++) {
          for (int x = 0; x < r.width(); x++) {
            sums[2 * y / r.height() * 2 + 2 * x / r.width()] += r.get(y, x, 0);
          }
        }
        if (acceptsBlack && Arrays.equals(sums, new float[4])) sums[0] = 1;
        vectors.set(i, sums);
      }
      vectors.normalize();
      return vectors;
    }

    @Override
    public void close() {}
  }

  /** One written part. */
  record Written(EmbeddingOrigin origin, List<EmbeddedTile> tiles, Vectors embeddings) {}

  /** Keeps parts in memory. */
  static final class Sink implements EmbeddingSink {
    final Map<String, Written> parts = new TreeMap<>();
    final Map<String, List<FailedTile>> failures = new TreeMap<>();

    /** Fails to write once it holds this many parts. */
    int room = Integer.MAX_VALUE;

    @Override
    public synchronized Set<String> parts() {
      return Set.copyOf(parts.keySet());
    }

    @Override
    public synchronized void require(String part, EmbeddingOrigin origin) {
      Written written = parts.get(part);
      if (written == null || !written.origin().agreesWith(origin)) {
        throw new CorruptDataException(part, "made otherwise");
      }
    }

    @Override
    public synchronized Set<String> ids(Set<String> some, EmbeddingOrigin origin) {
      Set<String> ids = new HashSet<>();
      for (String part : some) {
        require(part, origin);
        for (EmbeddedTile tile : Objects.requireNonNull(parts.get(part)).tiles()) {
          ids.add(tile.tile().id());
        }
      }
      return ids;
    }

    @Override
    public synchronized void recordFailures(String part, List<FailedTile> list) {
      if (list.isEmpty()) failures.remove(part);
      else failures.put(part, List.copyOf(list));
    }

    @Override
    public synchronized void write(
        String part, EmbeddingOrigin origin, List<EmbeddedTile> tiles, Vectors embeddings) {
      if (parts.size() == room) throw new CorruptDataException(part, "no room");
      @Nullable Written old = parts.put(part, new Written(origin, List.copyOf(tiles), embeddings));
      if (old != null) throw new AssertionError(part + " was written twice");
    }

    /** Returns all rows in the order of the parts' names: id, footprint, values. */
    List<String> rows() {
      List<String> rows = new ArrayList<>();
      for (Written written : parts.values()) {
        for (int i = 0; i < written.tiles().size(); i++) {
          EmbeddedTile tile = written.tiles().get(i);
          float[] row = written.embeddings().row(i);
          rows.add(tile + " " + Arrays.toString(row));
        }
      }
      return rows;
    }
  }
}
