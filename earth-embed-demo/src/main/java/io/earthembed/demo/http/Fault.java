package io.earthembed.demo.http;

/** The faults that a {@link RangeServer} can inject into one reply. */
public enum Fault {
  /** Answers 200 with the whole file, as if there were no Range header. */
  IGNORE_RANGE,
  /** Declares the whole range, sends half of it, and then nothing more. */
  CUT_BODY,
  /** Sends another range than requested, and declares it. */
  WRONG_RANGE,
  /** Answers 206 without a Content-Range header. */
  NO_CONTENT_RANGE,
  /** 503 with Retry-After: 0. */
  UNAVAILABLE,
  /** 429 with Retry-After: 0. */
  TOO_MANY,
  /** 429 with Retry-After: 1. */
  RETRY_IN_A_SECOND,
  /** 503 with a date as Retry-After, two seconds from now. */
  RETRY_AT_A_DATE,
  /** 503 with Retry-After: 3600. */
  RETRY_IN_AN_HOUR,
  /** 401. */
  UNAUTHORISED,
  /** 403. */
  FORBIDDEN,
  /** 404. */
  NOT_FOUND,
  /** 416 with the file's length. */
  UNSATISFIABLE,
  /** 302 to the same file on the same server. */
  REDIRECT,
  /** 302 to itself, endlessly. */
  REDIRECT_LOOP,
  /**
   * Sends another ETag than before, as if the file had been replaced; answers 200 to an If-Range.
   */
  NEW_ETAG,
  /** Sends the header and then nothing until the server is closed. */
  STALL
}
