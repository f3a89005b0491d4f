package io.earthembed.parquet.internal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import io.earthembed.parquet.internal.Footer.Chunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.format.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** What one thread needs to decode page after page without asking for memory each time. */
final class Scratch implements AutoCloseable {
  private ByteBuffer packed = ByteBuffer.allocateDirect(0);
  private ByteBuffer plain = ByteBuffer.allocateDirect(0);
  private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
  private @Nullable ZstdCompressCtx packer;

  /** A chunk's values on their way, when they cannot be copied as they are. */
  final float[] floats = new float[1024];

  byte[] bytes = new byte[0];

  /**
   * The uncompressed bytes of a page, little-endian: of the whole of a V1 page, of the values of a
   * V2 page. They are good until the next call.
   *
   * @param chunkBytes the chunk's, direct or not
   */
  ByteBuffer unpack(String source, Chunk chunk, ByteBuffer chunkBytes, Page page) {
    int skip = page.repetition() + page.definition();
    ByteBuffer stored =
        chunkBytes
            .slice(chunkBytes.position() + page.body() + skip, page.packed() - skip)
            .order(Footer.ORDER);
    int length = page.plain() - skip;
    if (!page.compressed() || chunk.codec() == CompressionCodec.UNCOMPRESSED) return stored;
    if (length == 0 && stored.remaining() == 0) return stored;
    if (chunk.codec() == CompressionCodec.ZSTD || chunk.codec() == CompressionCodec.SNAPPY) {
      if (!stored.isDirect()) {
        packed = room(packed, stored.remaining());
        stored = packed.clear().put(stored).flip();
      }
      plain = room(plain, length);
      ByteBuffer target = plain.clear().limit(length);
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

  private static ByteBuffer room(ByteBuffer buffer, int bytes) {
    return buffer.capacity() >= bytes
        ? buffer
        : ByteBuffer.allocateDirect(bytes + bytes / 8).order(Footer.ORDER);
  }

  @Override
  public void close() {
    zstd.close();
    if (packer != null) packer.close();
  }
}
