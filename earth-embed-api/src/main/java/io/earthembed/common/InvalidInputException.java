package io.earthembed.common;

import org.jspecify.annotations.Nullable;

/**
 * Input of a caller that cannot be used: a picture to search with that is none, is damaged, too
 * large, or of a form that is not read.
 *
 * <p>The request is at fault, not the service: answer it as an {@link IllegalArgumentException},
 * with HTTP status 400. A {@link CorruptDataException} tells of damage in what the service holds
 * itself.
 */
public final class InvalidInputException extends EarthEmbedException {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final long offset;
  private final String problem;

  /**
   * @param source the file, or what the caller calls the input
   * @param offset byte offset of the fault, or -1 if none can be named
   * @param problem what is wrong there, and what to do
   */
  public InvalidInputException(String source, long offset, String problem) {
    this(source, offset, problem, null);
  }

  /**
   * @param source the file, or what the caller calls the input
   * @param offset byte offset of the fault, or -1 if none can be named
   * @param problem what is wrong there, and what to do
   * @param cause the decoder's own complaint, or null
   */
  public InvalidInputException(
      String source, long offset, String problem, @Nullable Throwable cause) {
    super(source + (offset < 0 ? "" : " at byte " + offset) + ": " + problem, cause);
    this.source = source;
    this.offset = offset;
    this.problem = problem;
  }

  /** The file, or what the caller calls the input. */
  public String source() {
    return source;
  }

  /** Byte offset of the fault, or -1. */
  public long offset() {
    return offset;
  }

  /** What is wrong, without source and offset. */
  public String problem() {
    return problem;
  }
}
