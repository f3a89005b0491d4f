package io.earthembed.common;

import org.jspecify.annotations.Nullable;

/** A byte range of a remote or local file that could not be read, after all attempts. */
public final class RangeReadException extends EarthEmbedException {
  private static final long serialVersionUID = 1L;

  private final String url;
  private final long offset;
  private final long length;
  private final int status;
  private final int attempts;

  /**
   * @param url what was read, without its query string (it may carry a signature)
   * @param offset first byte wanted, or -1 for a suffix range
   * @param length bytes wanted
   * @param status the last HTTP status, or 0 where there was no reply
   * @param attempts how often it was tried
   * @param problem what went wrong the last time
   * @param cause the network's own complaint, or null
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

  /** What was read, without its query string. */
  public String url() {
    return url;
  }

  /** First byte wanted, or -1 for a suffix range. */
  public long offset() {
    return offset;
  }

  /** Bytes wanted. */
  public long length() {
    return length;
  }

  /** The last HTTP status, or 0 where there was no reply. */
  public int status() {
    return status;
  }

  /** How often it was tried. */
  public int attempts() {
    return attempts;
  }
}
