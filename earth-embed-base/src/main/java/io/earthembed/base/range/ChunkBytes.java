package io.earthembed.base.range;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of a column chunk, read piece by piece. A piece is private memory, so a native decoder
 * never sees changes to a local file. Safe for many threads.
 */
public interface ChunkBytes {
  /** Returns the number of bytes. */
  int size();

  /**
   * Opens the bytes for reading; safe for many threads.
   *
   * @throws RangeSource.FileChangedException if the file has changed since its footer was read
   */
  Pieces open();

  /** Open bytes. Not safe for several threads. */
  interface Pieces extends AutoCloseable {
    /**
     * Reads some of the bytes, little-endian; valid until the next call with this room.
     *
     * @param room receives them, unless they are in memory
     */
    ByteBuffer read(int at, int length, Room room);

    /**
     * Fails if the file has changed since its footer was read, so the bytes read so far may be of
     * two versions.
     */
    default void requireUnchanged() {}

    @Override
    default void close() {}
  }

  /** A direct buffer that grows on request. For one thread. */
  final class Room {
    private static final ByteBuffer NONE =
        ByteBuffer.allocateDirect(0).order(ByteOrder.LITTLE_ENDIAN);

    private ByteBuffer buffer = NONE;

    /** Returns the buffer, empty, with this limit. */
    public ByteBuffer of(int bytes) {
      if (buffer.capacity() < bytes) {
        long wanted = Math.min(Integer.MAX_VALUE - 8L, bytes + bytes / 8L);
        buffer = ByteBuffer.allocateDirect((int) wanted).order(ByteOrder.LITTLE_ENDIAN);
      }
      return buffer.clear().limit(bytes);
    }
  }

  /** Returns the bytes of a buffer, from position to limit. */
  static ChunkBytes of(ByteBuffer bytes) {
    ByteBuffer all = bytes.slice();
    return new ChunkBytes() {
      @Override
      public int size() {
        return all.limit();
      }

      @Override
      public Pieces open() {
        return (at, length, room) -> all.slice(at, length).order(ByteOrder.LITTLE_ENDIAN);
      }
    };
  }
}
