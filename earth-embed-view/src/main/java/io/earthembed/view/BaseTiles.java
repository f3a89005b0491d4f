package io.earthembed.view;

import io.earthembed.internal.Addresses;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A map of square pictures that a page loads from the network, in Web Mercator. Whoever uses one
 * keeps to its owner's terms.
 *
 * @param template address of a picture, http or https, with {z}, {x} and {y} in its path; {r} may
 *     be there, which becomes {@code @2x} on fine screens, and no other placeholder: a host for
 *     each {s} is more than the one that a page may ask
 * @param attribution what its owner wants said beside it, as plain text
 */
public record BaseTiles(String template, String attribution) {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)\\}");

  /** Checks its arguments. */
  public BaseTiles {
    for (String part : new String[] {"{z}", "{x}", "{y}"}) {
      if (!template.contains(part)) {
        throw new IllegalArgumentException(
            "template has no " + part + ": " + Addresses.shown(template));
      }
    }
    Matcher place = PLACEHOLDER.matcher(template);
    while (place.find()) {
      if (!place.group(1).matches("[zxyr]")) {
        throw new IllegalArgumentException(
            "template has "
                + place.group()
                + ", where {z}, {x}, {y} and {r} are known: "
                + Addresses.shown(template));
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
      uri = URI.create(PLACEHOLDER.matcher(template).replaceAll("0"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("template is no address: " + Addresses.shown(template));
    }
    String scheme = uri.getScheme();
    if (scheme == null || uri.getHost() == null || !scheme.matches("https?")) {
      throw new IllegalArgumentException(
          "template is no http or https address: " + Addresses.shown(template));
    }
    if (!template.contains("//" + uri.getRawAuthority() + "/")) {
      throw new IllegalArgumentException(
          "template has no host of its own: " + Addresses.shown(template));
    }
    return scheme + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }
}
