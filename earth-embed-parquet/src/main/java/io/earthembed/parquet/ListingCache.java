package io.earthembed.parquet;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.earthembed.geo.BoundingBox;
import io.earthembed.internal.Addresses;
import io.earthembed.parquet.internal.listing.Extent;
import io.earthembed.parquet.internal.listing.Folders;
import io.earthembed.parquet.internal.listing.ListedFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps listings on disk for some time. Safe for many threads. */
final class ListingCache {
  private final DiskCache cache;
  private final Duration maxAge;
  private volatile boolean used;

  /**
   * Creates a cache.
   *
   * @param maxAge older listings are read again
   */
  ListingCache(DiskCache cache, Duration maxAge) {
    this.cache = cache;
    this.maxAge = maxAge;
  }

  /** Returns whether any listing came from the cache. */
  boolean isUsed() {
    return used;
  }

  /**
   * A file or an entry of a folder as it is kept; an entry has no period.
   *
   * @param box west, south, east, north; null if unknown
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Line(
      String path,
      long bytes,
      long rows,
      double @Nullable [] box,
      @Nullable String first,
      @Nullable String last) {}

  private record Kept(long at, List<Line> lines) {}

  private List<Line> lines(String key, Supplier<List<Line>> fresh) {
    CacheKey name = CacheKey.listing(key);
    byte[] bytes = cache.get(name);
    if (bytes != null) {
      try {
        Kept kept = new Gson().fromJson(new String(bytes, StandardCharsets.UTF_8), Kept.class);
        Duration age = Duration.between(Instant.ofEpochMilli(kept.at), Instant.now());
        if (!age.isNegative() && age.compareTo(maxAge) <= 0) {
          used = true;
          return kept.lines;
        }
      } catch (JsonParseException e) {
        // of another version
      }
    }
    List<Line> lines = fresh.get();
    String text = new Gson().toJson(new Kept(System.currentTimeMillis(), lines));
    cache.put(name, text.getBytes(StandardCharsets.UTF_8));
    return lines;
  }

  /** Returns files from the cache, or fresh ones, which it keeps. */
  List<ListedFile> files(String key, Supplier<List<ListedFile>> fresh) {
    List<ListedFile> files = new ArrayList<>();
    for (Line line : lines(key, () -> fresh.get().stream().map(ListingCache::line).toList())) {
      double[] box = line.box;
      BoundingBox bounds = box == null ? null : new BoundingBox(box[0], box[1], box[2], box[3]);
      Extent extent =
          new Extent(
              bounds,
              line.first == null ? Instant.MIN : Instant.parse(line.first),
              line.last == null ? Instant.MAX : Instant.parse(line.last));
      files.add(new ListedFile(Addresses.parse(line.path), line.bytes, line.rows, extent));
    }
    return files;
  }

  private static Line line(ListedFile file) {
    Extent extent = file.extent();
    BoundingBox box = extent.box();
    return new Line(
        file.address().toString(),
        file.bytes(),
        file.rows(),
        box == null ? null : new double[] {box.west(), box.south(), box.east(), box.north()},
        extent.first().equals(Instant.MIN) ? null : extent.first().toString(),
        extent.last().equals(Instant.MAX) ? null : extent.last().toString());
  }

  /** Returns folders that are listed from the cache. */
  Folders around(Folders folders) {
    return new Folders() {
      @Override
      public List<Entry> list(String folder, boolean deep) {
        String key = String.join("\n", folders.name(), folder, deep ? "deep" : "flat");
        return lines(
                key,
                () ->
                    folders.list(folder, deep).stream()
                        .map(e -> new Line(e.path(), e.bytes(), -1, null, null, null))
                        .toList())
            .stream()
            .map(line -> new Entry(line.path, line.bytes))
            .toList();
      }

      @Override
      public boolean takesPrefixes() {
        return folders.takesPrefixes();
      }

      @Override
      public URI address(String path) {
        return folders.address(path);
      }

      @Override
      public String name() {
        return folders.name();
      }
    };
  }
}
