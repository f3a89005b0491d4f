package io.earthembed.testkit.saved;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.GeoPoint;
import io.earthembed.imagery.TileRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;

/** Any bytes as the file of a catalog. */
public final class CatalogFuzz {
  /** Columns, and ends and bytes of three kinds of texts. */
  private static final int SECTIONS = 12 + 6;

  /** Bytes 2 to 7 of a catalog with attributes; the first two hold their number. */
  private static final byte[] ATTRIBUTES = "EECATA".getBytes(StandardCharsets.US_ASCII);

  /** The most attributes of a file whose checksums are mended. */
  private static final int MAX_ATTRIBUTES = 64;

  private static final Path FILE = Scratch.folder().resolve("catalog");

  private CatalogFuzz() {}

  /** Anything but our own exceptions is a finding. */
  public static void fuzzerTestOneInput(byte[] data) {
    Scratch.write(FILE, mended(data));
    try {
      use(TileCatalog.open(FILE));
    } catch (EarthEmbedException e) {
      // As it should be.
    }
  }

  /** Corrects the checksums of a catalog's file. */
  static byte[] mended(byte[] file) {
    return Checksums.mendSections(file, SECTIONS + ofAttributes(file));
  }

  /** Returns how many more sections a file has for its attributes. */
  private static int ofAttributes(byte[] file) {
    if (file.length < 8) return 0;
    ByteBuffer magic = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (!Arrays.equals(Arrays.copyOfRange(file, 2, 8), ATTRIBUTES)) return 0;
    return 2 + 4 * Math.min(MAX_ATTRIBUTES, magic.getShort(0) & 0xFFFF);
  }

  /** A filter by the value that a tile has must pass a tile. */
  private static void requireFound(TileCatalog catalog, String name, Object value) {
    long found = catalog.select(TileFilter.attribute(name).is(value)).count(catalog.size());
    if (found < 1) throw new AssertionError("none has " + name + " " + value);
  }

  /** Uses a catalog that opened: it answers queries, and is equal after a save. */
  static void use(TileCatalog catalog) {
    for (long i = 0; i < catalog.size(); i++) {
      TileRecord record = catalog.record(i);
      if (catalog.find(record.id()).orElse(-1) > i) throw new AssertionError("found: " + record);
      if (record.hasCenter()) catalog.nearest(record.center());
      record.attributes().asMap().forEach((name, value) -> requireFound(catalog, name, value));
    }
    for (TileFilter filter :
        new TileFilter[] {
          TileFilter.near(new GeoPoint(10, 179), 4e6),
          TileFilter.sensed(Instant.EPOCH, Instant.MAX),
          TileFilter.cloudCoverAtMost(50)
        }) {
      catalog.select(filter).count(catalog.size());
      catalog.undated(filter);
    }
    catalog
        .attributeTypes()
        .forEach(
            (name, type) -> {
              long with =
                  catalog.select(TileFilter.attribute(name).isPresent()).count(catalog.size());
              if (with > catalog.size()) throw new AssertionError(name + " of " + with + " tiles");
            });
    catalog.equalIds();
    Path again = Scratch.folder().resolve("again");
    catalog.save(again);
    if (!TileCatalog.open(again).fingerprint().equals(catalog.fingerprint())) {
      throw new AssertionError("another catalog: " + catalog);
    }
  }
}
