package io.earthembed.parquet.internal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.earthembed.parquet.internal.ColumnWriter.Embeddings;
import io.earthembed.vector.Vectors;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Encoding;
import org.jspecify.annotations.Nullable;

/**
 * Makes the pages of an embedding column. Uncompressed pages are PLAIN, so a reader can copy them.
 * Compressed pages use BYTE_STREAM_SPLIT, which groups the floats' bytes by significance and so
 * compresses better and faster. One thread per processor compresses pages.
 */
final class EmbeddingPages {
  private static final int PAGE_BYTES = 1 << 20;

  /** Pages that are compressed at a time. */
  private static final int WINDOW = 16;

  /** The level of zstd: higher ones gain nothing on the low bits of floats. */
  private static final int LEVEL = 1;

  private final Embeddings rows;
  private final CompressionCodec codec;
  private final int rowsPerPage;
  private final Queue<Packed> ready = new ArrayDeque<>();
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);
  private int next;

  /**
   * A page without its header.
   *
   * @param values in it
   * @param plain bytes before compression
   * @param body stored bytes, valid until the next page is made
   */
  record Packed(int values, int plain, ByteBuffer body) {}

  EmbeddingPages(Embeddings rows, CompressionCodec codec) {
    this.rows = rows;
    this.codec = codec;
    rowsPerPage = Math.max(1, PAGE_BYTES / (4 * rows.vectors().dimension()));
  }

  /** Returns the encoding of the values. */
  Encoding encoding() {
    return codec == CompressionCodec.UNCOMPRESSED ? Encoding.PLAIN : Encoding.BYTE_STREAM_SPLIT;
  }

  /** Returns the next page, or null after the last. */
  @Nullable Packed next() {
    if (codec == CompressionCodec.UNCOMPRESSED) return next < rows.rows() ? plain() : null;
    if (ready.isEmpty() && next < rows.rows()) pack();
    return ready.poll();
  }

  private byte[] levels(int count) {
    int d = rows.vectors().dimension();
    ByteArrayOutputStream repetition = new ByteArrayOutputStream();
    ByteArrayOutputStream definition = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      RleLevels.writeRun(repetition, 1, 0);
      if (d > 1) RleLevels.writeRun(repetition, d - 1, 1);
    }
    RleLevels.writeRun(definition, count * d, 3);
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    ColumnWriter.putLevels(both, repetition.toByteArray());
    ColumnWriter.putLevels(both, definition.toByteArray());
    return both.toByteArray();
  }

  private Packed plain() {
    int count = Math.min(rowsPerPage, rows.rows() - next);
    int d = rows.vectors().dimension();
    byte[] levels = levels(count);
    int bytes = levels.length + 4 * count * d;
    if (buffer.capacity() < bytes) buffer = ByteBuffer.allocateDirect(bytes).order(Footer.ORDER);
    buffer.clear().put(levels);
    FloatBuffer floats = buffer.slice().order(Footer.ORDER).asFloatBuffer();
    EmbeddingColumn.each(
        rows.vectors(), (rows.from() + next) * d, count * d, (from, at) -> floats.put(from));
    next += count;
    return new Packed(count * d, bytes, buffer.clear().limit(bytes));
  }

  private void pack() {
    int first = next;
    int pages = Math.min(WINDOW, (rows.rows() - first + rowsPerPage - 1) / rowsPerPage);
    Packed[] packed = new Packed[pages];
    Workers.allOf(
        0,
        pages,
        Runtime.getRuntime().availableProcessors(),
        Packer::new,
        (i, packer) -> {
          int from = first + i * rowsPerPage;
          packed[i] = pack(from, Math.min(rowsPerPage, rows.rows() - from), packer);
          return true;
        });
    ready.addAll(Arrays.asList(packed));
    next = Math.min(rows.rows(), first + pages * rowsPerPage);
  }

  private Packed pack(int from, int count, Packer packer) {
    Vectors vectors = rows.vectors();
    int values = count * vectors.dimension();
    byte[] levels = levels(count);
    int bytes = levels.length + 4 * values;
    byte[] plain = packer.room(bytes);
    System.arraycopy(levels, 0, plain, 0, levels.length);
    EmbeddingColumn.each(
        vectors,
        (rows.from() + from) * vectors.dimension(),
        values,
        (floats, at) -> split(floats, packer.floats, plain, levels.length + at, values));
    return new Packed(values, bytes, ByteBuffer.wrap(packer.zstd(plain, bytes)));
  }

  /** Compresses pages, for one thread. */
  private static final class Packer implements Workers.Tools {
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private final float[] floats = new float[1024];
    private byte[] bytes = new byte[0];

    Packer() {
      zstd.setLevel(LEVEL);
    }

    /** Returns an array of at least this length, which is valid until the next call. */
    byte[] room(int length) {
      if (bytes.length < length) bytes = new byte[length];
      return bytes;
    }

    /** Returns the first bytes of an array, compressed. */
    byte[] zstd(byte[] plain, int length) {
      byte[] target = new byte[(int) Zstd.compressBound(length)];
      int size = zstd.compressByteArray(target, 0, target.length, plain, 0, length);
      return Arrays.copyOf(target, size);
    }

    @Override
    public void close() {
      zstd.close();
    }
  }

  /** Writes each float's four bytes to their streams, which are {@code values} bytes apart. */
  private static void split(FloatBuffer in, float[] block, byte[] out, int at, int values) {
    int a = at;
    while (in.hasRemaining()) {
      int n = Math.min(block.length, in.remaining());
      in.get(block, 0, n);
      int b = a + values;
      int c = b + values;
      int d = c + values;
      for (int i = 0; i < n; i++) {
        int bits = Float.floatToRawIntBits(block[i]);
        out[a + i] = (byte) bits;
        out[b + i] = (byte) (bits >> 8);
        out[c + i] = (byte) (bits >> 16);
        out[d + i] = (byte) (bits >> 24);
      }
      a += n;
    }
  }
}
