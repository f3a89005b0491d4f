package io.earthembed.parquet.internal;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.parquet.internal.Footer.Chunk;
import io.earthembed.parquet.internal.Footer.Column;
import io.earthembed.vector.Vectors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Type;

/**
 * Any bytes as the pages of a column of any type, codec and nesting, read in every way there is.
 * For FuzzTest.
 */
public final class EncodingsFuzz {
  private static final int HEADER = 6;

  private EncodingsFuzz() {}

  /** Returns an input for a chunk of a file. */
  public static byte[] input(Chunk chunk, ByteBuffer bytes) {
    byte[] data = new byte[HEADER + bytes.remaining()];
    Column column = chunk.column();
    data[0] = (byte) column.type().ordinal();
    data[1] = (byte) chunk.codec().ordinal();
    data[2] = (byte) (column.maxDefinition() | column.maxRepetition() << 4);
    data[3] = (byte) column.typeLength();
    data[4] = (byte) chunk.values();
    data[5] = (byte) (chunk.values() >> 8);
    bytes.duplicate().get(data, HEADER, bytes.remaining());
    return data;
  }

  /** Anything but our own exceptions is a finding. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < HEADER) return;
    Type type = Type.values()[(data[0] & 0xFF) % Type.values().length];
    CompressionCodec codec =
        CompressionCodec.values()[(data[1] & 0xFF) % CompressionCodec.values().length];
    Column column = new Column("x", type, data[2] & 3, data[2] >> 4 & 1, data[3] & 0xFF);
    byte[] pages = Arrays.copyOfRange(data, HEADER, data.length);
    int values = data[4] & 0xFF | (data[5] & 0xFF) << 8;
    Chunk chunk = new Chunk(column, 4, pages.length, values, codec, null);
    ByteBuffer bytes = ByteBuffer.wrap(pages);
    attempt(() -> ValueReader.of("memory", chunk, bytes).texts());
    attempt(() -> ValueReader.of("memory", chunk, bytes).binaries());
    attempt(() -> ValueReader.of("memory", chunk, bytes).numbers());
    attempt(() -> ValueReader.of("memory", chunk, bytes).times());
    attempt(
        () -> {
          int dimension = Math.max(1, column.maxRepetition() > 0 ? 20 : column.typeLength() / 4);
          int rows = column.maxRepetition() > 0 ? values / dimension : values;
          EmbeddingColumn all = new EmbeddingColumn("memory", chunk, bytes, dimension, rows, 0);
          all.requireRows();
          for (EmbeddingColumn.Slice slice : all.slices(1 << 20)) {
            all.decode(slice, Vectors.allocate(slice.rows(), dimension), 0, 1);
          }
        });
  }

  private static void attempt(Runnable reading) {
    try {
      reading.run();
    } catch (EarthEmbedException e) {
      // This is expected, unless the cause is an Error: then memory had been allocated.
      if (e.getCause() instanceof Error error) throw error;
    }
  }
}
