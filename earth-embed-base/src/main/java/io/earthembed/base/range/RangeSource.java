package io.earthembed.base.range;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import java.nio.ByteBuffer;

/**
 * A file that is read by ranges, local or remote: the only seam for I/O.
 *
 * <p>Threads: any number may read at once. Each call blocks until its bytes have arrived; an
 * interrupt ends it with an {@link EarthEmbedException} and leaves the thread interrupted.
 *
 * <p>Buffers: each call returns a new little-endian buffer, at position 0, which the caller owns
 * and may change.
 *
 * <p>Errors: every method that reads throws a {@link RangeReadException} if the bytes cannot be
 * read, after the source's retries, or are outside the file; and a {@link FileChangedException} if
 * the file is not of the version that the caller names.
 */
public interface RangeSource {
  /** Returns the file's path or URL for messages, without a query string. */
  String name();

  /**
   * Returns a key that differs between any two files, without the secrets of the address. The name
   * is not such a key, because addresses may differ in their query strings alone.
   */
  default String identity() {
    return name();
  }

  /** Returns whether the file is on this machine, so that caching its bytes would gain nothing. */
  default boolean local() {
    return false;
  }

  /**
   * Reads the last bytes of the file, whichever version it has now.
   *
   * @param bytes number of bytes; a shorter file is returned whole
   */
  Tail tail(int bytes);

  /**
   * Reads exactly {@code length} bytes.
   *
   * @param version the version to read
   * @param offset of the first byte
   * @param length bytes, 0 or more
   */
  ByteBuffer read(FileVersion version, long offset, int length);

  /**
   * Returns the bytes for reading in pieces. By default it reads all of them at once, because
   * pieces would cost more.
   *
   * @param version as for {@link #read}
   */
  default ChunkBytes chunk(FileVersion version, long offset, int length) {
    return ChunkBytes.of(read(version, offset, length));
  }

  /**
   * The end of a file.
   *
   * @param bytes its last bytes
   * @param version the version of the file
   */
  record Tail(ByteBuffer bytes, FileVersion version) {}

  /** Thrown if the file is not of the expected version. */
  final class FileChangedException extends EarthEmbedException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception for a file of this name. */
    public FileChangedException(String name) {
      super(name + " has changed since its footer was read");
    }
  }
}
