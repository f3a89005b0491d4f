package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.GridCell;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.internal.ColumnData;
import io.earthembed.parquet.internal.ColumnWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataIndexTest {
  @TempDir Path folder;

  private static GridCell cell(int i) {
    return new GridCell(i % 400 - 200, i / 400 * 3 - 50);
  }

  private static TileRef source(int i) {
    return new TileRef(URI.create("https://example.org/part_" + i / 500 + ".parquet"), i % 500);
  }

  /** Returns an index in which every cell has two products, and every product many cells. */
  private static MetadataIndex index(int tiles) {
    MetadataIndex.Builder builder = MetadataIndex.builder();
    for (int i = 0; i < tiles; i++) builder.add(cell(i / 2), "S2_" + (i / 50 + i % 2), source(i));
    return builder.build();
  }

  private static void assertFindsAll(MetadataIndex index, int tiles) {
    assertEquals(tiles, index.size());
    for (int i = 0; i < tiles; i++) {
      Optional<TileRef> found = index.find(cell(i / 2), "S2_" + (i / 50 + i % 2));
      assertEquals(Optional.of(source(i)), found, "tile " + i);
    }
  }

  @Test
  void findsByCellAndProductAndKeepsThemApart() {
    MetadataIndex index = index(20_000);
    assertFindsAll(index, 20_000);
    assertEquals(Optional.empty(), index.find(cell(3), "S2_399"));
    assertEquals(Optional.empty(), index.find(new GridCell(900, 900), "S2_1"));
    assertEquals(2, index.ofCell(cell(777)).size());
    List<MetadataIndex.Entry> spanned = index.ofProduct("S2_7");
    assertEquals(50, spanned.size());
    for (MetadataIndex.Entry entry : spanned) {
      assertEquals("S2_7", entry.productId());
      assertEquals(Optional.of(entry.source()), index.find(entry.cell(), "S2_7"));
    }
    assertEquals(List.of(), index.ofProduct("S2_"));
  }

  @Test
  void comesBackFromItsFile() throws Exception {
    Path file = folder.resolve("index");
    index(5_000).save(file);
    assertFindsAll(MetadataIndex.open(file), 5_000);
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(folder.resolve("bad" + i), bad);
      try {
        // Unnoticed changes are between sections.
        assertFindsAll(MetadataIndex.open(folder.resolve("bad" + i)), 5_000);
      } catch (CorruptDataException e) {
        refused++;
      }
    }
    assertTrue(refused > 190, refused + " of 200");
    Files.write(folder.resolve("short"), java.util.Arrays.copyOf(good, 100));
    assertThrows(CorruptDataException.class, () -> MetadataIndex.open(folder.resolve("short")));
  }

  private static GridCell earlierCell(int i) {
    return new GridCell(i % 13 - 6, -i / 13);
  }

  private static TileRef earlierSource(int i) {
    GridCell cell = earlierCell(i);
    Instant time = Instant.ofEpochSecond(1_668_528_000L + i % 7);
    ColumnRanges bytes =
        new ColumnRanges(
            5_000_000_000L + i / 20,
            i < 20 ? "\"etag\"" : null,
            i % 7 == 3 ? null : new ColumnRanges.Identity(cell, "produit-é-" + i % 7, time),
            Map.of(
                i % 2 == 0 ? "B02" : "thumbnail",
                new ColumnRanges.Column(
                    4_900_000_000L + 1000L * i,
                    900 + i,
                    i % 2 == 0 ? "SNAPPY" : "UNCOMPRESSED",
                    i % 4 < 2)));
    URI shard = URI.create("https://example.org/part-" + i / 20 + ".parquet");
    return new TileRef(shard, i % 20, i % 5 == 4 ? null : bytes);
  }

  /** {@code earlier.index} is a committed file that is never rewritten. */
  @Test
  void opensAndWritesTheFilesOfEarlierBuilds() throws Exception {
    Path file = Path.of(MetadataIndexTest.class.getResource("earlier.index").toURI());
    MetadataIndex opened = MetadataIndex.open(file);
    MetadataIndex.Builder builder = MetadataIndex.builder();
    assertEquals(60, opened.size());
    for (int i = 0; i < 60; i++) {
      String product = "produit-é-" + i % 7;
      TileRef source = earlierSource(i);
      builder.add(earlierCell(i), product, source);
      TileRef found = opened.find(earlierCell(i), product).orElseThrow();
      assertEquals(source, found);
      assertEquals(ColumnRanges.of(source), ColumnRanges.of(found));
      assertEquals(i % 7 < 4 ? 9 : 8, opened.ofProduct(product).size());
    }
    Path written = folder.resolve("written");
    builder.build().save(written);
    assertEquals(-1, Files.mismatch(file, written));
    opened.save(written);
    assertEquals(-1, Files.mismatch(file, written));
  }

  /** A key has 16 bits for each number: (0, 65541) must not match (0, 5). */
  @Test
  void cellsOfAFinerGridAreNotThere() {
    MetadataIndex index =
        MetadataIndex.builder()
            .add(new GridCell(0, 5), "x", new TileRef(URI.create("file:///s"), 0))
            .build();
    GridCell finer = new GridCell(0, 5 + (1 << 16));
    assertEquals(1, index.ofCell(new GridCell(0, 5)).size());
    assertEquals(List.of(), index.ofCell(finer));
    assertEquals(Optional.empty(), index.find(finer, "x"));
  }

  @Test
  void emptyIsAnIndexToo() {
    Path file = folder.resolve("empty");
    MetadataIndex.builder().build().save(file);
    MetadataIndex index = MetadataIndex.open(file);
    assertEquals(0, index.size());
    assertEquals(Optional.empty(), index.find(cell(1), "x"));
    assertEquals(List.of(), index.ofProduct("x"));
  }

  @Test
  void scansAShardAndKnowsItsBytes() throws Exception {
    Path shard = folder.resolve("shard.parquet");
    try (ShardWriter writer = new ShardWriter(shard)) {
      for (int i = 0; i < 5; i++) {
        Raster thumbnail = Raster.allocate(8, 8, 3, SampleType.UINT8);
        writer.add(
            new ShardTile(
                new GridCell(i, 2),
                "product-" + i % 2,
                Instant.parse("2022-11-15T16:18:19Z"),
                new GeoPoint(1, 2),
                Map.of(),
                thumbnail));
      }
      writer.finish();
    }
    Path file = folder.resolve("index");
    MetadataIndex.builder().addShard(shard.toUri(), List.of("thumbnail", "B02")).build().save(file);
    TileRef found = MetadataIndex.open(file).find(new GridCell(3, 2), "product-1").orElseThrow();
    assertEquals(new TileRef(shard.toUri(), 3), found);
    ColumnRanges bytes = ColumnRanges.of(found);
    assertNotNull(bytes);
    assertEquals(Files.size(shard), bytes.shardLength());
    assertEquals(2, bytes.columns().size());
    assertEquals(
        new ColumnRanges.Identity(
            new GridCell(3, 2), "product-1", Instant.parse("2022-11-15T16:18:19Z")),
        bytes.identity());
    ColumnRanges.Column thumbnail = bytes.columns().get("thumbnail");
    assertNotNull(thumbnail);
    assertEquals("UNCOMPRESSED", thumbnail.codec());
    assertTrue(thumbnail.nullable());
    byte[] all = Files.readAllBytes(shard);
    String held =
        new String(
            all,
            (int) thumbnail.offset(),
            thumbnail.length(),
            java.nio.charset.StandardCharsets.ISO_8859_1);
    assertTrue(held.contains("PNG"), "the picture is there");
    MetadataIndex.Builder builder = MetadataIndex.builder();
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> builder.addShard(shard.toUri(), List.of("B02", "b03")));
    assertEquals(shard + " has no column b03", e.getMessage());
    assertEquals(0, builder.build().size(), "nothing of it is added");
  }

  @Test
  void namesARowOfTheFile() {
    Path file = folder.resolve("metadata.parquet");
    List<ColumnWriter.Field> fields = new ArrayList<>();
    for (String name : List.of("grid_cell", "product_id", "parquet_url")) {
      fields.add(new ColumnWriter.Field(name, Type.BYTE_ARRAY, ColumnWriter.Kind.STRING));
    }
    fields.add(new ColumnWriter.Field("parquet_row", Type.INT64, ColumnWriter.Kind.NUMBER));
    try (ColumnWriter writer =
        new ColumnWriter(file, fields, Map.of(), CompressionCodec.UNCOMPRESSED)) {
      for (List<String> cells : List.of(List.of("1U_1R", "2U_1R"), List.of("3U_1R", "nowhere"))) {
        writer.write(
            2,
            List.of(
                ColumnData.strings(cells, cell -> cell),
                ColumnData.strings(cells, cell -> "product"),
                ColumnData.strings(cells, cell -> "https://example.org/part_1.parquet"),
                ColumnData.numbers(cells, Type.INT64, cell -> 7)));
      }
      writer.finish();
    }
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> MetadataIndex.ofMetadata(List.of(file)));
    assertTrue(e.getMessage().startsWith(file + ": row 3: "), e.getMessage());
  }

  /** Made by pyarrow in the columns of MajorTOM's metadata; see make_metadata.py. */
  @Test
  void readsMetadataFiles() {
    Path golden = Path.of("src/test/resources/io/earthembed/parquet/metadata.parquet");
    MetadataIndex index = MetadataIndex.ofMetadata(List.of(golden));
    assertEquals(30, index.size());
    TileRef found = index.find(GridCell.parse("13U_26R"), "product-13").orElseThrow();
    assertEquals(new TileRef(URI.create("https://example.org/part_00002.parquet"), 3), found);
    assertNull(found.hint());
  }
}
