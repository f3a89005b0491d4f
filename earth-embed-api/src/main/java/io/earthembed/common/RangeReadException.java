package io.earthembed.common;

import org.jspecify.annotations.Nullable;

/** Reports that a byte range of a remote or local file could not be read, after all attempts. */
public final class RangeReadException extends EarthEmbedException {
  private static final long serialVersionUID = 1L;

  private final String url;
  private final long offset;
  private final long length;
  private final int status;
  private final int attempts;

  /**
   * @param url the file or URL, without its query string (which may carry a signature)
   * @param offset first requested byte, or -1 for a suffix range
   * @param length requested bytes
   * @param status the last HTTP status, or 0 if there was no reply
   * @param attempts number of attempts
   * @param problem what went wrong at the last attempt
   * @param cause the network's exception, or null
   */
  public RangeReadException(
      String url,
      long offset,
      long length,
      int status,
      int attempts,
      String problem,
      @Nullable Throwable cause) {
    super(
        url
            + (offset < 0 ? " last " + length + " bytes" : " bytes " + offset + "+" + length)
            + (status == 0 ? "" : ", HTTP " + status)
            + (attempts == 1 ? "" : ", " + attempts + " attempts")
            + ": "
            + problem,
        cause);
    this.url = url;
    this.offset = offset;
    this.length = length;
    this.status = status;
    this.attempts = attempts;
  }

  /** Returns the file or URL, without its query string. */
  public String url() {
    return url;
  }

  /** Returns the first requested byte, or -1 for a suffix range. */
  public long offset() {
    return offset;
  }

  /** Returns the number of requested bytes. */
  public long length() {
    return length;
  }

  /** Returns the last HTTP status, or 0 if there was no reply. */
  public int status() {
    return status;
  }

  /** Returns the number of attempts. */
  public int attempts() {
    return attempts;
  }
}
