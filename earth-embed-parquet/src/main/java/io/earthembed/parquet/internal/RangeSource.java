package io.earthembed.parquet.internal;

import io.earthembed.common.EarthEmbedException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A file that is read by ranges, near or far: the one seam for I/O. Safe for many threads. */
public interface RangeSource {
  /** File or URL for messages, without a query string. */
  String name();

  /**
   * What tells the file from any other, without what its address keeps secret: the name alone does
   * not where files differ in their query strings.
   */
  default String identity() {
    return name();
  }

  /** Whether its bytes are on this machine already, so that keeping them would gain nothing. */
  default boolean local() {
    return false;
  }

  /**
   * The last bytes of the file, and what they tell of it.
   *
   * @param bytes how many are wanted; a shorter file is returned whole
   */
  Tail tail(int bytes);

  /**
   * Exactly these bytes, little-endian.
   *
   * @param tail the file as it was seen; if it has changed since, {@link FileChangedException}
   */
  ByteBuffer read(Tail tail, long offset, int length);

  /**
   * The same bytes for reading in pieces, if that spares memory; else read already.
   *
   * @param tail as for {@link #read}
   */
  default ChunkBytes chunk(Tail tail, long offset, int length) {
    return ChunkBytes.of(read(tail, offset, length));
  }

  /**
   * The end of a file.
   *
   * @param bytes its last bytes
   * @param length of the whole file
   * @param version the strong ETag or what stands for it, or null
   */
  record Tail(ByteBuffer bytes, long length, @Nullable String version) {}

  /** The file is another than the one whose footer is known. */
  final class FileChangedException extends EarthEmbedException {
    private static final long serialVersionUID = 1L;

    FileChangedException(String name) {
      super(name + " has changed since its footer was read");
    }
  }
}
