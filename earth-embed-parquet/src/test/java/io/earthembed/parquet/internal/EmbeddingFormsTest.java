package io.earthembed.parquet.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.base.table.Float16;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.internal.EmbeddingColumn.Slice;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Group;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files by pyarrow with embeddings in every form; make_embedding_goldens.py wrote them. */
class EmbeddingFormsTest {
  private static final int ROWS = 60;
  private static final int DIMENSION = 20;
  private static final ModelInfo MODEL = new ModelInfo("golden", "1", DIMENSION);

  private static Path file(String name) {
    return Path.of("src/test/resources/io/earthembed/parquet/embeddings", name + ".parquet");
  }

  private static float expected(int row, int column) {
    return ((row * 31 + column * 7) % 64 - 32) / 8f;
  }

  private static void assertGolden(Vectors vectors, String how) {
    assertEquals(ROWS, vectors.rows(), how);
    for (int i = 0; i < ROWS; i++) {
      float[] row = vectors.row(i);
      for (int j = 0; j < DIMENSION; j++) {
        assertEquals(expected(i, j), row[j], how + " row " + i + " column " + j);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "float-none-v1",
        "float-none-v2",
        "float-snappy-v1",
        "float-snappy-v2",
        "float-zstd-v1",
        "float-zstd-v2",
        "float-gzip-v1",
        "float-gzip-v2",
        "float-lz4",
        "half",
        "half-split",
        "half-dictionary-v2",
        "double",
        "double-split",
        "float-split",
        "float-dictionary",
        "float-fixed-size",
        "float-required",
        "fixed-floats",
        "fixed-halves",
        "texts-delta",
        "groups"
      })
  void readsEveryForm(String name) {
    GeoParquetDataset dataset = GeoParquetDataset.open(file(name), MODEL);
    assertGolden(dataset.vectors(), name);
    assertEquals("product-2", dataset.catalog().productId(42));
    List<float[]> rows = new ArrayList<>();
    dataset.forEachBatch(
        batch -> {
          for (long i = 0; i < batch.rows(); i++) rows.add(batch.row(i));
        });
    assertGolden(Vectors.of(rows.toArray(float[][]::new)), name + " in batches");
  }

  /** Compares the block decoder with parquet-java's on the same bytes, in many slices. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "float-none-v1",
        "float-none-v2",
        "float-zstd-v2",
        "float-gzip-v1",
        "half",
        "half-split",
        "half-dictionary-v2",
        "double-split",
        "float-split",
        "float-dictionary",
        "float-required",
        "groups"
      })
  void bothWaysGiveTheSame(String name) {
    FileRanges source = new FileRanges(file(name), new Counters());
    Footer footer = Footer.read(source, 1 << 16);
    Vectors fast = Vectors.allocate(ROWS, DIMENSION);
    Vectors slow = Vectors.allocate(ROWS, DIMENSION);
    long row = 0;
    int slices = 0;
    for (Group group : footer.rowGroups()) {
      Chunk chunk = Objects.requireNonNull(group.chunks().get("embedding"));
      ByteBuffer bytes = source.read(footer.version(), chunk.offset(), chunk.size());
      EmbeddingColumn column =
          new EmbeddingColumn(name, chunk, bytes, DIMENSION, group.rows(), row);
      for (Slice slice : column.slices(1)) {
        assertTrue(column.inBlocks(slice, fast, row + slice.row(), 2), name + " goes by blocks");
        slices++;
      }
      ValueReader.of(name, chunk, bytes)
          .rows(DIMENSION, row, 0, group.rows(), slow, row, new BitSet());
      row += group.rows();
    }
    assertTrue(slices > 1, name + " has one slice");
    assertGolden(fast, name + " by blocks");
    assertGolden(slow, name + " by parquet-java");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bad-null-row",
        "bad-empty-row",
        "bad-short-row",
        "bad-long-row",
        "bad-null-value",
        "bad-shifted"
      })
  void namesTheRowThatIsMissingOrRagged(String name) {
    GeoParquetDataset dataset = GeoParquetDataset.open(file(name), MODEL);
    for (Runnable way : List.<Runnable>of(dataset::vectors, () -> dataset.forEachBatch(b -> {}))) {
      CorruptDataException e = assertThrows(CorruptDataException.class, way::run);
      assertTrue(e.getMessage().contains("row 42"), e.getMessage());
      assertTrue(e.source().endsWith(name + ".parquet"), e.source());
    }
  }

  @Test
  void refusesACompressionThatItDoesNotKnow() {
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class, () -> GeoParquetDataset.open(file("float-brotli"), MODEL));
    assertTrue(e.getMessage().contains("BROTLI"), e.getMessage());
    assertTrue(e.getMessage().contains("float-brotli.parquet"), e.getMessage());
  }

  @Test
  void convertsEveryHalf() {
    assertEquals(0x1p-24f, Float16.toFloat((short) 1));
    assertEquals(0x1p-14f, Float16.toFloat((short) 0x400));
    assertEquals(-1.5f, Float16.toFloat((short) 0xBE00));
    assertEquals(65504f, Float16.toFloat((short) 0x7BFF));
    assertEquals(Float.NEGATIVE_INFINITY, Float16.toFloat((short) 0xFC00));
    assertTrue(Float.isNaN(Float16.toFloat((short) 0x7E00)));
    assertEquals(0x80000000, Float.floatToRawIntBits(Float16.toFloat((short) 0x8000)));
  }
}
