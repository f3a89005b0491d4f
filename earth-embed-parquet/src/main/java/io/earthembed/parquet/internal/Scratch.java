package io.earthembed.parquet.internal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import io.earthembed.parquet.internal.ChunkBytes.Pieces;
import io.earthembed.parquet.internal.ChunkBytes.Room;
import io.earthembed.parquet.internal.Footer.Chunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.format.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** What one thread needs to decode page after page without asking for memory each time. */
final class Scratch implements AutoCloseable {
  private final Room levels = new Room();
  private final Room packed = new Room();
  private final Room plain = new Room();
  private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
  private @Nullable ZstdCompressCtx packer;

  /** A chunk's values on their way, when they cannot be copied as they are. */
  final float[] floats = new float[1024];

  byte[] bytes = new byte[0];

  /**
   * The uncompressed bytes of a page, little-endian: of the whole of a V1 page, of the values of a
   * V2 page. They are good until the next call.
   *
   * @param bytes the chunk's
   */
  ByteBuffer unpack(String source, Chunk chunk, Pieces bytes, Page page) {
    int skip = page.repetition() + page.definition();
    ByteBuffer stored = bytes.read(page.body() + skip, page.packed() - skip, packed);
    int length = page.plain() - skip;
    if (!page.compressed() || chunk.codec() == CompressionCodec.UNCOMPRESSED) return stored;
    if (length == 0 && stored.remaining() == 0) return stored;
    if (chunk.codec() == CompressionCodec.ZSTD || chunk.codec() == CompressionCodec.SNAPPY) {
      if (!stored.isDirect()) {
        stored = packed.of(stored.remaining()).put(stored).flip();
      }
      ByteBuffer target = plain.of(length);
      int got;
      try {
        if (chunk.codec() == CompressionCodec.ZSTD) {
          got =
              zstd.decompressDirectByteBuffer(
                  target, 0, length, stored, stored.position(), stored.remaining());
        } else {
          // The stream itself tells its length; it must not write beyond the buffer.
          got = Snappy.uncompressedLength(stored);
          if (got == length) Snappy.uncompress(stored, target);
        }
      } catch (IOException | RuntimeException e) {
        throw Codecs.damaged(chunk.codec(), e, source, chunk.offset() + page.at());
      }
      Codecs.requireLength(chunk.codec(), got, length, source, chunk.offset() + page.at());
      return target.clear().limit(length).order(Footer.ORDER);
    }
    byte[] all = new byte[stored.remaining()];
    stored.get(all);
    return ByteBuffer.wrap(
            Codecs.decompress(chunk.codec(), all, length, source, chunk.offset() + page.at()))
        .order(Footer.ORDER);
  }

  /** The levels of a V2 page: first those of repetition. They are good until the next call. */
  ByteBuffer levels(Pieces bytes, Page page) {
    return bytes.read(page.body(), page.repetition() + page.definition(), levels);
  }

  /** The first bytes of an array, compressed. */
  byte[] zstd(byte[] plain, int length, int level) {
    ZstdCompressCtx context = packer;
    if (context == null) {
      context = new ZstdCompressCtx();
      context.setLevel(level);
      packer = context;
    }
    byte[] target = new byte[(int) Zstd.compressBound(length)];
    int size = context.compressByteArray(target, 0, target.length, plain, 0, length);
    return Arrays.copyOf(target, size);
  }

  @Override
  public void close() {
    zstd.close();
    if (packer != null) packer.close();
  }
}
