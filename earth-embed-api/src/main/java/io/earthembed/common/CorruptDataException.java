package io.earthembed.common;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that cannot be what they claim to be: a damaged shard, dataset, index, catalog or model.
 * Bad pictures that a caller gives are {@link InvalidInputException}s.
 */
public final class CorruptDataException extends EarthEmbedException {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final long offset;

  /**
   * @param source the file or URL, without its query string
   * @param offset byte offset of the fault, or -1 where none can be named
   * @param problem what is wrong there
   */
  public CorruptDataException(String source, long offset, String problem) {
    this(source, offset, problem, null);
  }

  /**
   * @param source the file or URL, without its query string
   * @param offset byte offset of the fault, or -1 where none can be named
   * @param problem what is wrong there
   * @param cause the decoder's own complaint, or null
   */
  public CorruptDataException(
      String source, long offset, String problem, @Nullable Throwable cause) {
    super(source + (offset < 0 ? "" : " at byte " + offset) + ": " + problem, cause);
    this.source = source;
    this.offset = offset;
  }

  /** The file or URL that holds the bytes. */
  public String source() {
    return source;
  }

  /** Byte offset of the fault, or -1. */
  public long offset() {
    return offset;
  }
}
