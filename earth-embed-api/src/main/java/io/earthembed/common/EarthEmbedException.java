package io.earthembed.common;

import io.earthembed.internal.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * The root of what earth-embed throws when data, a model, an index or the network fail. Bad
 * arguments are {@link IllegalArgumentException}s instead, and use after close an {@link
 * IllegalStateException}. A service answers an {@link InvalidInputException} as a bad argument,
 * with HTTP status 400.
 *
 * <p>Messages may repeat what servers, datasets and files say: control and formatting characters
 * are taken out of them and of the causes' messages, and what is very long is cut.
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
   * @param cause the lower fault, or null
   */
  public EarthEmbedException(String message, @Nullable Throwable cause) {
    super(PlainText.message(message), PlainText.cause(cause));
  }

  /** What failed; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
