package io.earthembed.web;

/** Ends a request with a status and a message for the client. */
final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final int retryAfter;

  private ProblemException(int status, String detail, int retryAfter) {
    super(detail, null, false, false); // the client's fault: no stack trace
    this.status = status;
    this.retryAfter = retryAfter;
  }

  static ProblemException of(int status, String detail) {
    return new ProblemException(status, detail, 0);
  }

  static ProblemException notFound(String detail) {
    return of(404, detail);
  }

  /** Returns the problem of a server that has too much to do (429). */
  static ProblemException busy(String detail, int retryAfterSeconds) {
    return new ProblemException(429, detail, retryAfterSeconds);
  }

  int status() {
    return status;
  }

  /** Returns after how many seconds the client may try again; 0 if that would not help. */
  int retryAfter() {
    return retryAfter;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
