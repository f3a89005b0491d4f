package io.earthembed.parquet.internal;

import java.nio.ByteBuffer;

/**
 * The bytes of a column chunk, read piece by piece. A piece is no one else's memory: a local file
 * that is rewritten or cut while it is read is never seen by a native decoder. Safe for many
 * threads.
 */
public interface ChunkBytes {
  /** How many bytes there are. */
  int size();

  /**
   * Opens them for reading, by many threads.
   *
   * @throws RangeSource.FileChangedException if the file is not the one whose footer is known
   */
  Pieces open();

  /** Bytes that are open. */
  interface Pieces extends AutoCloseable {
    /**
     * Some of the bytes, little-endian; good until the next call with the same room.
     *
     * @param room takes them, if they are not in memory
     */
    ByteBuffer read(int at, int length, Room room);

    /**
     * Fails if the file has changed since its footer was read, so that what was read until now may
     * be of two files.
     */
    default void requireUnchanged() {}

    @Override
    default void close() {}
  }

  /** A direct buffer that grows to what is asked of it. For one thread. */
  final class Room {
    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

    /** The buffer, empty, with this limit. */
    ByteBuffer of(int bytes) {
      if (buffer.capacity() < bytes) {
        long wanted = Math.min(Integer.MAX_VALUE - 8L, bytes + bytes / 8L);
        buffer = ByteBuffer.allocateDirect((int) wanted).order(Footer.ORDER);
      }
      return buffer.clear().limit(bytes);
    }
  }

  /** Bytes in memory: a buffer's, from position to limit. */
  static ChunkBytes of(ByteBuffer bytes) {
    ByteBuffer all = bytes.slice();
    return new ChunkBytes() {
      @Override
      public int size() {
        return all.limit();
      }

      @Override
      public Pieces open() {
        return (at, length, room) -> all.slice(at, length).order(Footer.ORDER);
      }
    };
  }
}
