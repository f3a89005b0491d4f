package io.earthembed.testkit.saved;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.Attributes;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.builtin.ExactIndex;
import io.earthembed.testkit.fuzz.Fuzzer;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hostile indexes, catalogs and saved explorers, with checksums that fit: nothing but our own
 * exceptions, within limits of memory and time.
 */
class SavedFilesFuzzTest {
  @TempDir Path folder;

  private static TileCatalog catalog(int n) {
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      tiles.add(
          new TileRecord(
              "tile " + i,
              new GridCell(i - 2, 3 * i),
              "product " + i % 2,
              i % 3 == 1 ? null : Instant.ofEpochSecond(1_700_000_000L + i),
              new GeoPoint(10 * i - 20, 50 * i - 100),
              i % 2 == 0 ? Float.NaN : 10 * i,
              i == 0 ? null : new TileRef(URI.create("https://example.org/p.parquet"), i)));
    }
    return TileCatalog.of(tiles);
  }

  /** Returns a catalog of tiles with attributes of all types, of which each tile lacks one. */
  private static TileCatalog withAttributes(int n) {
    TileCatalog plain = catalog(n);
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Attributes own = Attributes.NONE;
      if (i % 5 != 0) own = own.with("text", "text " + i % 3);
      if (i % 5 != 1) own = own.with("integer", i - 2);
      if (i % 5 != 2) own = own.with("number", i / 4.0 - 1);
      if (i % 5 != 3) own = own.with("time", Instant.ofEpochSecond(i - 2));
      if (i % 5 != 4) own = own.with("flag", i % 2 == 0);
      tiles.add(plain.record(i).withAttributes(own));
    }
    return TileCatalog.of(tiles);
  }

  private static ExactIndex index(int rows) {
    ExactIndex index = new ExactIndex(2, Metric.INNER_PRODUCT);
    for (int i = 0; i < rows; i++) index.add(Vectors.of(new float[] {i, 1}));
    return index;
  }

  private byte[] bytes(ExactIndex index) throws IOException {
    Path file = folder.resolve("x");
    index.save(file);
    return Files.readAllBytes(file);
  }

  private byte[] bytes(TileCatalog catalog) throws IOException {
    Path file = folder.resolve("x");
    catalog.save(file);
    return Files.readAllBytes(file);
  }

  @Test
  void indexes() throws IOException {
    ExactIndex labeled = index(3);
    labeled.label(new IndexLabel("toy 1", "a folder", "0123"));
    Fuzzer.of(IndexFuzz.class)
        .seed("plain", bytes(index(5)))
        .seed("empty", bytes(index(0)))
        .seed("labelled", bytes(labeled))
        .seed("huge", bytes(new ExactIndex(500_000_000, Metric.L2)))
        .runs(15_000)
        .maxBytes(4_000)
        .memory(256, 64, 1500)
        .fuzz();
  }

  @Test
  void catalogs() throws IOException {
    Fuzzer.of(CatalogFuzz.class)
        .seed("five", bytes(catalog(5)))
        .seed("one", bytes(catalog(1)))
        .seed("none", bytes(catalog(0)))
        .seed("attributes", bytes(withAttributes(6)))
        .runs(10_000)
        .maxBytes(4_000)
        .memory(256, 64, 1500)
        .fuzz();
  }

  @Test
  void explorers() throws IOException {
    TileCatalog four = catalog(4);
    byte[] catalog = bytes(four);
    byte[] index = bytes(index(4));
    byte[] manifest =
        ("earth-embed sharded index 2\n0\ntoy+1%00%00" + four.fingerprint() + "\n4 shard.bin\n0\n")
            .getBytes(StandardCharsets.UTF_8);
    Fuzzer.of(ExplorerFuzz.class)
        .seed(
            "exact",
            ExplorerFuzz.input(
                ExplorerFuzz.properties(four.fingerprint()), index, new byte[0], catalog))
        .seed("old", ExplorerFuzz.input(ExplorerFuzz.properties(null), index, index, catalog))
        .seed(
            "sharded", ExplorerFuzz.input(ExplorerFuzz.properties(null), manifest, index, catalog))
        .runs(3_000)
        .maxBytes(6_000)
        .memory(256, 64, 1500)
        .fuzz();
  }
}
