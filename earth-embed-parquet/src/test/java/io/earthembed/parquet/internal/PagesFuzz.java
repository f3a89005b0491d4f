package io.earthembed.parquet.internal;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Type;

/**
 * Fuzzed by FuzzTest with Jazzer: arbitrary bytes as the pages of an embedding column. Bytes that
 * both decoders accept must decode equally.
 */
public final class PagesFuzz {
  /** Of the goldens. */
  static final int ROWS = 60;

  static final int DIMENSION = 20;

  private static final CompressionCodec[] CODECS = {
    CompressionCodec.UNCOMPRESSED,
    CompressionCodec.SNAPPY,
    CompressionCodec.ZSTD,
    CompressionCodec.GZIP,
    CompressionCodec.LZ4,
    CompressionCodec.LZ4_RAW
  };

  private PagesFuzz() {}

  /** Returns an input for a chunk of a file. */
  public static byte[] input(Chunk chunk, ByteBuffer bytes) {
    byte[] data = new byte[2 + bytes.remaining()];
    data[0] =
        (byte)
            switch (chunk.column().type()) {
              case FLOAT -> 0;
              case DOUBLE -> 1;
              default -> 2;
            };
    data[1] = (byte) Arrays.asList(CODECS).indexOf(chunk.codec());
    bytes.duplicate().get(data, 2, bytes.remaining());
    return data;
  }

  private static Chunk chunk(byte[] data) {
    Column column =
        switch (data[0] & 3) {
          case 0 -> new Column("embedding", Type.FLOAT, 3, 1, 0);
          case 1 -> new Column("embedding", Type.DOUBLE, 3, 1, 0);
          case 2 -> new Column("embedding", Type.FIXED_LEN_BYTE_ARRAY, 3, 1, 2);
          default -> new Column("embedding", Type.FIXED_LEN_BYTE_ARRAY, 1, 0, 4 * DIMENSION);
        };
    CompressionCodec codec = CODECS[(data[1] & 0xFF) % CODECS.length];
    long values = column.maxRepetition() == 0 ? ROWS : ROWS * DIMENSION;
    return new Chunk(column, 4, data.length - 2, values, codec, null);
  }

  /** Anything but our own exceptions is a finding. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < 2) return;
    Chunk chunk = chunk(data);
    ByteBuffer bytes = ByteBuffer.wrap(data, 2, data.length - 2).slice().order(Footer.ORDER);
    Vectors fast = Vectors.allocate(ROWS, DIMENSION);
    Vectors slow = Vectors.allocate(ROWS, DIMENSION);
    try {
      EmbeddingColumn column = new EmbeddingColumn("memory", chunk, bytes, DIMENSION, ROWS, 0);
      column.requireRows();
      boolean whole = true;
      for (EmbeddingColumn.Slice slice : column.slices(1)) {
        whole &= column.inBlocks(slice, fast, slice.row(), 1);
      }
      ValueReader.of("memory", chunk, bytes).rows(DIMENSION, 0, 0, ROWS, slow, 0, new BitSet());
      if (!whole) return;
    } catch (EarthEmbedException e) {
      return;
    }
    for (int i = 0; i < ROWS; i++) {
      if (!Arrays.equals(fast.row(i), slow.row(i))) {
        throw new AssertionError(
            "row " + i + ": " + Arrays.toString(fast.row(i)) + Arrays.toString(slow.row(i)));
      }
    }
  }
}
