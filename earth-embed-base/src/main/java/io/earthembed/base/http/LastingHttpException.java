package io.earthembed.base.http;

import java.io.IOException;

/**
 * A failure that would recur with the same request, such as a redirect to an address that is no web
 * address.
 */
public final class LastingHttpException extends IOException {
  private static final long serialVersionUID = 1L;

  LastingHttpException(String problem) {
    super(problem);
  }
}
