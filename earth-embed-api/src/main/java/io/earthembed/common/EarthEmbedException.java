package io.earthembed.common;

import io.earthembed.internal.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * Reports a failure of data, a model, an index or the network. Bad arguments raise {@link
 * IllegalArgumentException}s instead, and use after close raises an {@link IllegalStateException}.
 * A service should answer an {@link InvalidInputException} as a bad argument, with HTTP status 400.
 *
 * <p>Messages may quote servers, datasets and files. Control and formatting characters are removed
 * from them and from the causes' messages, and long messages are cut.
 */
public class EarthEmbedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what failed, naming the file, URL, model or index
   */
  public EarthEmbedException(String message) {
    super(PlainText.message(message));
  }

  /**
   * @param message what failed, naming the file, URL, model or index
   * @param cause the underlying failure, or null
   */
  public EarthEmbedException(String message, @Nullable Throwable cause) {
    super(PlainText.message(message), PlainText.cause(cause));
  }

  /** Returns the description of the failure; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
