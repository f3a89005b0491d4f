package io.earthembed.internal;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Addresses in messages, logs and names. A query may be a signature, a fragment a token, and what
 * stands before the host a password: none of them is shown.
 */
public final class Addresses {
  /** Characters of an address in a message. */
  private static final int LONGEST = 1_000;

  /** Four numbers, or what stands in brackets: no name that would have to be looked up. */
  private static final Pattern NUMERIC =
      Pattern.compile("\\d+(\\.\\d+){3}|[0-9a-f:.]*:[0-9a-f:.%\\w]*");

  private Addresses() {}

  /** An address as it may be shown. */
  public static String shown(URI address) {
    return shown(address.toString());
  }

  /** The same of what may be no address at all. */
  public static String shown(String address) {
    return PlainText.line(bare(address), LONGEST);
  }

  /** Without user, query and fragment, but whole: for names that no one else may have. */
  public static String bare(String address) {
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

  /** Whether it is an address of a file; the host in it is not looked at. */
  public static boolean isFile(URI address) {
    return "file".equalsIgnoreCase(address.getScheme());
  }

  /** Whether a web server can be asked for it. */
  public static boolean isWeb(URI address) {
    String scheme = address.getScheme();
    return ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
        && address.getHost() != null
        && address.getPort() <= 0xFFFF;
  }

  /**
   * Whom an address asks, however it is spelled: scheme, host and port.
   *
   * @param address one that {@link #isWeb}; of others, scheme and authority as they stand
   */
  public static String server(URI address) {
    if (!isWeb(address)) return address.getScheme() + "://" + address.getRawAuthority();
    String scheme = address.getScheme().toLowerCase(Locale.ROOT);
    return scheme + "://" + host(address.getHost()) + ":" + port(address);
  }

  /**
   * A host as one of its spellings: in small letters, without the dot that may end a name, and
   * numeric ones as Java writes them.
   *
   * @param name a name, an IPv4 or an IPv6 address, the last with or without brackets
   */
  public static String host(String name) {
    String host = name.toLowerCase(Locale.ROOT);
    if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
    if (host.length() > 1 && host.endsWith(".")) host = host.substring(0, host.length() - 1);
    if (!NUMERIC.matcher(host).matches()) return host;
    try {
      return InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException e) {
      return host;
    }
  }

  /** The port that is asked, its scheme's where none is named. */
  public static int port(URI address) {
    if (address.getPort() != -1) return address.getPort();
    return "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
  }
}
