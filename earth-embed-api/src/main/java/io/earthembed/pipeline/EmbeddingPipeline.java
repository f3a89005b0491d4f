package io.earthembed.pipeline;

import io.earthembed.EarthEmbedException;
import io.earthembed.Encoder;
import io.earthembed.ImageryStore;
import io.earthembed.ProgressListener;
import io.earthembed.Tile;
import io.earthembed.TileParts;
import io.earthembed.catalog.TileRecord;
import io.earthembed.catalog.TileRef;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.vector.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Makes embeddings: reads tiles from a store, cuts the crop from the middle of their true-colour
 * picture, encodes it and writes the result part by part. While one batch is encoded the next is
 * read. Run again after an interruption it goes on with the first part that is missing; a part's
 * name carries a checksum of the tiles and the crop it was made from, so that parts of other work
 * are never taken for it.
 *
 * <p>Immutable; {@link #run} may be called from several threads if their sinks differ.
 */
public final class EmbeddingPipeline {
  private static final int BATCH = 64;

  private final ImageryStore store;
  private final Encoder<Raster> encoder;
  private final EmbeddingSink sink;
  private final int crop;
  private final int partSize;
  private final int maxFailures;
  private final ProgressListener progress;

  private EmbeddingPipeline(
      ImageryStore store,
      Encoder<Raster> encoder,
      EmbeddingSink sink,
      int crop,
      int partSize,
      int maxFailures,
      ProgressListener progress) {
    this.store = store;
    this.encoder = encoder;
    this.sink = sink;
    this.crop = crop;
    this.partSize = partSize;
    this.maxFailures = maxFailures;
    this.progress = progress;
  }

  /**
   * A pipeline that encodes a centre crop of each tile.
   *
   * @param store reads the tiles
   * @param encoder encodes the crops
   * @param sink takes the embeddings
   * @param crop pixels of the crop's side; a smaller tile is encoded whole
   */
  public static EmbeddingPipeline of(
      ImageryStore store, Encoder<Raster> encoder, EmbeddingSink sink, int crop) {
    if (crop < 1) throw new IllegalArgumentException("crop must be positive: " + crop);
    return new EmbeddingPipeline(store, encoder, sink, crop, 2048, 0, ProgressListener.NONE);
  }

  /** The same, with so many tiles in a part, which is what an interruption may cost. */
  public EmbeddingPipeline withPartSize(int tiles) {
    if (tiles < 1) throw new IllegalArgumentException("tiles must be positive: " + tiles);
    return new EmbeddingPipeline(store, encoder, sink, crop, tiles, maxFailures, progress);
  }

  /** The same, which goes on until more than so many tiles could not be read; 0 by default. */
  public EmbeddingPipeline withMaxFailures(int tiles) {
    if (tiles < 0) throw new IllegalArgumentException("tiles must not be negative: " + tiles);
    return new EmbeddingPipeline(store, encoder, sink, crop, partSize, tiles, progress);
  }

  /** The same, telling a listener how far it has come. */
  public EmbeddingPipeline withProgress(ProgressListener listener) {
    return new EmbeddingPipeline(store, encoder, sink, crop, partSize, maxFailures, listener);
  }

  /**
   * Embeds tiles, in order.
   *
   * @param tiles each with a source
   * @return what was done
   * @throws EarthEmbedException if more tiles fail than allowed, or a part cannot be written; parts
   *     that are complete stay
   */
  public Report run(List<TileRecord> tiles) {
    for (TileRecord tile : tiles) {
      if (tile.source() == null) throw new IllegalArgumentException(tile.id() + " has no source");
    }
    List<Failure> failures = new ArrayList<>();
    long embedded = 0;
    long resumed = 0;
    ExecutorService reader = Executors.newSingleThreadExecutor(EmbeddingPipeline::daemon);
    try {
      for (int from = 0, part = 0; from < tiles.size(); from += partSize, part++) {
        List<TileRecord> slice = tiles.subList(from, Math.min(tiles.size(), from + partSize));
        String name = String.format(Locale.ROOT, "part-%05d-%08x", part, checksum(slice));
        if (sink.contains(name)) {
          resumed += slice.size();
          progress.update("embed", from + slice.size(), tiles.size());
          continue;
        }
        embedded += embed(name, slice, from, tiles.size(), reader, failures);
      }
    } finally {
      reader.shutdownNow();
    }
    return new Report(embedded, resumed, List.copyOf(failures));
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "earth-embed-read-ahead");
    thread.setDaemon(true);
    return thread;
  }

  private long checksum(List<TileRecord> tiles) {
    CRC32 crc = new CRC32();
    crc.update(("crop " + crop).getBytes(StandardCharsets.UTF_8));
    for (TileRecord tile : tiles) {
      crc.update((tile.id() + ' ' + tile.source() + '\n').getBytes(StandardCharsets.UTF_8));
    }
    return crc.getValue();
  }

  private long embed(
      String name,
      List<TileRecord> slice,
      int before,
      int total,
      ExecutorService reader,
      List<Failure> failures) {
    List<EmbeddedTile> rows = new ArrayList<>();
    List<Vectors> batches = new ArrayList<>();
    Future<List<ImageryStore.Outcome>> next = reader.submit(() -> read(slice, 0));
    for (int from = 0; from < slice.size(); from += BATCH) {
      List<ImageryStore.Outcome> outcomes = await(next);
      int following = from + BATCH;
      if (following < slice.size()) next = reader.submit(() -> read(slice, following));
      List<Raster> crops = new ArrayList<>();
      for (int i = 0; i < outcomes.size(); i++) {
        TileRecord record = slice.get(from + i);
        RuntimeException failure = outcomes.get(i).failure();
        if (failure != null) {
          failures.add(new Failure(record, failure));
          if (failures.size() > maxFailures) {
            throw new EarthEmbedException(
                failures.size() + " tiles could not be read, the last " + record.source(), failure);
          }
          continue;
        }
        Tile tile = outcomes.get(i).orThrow();
        Raster picture = tile.trueColour();
        int side = Math.min(crop, Math.min(picture.height(), picture.width()));
        Raster cut = picture.centreCrop(side);
        crops.add(cut);
        rows.add(new EmbeddedTile(record, footprint(picture, cut)));
      }
      if (!crops.isEmpty()) batches.add(encoder.encode(crops));
      progress.update("embed", before + from + outcomes.size(), total);
    }
    sink.write(name, rows, join(batches, rows.size()));
    return rows.size();
  }

  private static @Nullable CropFootprint footprint(Raster picture, Raster cut) {
    GeoReference place = cut.reference();
    if (place == null) return null;
    return new CropFootprint(
        picture.height() / 2 - cut.height() / 2,
        picture.width() / 2 - cut.width() / 2,
        cut.height(),
        cut.width(),
        place);
  }

  private List<ImageryStore.Outcome> read(List<TileRecord> slice, int from) {
    List<TileRef> refs = new ArrayList<>();
    for (TileRecord tile : slice.subList(from, Math.min(slice.size(), from + BATCH))) {
      TileRef source = tile.source();
      if (source != null) refs.add(source); // run has checked that it is there
    }
    return store.fetchAll(refs, TileParts.TRUE_COLOUR);
  }

  private static <T> T await(Future<T> work) {
    try {
      return work.get();
    } catch (InterruptedException e) {
      work.cancel(true);
      Thread.currentThread().interrupt();
      throw new EarthEmbedException("interrupted while reading tiles", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) throw known;
      throw new EarthEmbedException("reading tiles failed", e.getCause());
    }
  }

  private Vectors join(List<Vectors> batches, int rows) {
    Vectors all = Vectors.allocate(rows, encoder.model().dimension());
    float[] row = new float[all.dimension()];
    long at = 0;
    for (Vectors batch : batches) {
      for (long i = 0; i < batch.rows(); i++) {
        batch.get(i, row);
        all.set(at++, row);
      }
    }
    return all;
  }

  /**
   * What a run did.
   *
   * @param embedded tiles encoded and written by this run
   * @param resumed tiles of parts that were there already
   * @param failures tiles left out
   */
  public record Report(long embedded, long resumed, List<Failure> failures) {}

  /**
   * A tile that could not be read.
   *
   * @param tile which one
   * @param reason why
   */
  public record Failure(TileRecord tile, RuntimeException reason) {}
}
