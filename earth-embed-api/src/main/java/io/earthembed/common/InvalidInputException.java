package io.earthembed.common;

import org.jspecify.annotations.Nullable;

/**
 * Reports a caller's input that cannot be used: a query picture that is not a picture, is damaged,
 * too large, or of an unsupported format; or a region whose text or bytes are not valid.
 *
 * <p>The request is at fault, not the service, so answer with HTTP status 400 as for an {@link
 * IllegalArgumentException}. A {@link CorruptDataException} reports damage in the service's own
 * data.
 */
public final class InvalidInputException extends EarthEmbedException {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final long offset;
  private final String problem;

  /**
   * @param source the file, or the caller's name for the input
   * @param offset byte offset of the fault, or -1 if it is unknown
   * @param problem the fault, and the remedy
   */
  public InvalidInputException(String source, long offset, String problem) {
    this(source, offset, problem, null);
  }

  /**
   * @param source the file, or the caller's name for the input
   * @param offset byte offset of the fault, or -1 if it is unknown
   * @param problem the fault, and the remedy
   * @param cause the decoder's exception, or null
   */
  public InvalidInputException(
      String source, long offset, String problem, @Nullable Throwable cause) {
    super(source + (offset < 0 ? "" : " at byte " + offset) + ": " + problem, cause);
    this.source = source;
    this.offset = offset;
    this.problem = problem;
  }

  /** Returns the file, or the caller's name for the input. */
  public String source() {
    return source;
  }

  /** Returns the byte offset of the fault, or -1 if it is unknown. */
  public long offset() {
    return offset;
  }

  /** Returns the problem, without source and offset. */
  public String problem() {
    return problem;
  }
}
