package io.earthembed.common;

import org.jspecify.annotations.Nullable;

/**
 * Reports a damaged shard, dataset, index, catalog or model. A bad picture from a caller raises an
 * {@link InvalidInputException} instead.
 */
public final class CorruptDataException extends EarthEmbedException {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final long offset;

  /**
   * Reports a fault at an unknown offset.
   *
   * @param source the file or URL, without its query string
   * @param problem what is wrong
   */
  public CorruptDataException(String source, String problem) {
    this(source, -1, problem, null);
  }

  /**
   * Reports a fault at an unknown offset.
   *
   * @param source the file or URL, without its query string
   * @param problem what is wrong
   * @param cause the decoder's exception, or null
   */
  public CorruptDataException(String source, String problem, @Nullable Throwable cause) {
    this(source, -1, problem, cause);
  }

  /**
   * @param source the file or URL, without its query string
   * @param offset byte offset of the fault, or -1 if it is unknown
   * @param problem the fault
   */
  public CorruptDataException(String source, long offset, String problem) {
    this(source, offset, problem, null);
  }

  /**
   * @param source the file or URL, without its query string
   * @param offset byte offset of the fault, or -1 if it is unknown
   * @param problem the fault
   * @param cause the decoder's exception, or null
   */
  public CorruptDataException(
      String source, long offset, String problem, @Nullable Throwable cause) {
    super(source + (offset < 0 ? "" : " at byte " + offset) + ": " + problem, cause);
    this.source = source;
    this.offset = offset;
  }

  /** Returns the file or URL that holds the bytes. */
  public String source() {
    return source;
  }

  /** Returns the byte offset of the fault, or -1 if it is unknown. */
  public long offset() {
    return offset;
  }
}
