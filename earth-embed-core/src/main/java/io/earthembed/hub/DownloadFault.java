package io.earthembed.hub;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The reason that one request did not bring the file. */
final class DownloadFault extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean retryable;
  private final boolean corrupt;
  private final transient @Nullable Duration retryAfter;

  private DownloadFault(
      String problem,
      @Nullable Throwable cause,
      boolean retryable,
      boolean corrupt,
      @Nullable Duration retryAfter) {
    super(problem, cause);
    this.retryable = retryable;
    this.corrupt = corrupt;
    this.retryAfter = retryAfter;
  }

  /** Returns a fault that may not recur. */
  static DownloadFault retryable(String problem, @Nullable Throwable cause) {
    return new DownloadFault(problem, cause, true, false, null);
  }

  /** Returns the fault of a busy server, with the pause that it asks for, or null. */
  static DownloadFault busy(String problem, @Nullable Duration retryAfter) {
    return new DownloadFault(problem, null, true, false, retryAfter);
  }

  /** Returns a fault that would recur with every request. */
  static DownloadFault lasting(String problem) {
    return new DownloadFault(problem, null, false, false, null);
  }

  /** Returns the fault of a reply with other bytes than the file's; another reply may have them. */
  static DownloadFault corrupt(String problem) {
    return new DownloadFault(problem, null, true, true, null);
  }

  boolean isRetryable() {
    return retryable;
  }

  boolean isCorrupt() {
    return corrupt;
  }

  /** Returns the pause that the server asks for, or null. */
  @Nullable Duration retryAfter() {
    return retryAfter;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
