package io.earthembed.view;

import io.earthembed.internal.Addresses;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A base map of square pictures in Web Mercator, which a page loads from the network. Users must
 * follow the terms of the map's owner. Immutable and safe for many threads.
 *
 * @param template address of a picture, http or https, with {z}, {x} and {y} in its path; may have
 *     {r}, which becomes {@code @2x} on screens of high resolution. Other placeholders are refused;
 *     so is {s}, because a page may ask one host only
 * @param attribution the owner's attribution, as plain text
 */
public record BaseTiles(String template, String attribution) {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)\\}");

  /** Checks its arguments. */
  public BaseTiles {
    for (String part : new String[] {"{z}", "{x}", "{y}"}) {
      if (!template.contains(part)) {
        throw new IllegalArgumentException(
            "template has no " + part + ": " + Addresses.redacted(template));
      }
    }
    Matcher place = PLACEHOLDER.matcher(template);
    while (place.find()) {
      if (!place.group(1).matches("[zxyr]")) {
        throw new IllegalArgumentException(
            "template has "
                + place.group()
                + ", expected {z}, {x}, {y} and {r}: "
                + Addresses.redacted(template));
      }
    }
    origin(template);
  }

  /** Returns the only origin that a page with these tiles may ask. */
  public String origin() {
    return origin(template);
  }

  private static String origin(String template) {
    URI uri;
    try {
      uri = URI.create(PLACEHOLDER.matcher(template).replaceAll("0"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "template is not an address: " + Addresses.redacted(template));
    }
    String scheme = uri.getScheme();
    if (scheme == null || uri.getHost() == null || !scheme.matches("https?")) {
      throw new IllegalArgumentException(
          "template is not an http or https address: " + Addresses.redacted(template));
    }
    if (!template.contains("//" + uri.getRawAuthority() + "/")) {
      throw new IllegalArgumentException(
          "template has no host of its own: " + Addresses.redacted(template));
    }
    return scheme + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }
}
