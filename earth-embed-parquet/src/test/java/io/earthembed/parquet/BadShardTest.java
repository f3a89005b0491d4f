package io.earthembed.parquet;

import static io.earthembed.testkit.ImageryStoreContract.tile;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.InvalidInputException;
import io.earthembed.image.Band;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.internal.ColumnData;
import io.earthembed.parquet.internal.ColumnWriter;
import io.earthembed.parquet.internal.ColumnWriter.Field;
import io.earthembed.parquet.internal.ColumnWriter.Kind;
import io.earthembed.testkit.ImageryStoreContract.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Type;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every damaged shard causes our own exception, which names the file, and nothing else. */
final class BadShardTest {
  private static final int TILES = 4;

  @TempDir private Path folder;
  private byte[] whole = {};

  @BeforeEach
  void writeShard() throws IOException {
    List<Source> tiles = new ArrayList<>();
    for (int row = 0; row < TILES; row++) tiles.add(tile(row));
    whole = Files.readAllBytes(TestShards.write(folder.resolve("whole.parquet"), tiles));
  }

  /** Reads a tile: returns true if it succeeds, false if the tile is refused correctly. */
  private boolean had(byte[] bytes, int row) throws IOException {
    Path file = folder.resolve("bad.parquet");
    Files.write(file, bytes);
    TileParts all = TileParts.ALL_BANDS.withCloudMask();
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      Tile tile = store.fetch(new TileRef(file.toUri(), row), all);
      assertEquals(12, tile.bands().size());
      return true;
    } catch (EarthEmbedException e) {
      assertTrue(e.getMessage().contains("bad.parquet"), e.toString());
      return false;
    } catch (IllegalArgumentException e) {
      // A column or a row group that the footer no longer names.
      assertTrue(String.valueOf(e.getMessage()).contains("bad.parquet"), e.toString());
      return false;
    }
  }

  @Test
  void cutAnywhere() throws IOException {
    for (int length = 0; length < whole.length; length += 997) {
      assertTrue(!had(Arrays.copyOf(whole, length), 0), "of " + length + " bytes");
    }
    assertTrue(had(whole, 0));
  }

  @Test
  void withBytesChanged() throws IOException {
    Random random = new Random(5);
    int refused = 0;
    int rounds = Integer.getInteger("earthembed.flips", 10_000) / 10;
    for (int i = 0; i < rounds; i++) {
      byte[] bytes = whole.clone();
      // A single byte is mostly a pixel's; ten are sooner or later everything's.
      for (int flip = 0; flip < 10; flip++) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      if (!had(bytes, random.nextInt(TILES))) refused++;
    }
    assertTrue(refused > rounds / 2, refused + " of " + rounds + " were refused");
  }

  /** The dataset is at fault, not the caller, so the exception reports damage. */
  @Test
  void withAThumbnailThatIsNone() throws IOException {
    String hex = HexFormat.of().formatHex(whole);
    int png = hex.indexOf("89504e470d0a1a0a") / 2;
    Path file = folder.resolve("bad.parquet");
    TileRef ref = new TileRef(file.toUri(), 0);
    for (String start : List.of("49492a0008000000", "0000000000000000")) {
      byte[] bytes = whole.clone();
      System.arraycopy(HexFormat.of().parseHex(start), 0, bytes, png, 8);
      Files.write(file, bytes);
      try (ParquetImageryStore store = ParquetImageryStore.open()) {
        CorruptDataException e =
            assertThrows(CorruptDataException.class, () -> store.fetch(ref, TileParts.THUMBNAIL));
        assertTrue(e.getMessage().startsWith("thumbnail of row group 0 of "), e.getMessage());
        assertTrue(e.getMessage().contains("not a PNG, JPEG, GIF or BMP"), e.getMessage());
        assertEquals(start.startsWith("4949"), e.getMessage().contains("a TIFF"), e.getMessage());
        assertTrue(e.getCause() instanceof InvalidInputException, String.valueOf(e.getCause()));
      }
    }
  }

  @Test
  void withTwoValuesInARow() throws IOException {
    assertRefusesTwoValues(1, TileParts.bands(Band.B02), "B02 has 2 values");
  }

  @Test
  void withTwoRowsInARowGroup() throws IOException {
    assertRefusesTwoValues(2, TileParts.ALL_BANDS, "2 rows");
  }

  private void assertRefusesTwoValues(int rows, TileParts parts, String why) throws IOException {
    Path data = folder.resolve("two.parquet");
    try (ColumnWriter writer =
        new ColumnWriter(
            data,
            List.of(new Field("B02", Type.BYTE_ARRAY, Kind.BINARY)),
            Map.of(),
            CompressionCodec.UNCOMPRESSED)) {
      writer.write(rows, List.of(ColumnData.binaries(List.of(new byte[] {1}, new byte[] {2}))));
      writer.finish();
    }
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      CorruptDataException e =
          assertThrows(
              CorruptDataException.class, () -> store.fetch(new TileRef(data.toUri(), 0), parts));
      assertTrue(e.getMessage().contains(why), e.getMessage());
    }
  }
}
