package io.earthembed.base.http;

import java.io.IOException;

/** A failure that the same request would meet again, such as a redirect to no web address. */
public final class LastingHttpException extends IOException {
  private static final long serialVersionUID = 1L;

  LastingHttpException(String problem) {
    super(problem);
  }
}
