package io.earthembed.parquet.internal;

import com.github.luben.zstd.ZstdDecompressCtx;
import io.earthembed.base.range.ChunkBytes.Pieces;
import io.earthembed.base.range.ChunkBytes.Room;
import io.earthembed.parquet.internal.Footer.Chunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.format.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/**
 * Decompresses the pages of one chunk, one after another, and reuses its memory. For one thread.
 */
final class PageDecompressor implements AutoCloseable {
  private final String source;
  private final Chunk chunk;
  private final Room levels = new Room();
  private final Room packed = new Room();
  private final Room plain = new Room();
  private @Nullable ZstdDecompressCtx zstd;

  /**
   * Creates a decompressor.
   *
   * @param source file or URL for messages
   */
  PageDecompressor(String source, Chunk chunk) {
    this.source = source;
    this.chunk = chunk;
  }

  /**
   * Returns the uncompressed bytes of a page, little-endian: the whole V1 page, or the values of a
   * V2 page. Valid until the next call.
   *
   * @param bytes the chunk's bytes
   */
  ByteBuffer unpack(Pieces bytes, Page page) {
    ByteBuffer stored = stored(bytes, page);
    if (isPlain(page)) return stored;
    CompressionCodec codec = chunk.codec();
    boolean direct = codec == CompressionCodec.ZSTD || codec == CompressionCodec.SNAPPY;
    if (!direct) return ByteBuffer.wrap(decompress(page, stored)).order(Footer.ORDER);
    if (!stored.isDirect()) stored = packed.of(stored.remaining()).put(stored).flip();
    int length = length(page);
    ByteBuffer target = plain.of(length);
    int got;
    try {
      if (chunk.codec() == CompressionCodec.ZSTD) {
        got =
            zstd()
                .decompressDirectByteBuffer(
                    target, 0, length, stored, stored.position(), stored.remaining());
      } else {
        // The stream contains its own length; it must not write beyond the buffer.
        got = Snappy.uncompressedLength(stored);
        if (got == length) Snappy.uncompress(stored, target);
      }
    } catch (IOException | RuntimeException e) {
      throw Codecs.damaged(chunk.codec(), e, source, chunk.offset() + page.at());
    }
    Codecs.requireLength(chunk.codec(), got, length, source, chunk.offset() + page.at());
    return target.clear().limit(length).order(Footer.ORDER);
  }

  /** Returns the bytes of {@link #unpack} in an array that the caller owns. */
  byte[] unpackToArray(Pieces bytes, Page page) {
    ByteBuffer stored = stored(bytes, page);
    return isPlain(page) ? array(stored) : decompress(page, stored);
  }

  /**
   * Returns the levels of a V2 page: first those of repetition. They are valid until the next call.
   */
  ByteBuffer levels(Pieces bytes, Page page) {
    return bytes.read(page.body(), page.repetition() + page.definition(), levels);
  }

  private ByteBuffer stored(Pieces bytes, Page page) {
    int skip = page.repetition() + page.definition();
    return bytes.read(page.body() + skip, page.packed() - skip, packed);
  }

  /** Returns the number of uncompressed bytes. */
  private static int length(Page page) {
    return page.plain() - page.repetition() - page.definition();
  }

  private boolean isPlain(Page page) {
    boolean empty = length(page) == 0 && page.packed() == page.repetition() + page.definition();
    return !page.compressed() || chunk.codec() == CompressionCodec.UNCOMPRESSED || empty;
  }

  private byte[] decompress(Page page, ByteBuffer stored) {
    long offset = chunk.offset() + page.at();
    return Codecs.decompress(chunk.codec(), array(stored), length(page), source, offset);
  }

  static byte[] array(ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.get(array);
    return array;
  }

  private ZstdDecompressCtx zstd() {
    ZstdDecompressCtx context = zstd;
    if (context == null) {
      context = new ZstdDecompressCtx();
      zstd = context;
    }
    return context;
  }

  @Override
  public void close() {
    if (zstd != null) zstd.close();
  }
}
