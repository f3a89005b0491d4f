package io.earthembed.io;

import java.net.URI;

/**
 * Addresses in messages, logs and names. A query may be a signature, a fragment a token, and what
 * stands before the host a password: none of them is shown.
 */
public final class Addresses {
  private Addresses() {}

  /** An address as it may be shown. */
  public static String shown(URI address) {
    return shown(address.toString());
  }

  /** The same of what may be no address at all. */
  public static String shown(String address) {
    int end = 0;
    while (end < address.length() && "?#".indexOf(address.charAt(end)) < 0) end++;
    String text = address.substring(0, end);
    int authority = text.indexOf("//");
    if (authority < 0) return text;
    int path = text.indexOf('/', authority + 2);
    int user = text.lastIndexOf('@', path < 0 ? text.length() : path);
    return user < authority ? text : text.substring(0, authority + 2) + text.substring(user + 1);
  }

  /**
   * An address of what somebody else wrote.
   *
   * @throws IllegalArgumentException if it is none; {@link URI#create} would show all of it, here
   *     and in the cause
   */
  public static URI parse(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not an address: " + shown(text));
    }
  }
}
