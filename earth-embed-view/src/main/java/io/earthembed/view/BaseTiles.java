package io.earthembed.view;

import io.earthembed.io.Addresses;
import java.net.URI;

/**
 * A map of square pictures that a page loads from the network, in Web Mercator. Whoever uses one
 * keeps to its owner's terms.
 *
 * @param template address of a picture with {z}, {x} and {y} in it, http or https
 * @param attribution what its owner wants said beside it, as plain text
 */
public record BaseTiles(String template, String attribution) {
  /** Checks its arguments. */
  public BaseTiles {
    for (String part : new String[] {"{z}", "{x}", "{y}"}) {
      if (!template.contains(part)) {
        throw new IllegalArgumentException(
            "template has no " + part + ": " + Addresses.shown(template));
      }
    }
    origin(template);
  }

  /** The one place that a page with these tiles may ask. */
  String origin() {
    return origin(template);
  }

  private static String origin(String template) {
    URI uri;
    try {
      uri = URI.create(template.replaceAll("[{}]", ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("template is no address: " + Addresses.shown(template));
    }
    String scheme = uri.getScheme();
    if (scheme == null || uri.getHost() == null || !scheme.matches("https?")) {
      throw new IllegalArgumentException(
          "template is no http or https address: " + Addresses.shown(template));
    }
    return scheme + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }
}
