package io.earthembed.testkit.saved;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.GeoPoint;
import io.earthembed.imagery.TileRecord;
import java.nio.file.Path;
import java.time.Instant;

/** Any bytes as the file of a catalog. */
public final class CatalogFuzz {
  /** Columns, and ends and bytes of three kinds of texts. */
  static final int SECTIONS = 12 + 6;

  private static final Path FILE = Scratch.folder().resolve("catalog");

  private CatalogFuzz() {}

  /** Anything but our own exceptions is a finding. */
  public static void fuzzerTestOneInput(byte[] data) {
    Scratch.write(FILE, Checksums.mendSections(data, SECTIONS));
    try {
      use(TileCatalog.open(FILE));
    } catch (EarthEmbedException e) {
      // As it should be.
    }
  }

  /** Uses a catalog that opened: it answers queries, and is equal after a save. */
  static void use(TileCatalog catalog) {
    for (long i = 0; i < catalog.size(); i++) {
      TileRecord record = catalog.record(i);
      if (catalog.find(record.id()).orElse(-1) > i) throw new AssertionError("found: " + record);
      catalog.nearest(record.center());
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
    catalog.equalIds();
    Path again = Scratch.folder().resolve("again");
    catalog.save(again);
    if (!TileCatalog.open(again).fingerprint().equals(catalog.fingerprint())) {
      throw new AssertionError("another catalog: " + catalog);
    }
  }
}
