package io.earthembed.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogFileTest {
  @TempDir Path folder;

  @Test
  void opensWhatItSaved() {
    for (int n : new int[] {0, 1, 63, 5000}) {
      List<TileRecord> tiles = RandomCatalog.records(n, n);
      TileCatalog built = TileCatalog.of(tiles);
      Path file = folder.resolve("catalog-" + n);
      built.save(file);
      TileCatalog opened = TileCatalog.open(file);
      assertEquals(n, opened.size());
      for (int i = 0; i < n; i++) {
        assertEquals(tiles.get(i), opened.record(i));
        assertEquals(tiles.get(i).id(), opened.id(i));
        assertEquals(tiles.get(i).cell(), opened.cell(i));
      }
      TileFilter filter = TileFilter.near(new GeoPoint(10, 179), 4e6);
      assertEquals(built.select(filter).count(n), opened.select(filter).count(n));
      assertEquals(built.nearest(new GeoPoint(1, 2)), opened.nearest(new GeoPoint(1, 2)));
      assertEquals(built.toString(), opened.toString());
    }
  }

  @Test
  void keepsUnknownProducts() {
    List<TileRecord> tiles = new ArrayList<>();
    for (TileRecord t : RandomCatalog.records(4, 6)) {
      String product = tiles.size() % 2 == 0 ? null : t.productId();
      tiles.add(
          new TileRecord(
              t.id(), t.cell(), product, t.timestamp(), t.center(), t.cloudCover(), t.source()));
    }
    Path file = folder.resolve("catalog");
    TileCatalog.of(tiles).save(file);
    TileCatalog opened = TileCatalog.open(file);
    for (int i = 0; i < tiles.size(); i++) assertEquals(tiles.get(i), opened.record(i));
    assertNull(opened.productId(4));
  }

  /** Returns the records in {@code earlier.catalog}, a committed file that is never rewritten. */
  private static List<TileRecord> earlier() {
    List<TileRecord> tiles = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      tiles.add(
          new TileRecord(
              i == 29 ? "tïle-7" : "tïle-" + i,
              new GridCell(3 * i - 40, 100 - 7 * i),
              "produit-é-" + i % 4,
              i % 11 == 7 ? null : Instant.ofEpochSecond(1_668_528_000L + 3600L * i),
              new GeoPoint(6 * i - 87, 12 * i - 180),
              i % 5 == 2 ? Float.NaN : i,
              i % 6 == 5 ? null : new TileRef(URI.create("file:///shard-" + i % 3), i)));
    }
    return tiles;
  }

  @Test
  void opensAndWritesTheFilesOfEarlierBuilds() throws Exception {
    Path file = Path.of(CatalogFileTest.class.getResource("earlier.catalog").toURI());
    TileCatalog opened = TileCatalog.open(file);
    List<TileRecord> tiles = earlier();
    assertEquals(tiles.size(), opened.size());
    for (int i = 0; i < tiles.size(); i++) {
      assertEquals(tiles.get(i), opened.record(i));
      assertEquals(OptionalLong.of(i == 29 ? 7 : i), opened.find(tiles.get(i).id()));
    }
    assertEquals(TileCatalog.of(tiles).fingerprint(), opened.fingerprint());
    Path written = folder.resolve("written");
    TileCatalog.of(tiles).save(written);
    assertEquals(-1, Files.mismatch(file, written));
    opened.save(written);
    assertEquals(-1, Files.mismatch(file, written));
  }

  @Test
  void replacesAFileThatIsInUse() {
    Path file = folder.resolve("catalog");
    RandomCatalog.of(1, 100).save(file);
    TileCatalog first = TileCatalog.open(file);
    TileRecord seventh = first.record(7);
    RandomCatalog.of(2, 30).save(file);
    assertEquals(30, TileCatalog.open(file).size());
    assertEquals(seventh, first.record(7));
    assertEquals(100, first.size());
  }

  @Test
  void noticesEveryDamage() throws IOException {
    Path file = folder.resolve("catalog");
    RandomCatalog.of(3, 40).save(file);
    byte[] whole = Files.readAllBytes(file);
    byte[] original = whole.clone();
    Random random = new Random(1);
    int noticed = 0;
    int tried = 0;
    List<TileRecord> tiles = RandomCatalog.records(3, 40);
    for (int at = 0; at < whole.length; at += 3, tried++) {
      byte[] damaged = original.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      try {
        TileCatalog read = TileCatalog.open(file);
        // Only bytes between sections, which mean nothing, may change unnoticed.
        for (int i = 0; i < 40; i++) {
          assertEquals(tiles.get(i), read.record(i));
        }
      } catch (CorruptDataException e) {
        noticed++;
      }
    }
    assertTrue(noticed > tried * 8 / 10, noticed + " of " + tried);
    for (int length = 0; length < whole.length; length += 97) {
      Files.write(file, Arrays.copyOf(original, length));
      assertThrows(CorruptDataException.class, () -> TileCatalog.open(file));
    }
    assertThrows(EarthEmbedException.class, () -> TileCatalog.open(folder.resolve("none")));
  }

  /** A foreign file with valid checksums. */
  @Test
  void textsLieWithinTheirSectionWhateverTheFileSays() throws IOException {
    Path file = folder.resolve("catalog");
    RandomCatalog.of(3, 40).save(file);
    byte[] original = Files.readAllBytes(file);
    int fixed = CatalogColumns.WIDTHS.size();
    int header = 8 + (fixed + 6) * 24 + 8;
    for (int texts = 0; texts < 3; texts++) {
      int section = 8 + (fixed + 2 * texts) * 24;
      for (long lie : new long[] {-1, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, 1 << 20}) {
        for (int last = 0; last < 2; last++) {
          ByteBuffer forged = ByteBuffer.wrap(original.clone()).order(ByteOrder.LITTLE_ENDIAN);
          int from = (int) forged.getLong(section);
          int length = (int) forged.getLong(section + 8);
          forged.putLong(last == 0 ? from : from + length - 8, lie);
          forged.putLong(section + 16, crc(forged, from, length));
          forged.putLong(header - 8, crc(forged, 0, header - 8));
          Files.write(file, forged.array());
          assertThrows(
              CorruptDataException.class,
              () -> TileCatalog.open(file),
              "texts " + texts + ", " + lie);
        }
      }
    }
  }

  /** Rows with too few ids, and with missing products and shards. */
  @Test
  void rowsHaveWhatTheyNameWhateverTheFileSays() throws IOException {
    Path few = folder.resolve("few");
    Path many = folder.resolve("many");
    RandomCatalog.of(3, 1).save(few);
    RandomCatalog.of(3, 40).save(many);
    ColumnCatalog rows = (ColumnCatalog) TileCatalog.open(many);
    ColumnCatalog texts = (ColumnCatalog) TileCatalog.open(few);
    for (ColumnCatalog ids : List.of(texts, rows)) {
      for (ColumnCatalog others : List.of(texts, rows)) {
        if (ids == rows && others == rows) continue;
        Path file = folder.resolve("mixed");
        new ColumnCatalog(
                rows.columns(), ids.ids(), others.products(), others.shards(), AttributeColumn.NONE)
            .save(file);
        assertThrows(CorruptDataException.class, () -> TileCatalog.open(file));
      }
    }
  }

  /**
   * Any columns: a catalog that opens answers every query, and one that does not causes our own
   * exception.
   */
  @Test
  void rowsAreRecordsWhateverTheFileSays() throws IOException {
    Path file = folder.resolve("catalog");
    RandomCatalog.of(3, 40).save(file);
    byte[] original = Files.readAllBytes(file);
    int sections = CatalogColumns.WIDTHS.size() + 6;
    int header = 8 + sections * 24 + 8;
    long[] lies = {
      -1,
      0,
      1,
      1L << 30,
      Long.MIN_VALUE,
      Long.MAX_VALUE,
      0xFFFFFFFFL,
      0x7FC000007FC00000L,
      0x7FF8000000000000L,
      0xFFF0000000000000L,
      0x7F8000007F800000L,
      Double.doubleToLongBits(1e300),
      Double.doubleToLongBits(-90.5),
      Double.doubleToLongBits(180),
      0x42CA000042CA0000L
    };
    Random random = new Random(5);
    int opened = 0;
    int refused = 0;
    for (int round = 0; round < 6_000; round++) {
      ByteBuffer forged = ByteBuffer.wrap(original.clone()).order(ByteOrder.LITTLE_ENDIAN);
      int section = 8 + random.nextInt(sections) * 24;
      int from = (int) forged.getLong(section);
      int length = (int) forged.getLong(section + 8);
      for (int k = random.nextInt(4); k >= 0; k--) {
        int at = from + random.nextInt(length);
        switch (random.nextInt(3)) {
          case 0 -> forged.put(at, (byte) random.nextInt());
          case 1 -> forged.putInt(from + random.nextInt(length / 4) * 4, random.nextInt());
          default -> {
            long lie = lies[random.nextInt(lies.length)];
            if (length >= 8) forged.putLong(from + random.nextInt(length / 8) * 8, lie);
          }
        }
      }
      forged.putLong(section + 16, crc(forged, from, length));
      forged.putLong(header - 8, crc(forged, 0, header - 8));
      Files.write(file, forged.array());
      TileCatalog catalog;
      try {
        catalog = TileCatalog.open(file);
      } catch (CorruptDataException e) {
        refused++;
        continue;
      }
      opened++;
      for (long i = 0; i < catalog.size(); i++) {
        TileRecord record = catalog.record(i);
        assertTrue(record.toString().contains("TileRecord"));
        assertTrue(catalog.find(record.id()).isPresent());
        catalog.nearest(record.center());
      }
      for (TileFilter filter :
          List.of(
              TileFilter.near(new GeoPoint(10, 179), 4e6),
              TileFilter.cloudCoverAtMost(50),
              TileFilter.sensed(Instant.EPOCH, Instant.MAX))) {
        catalog.select(filter).count(catalog.size());
        catalog.undated(filter);
      }
      catalog.fingerprint();
      catalog.equalIds();
    }
    assertTrue(opened > 500 && refused > 500, opened + " opened, " + refused + " refused");
  }

  /** An open catalog no longer needs its file. */
  @Test
  void staysWholeWhenItsFileIsCutRewrittenOrRemoved() throws IOException {
    Path file = folder.resolve("catalog");
    List<TileRecord> tiles = RandomCatalog.records(3, 20_000);
    TileCatalog.of(tiles).save(file);
    for (int way = 0; way < 3; way++) {
      TileCatalog.of(tiles).save(file);
      TileCatalog catalog = TileCatalog.open(file);
      switch (way) {
        case 0 -> Files.write(file, new byte[0]); // the same file, now of no byte
        case 1 -> Files.write(file, new byte[(int) Files.size(file)]);
        default -> Files.delete(file);
      }
      for (int i = 0; i < tiles.size(); i += 997) assertEquals(tiles.get(i), catalog.record(i));
      assertEquals(TileCatalog.of(tiles).fingerprint(), catalog.fingerprint());
    }
  }

  @Test
  void refusesWhatIsNoFile() throws Exception {
    EarthEmbedException e = assertThrows(EarthEmbedException.class, () -> TileCatalog.open(folder));
    assertTrue(e.getMessage().contains("not a regular file"), e.getMessage());
    Path pipe = folder.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assumeTrue(made.waitFor() == 0, "no mkfifo");
    assertThrows(EarthEmbedException.class, () -> TileCatalog.open(pipe));
  }

  private static long crc(ByteBuffer bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(from).limit(from + length));
    return crc.getValue();
  }
}
