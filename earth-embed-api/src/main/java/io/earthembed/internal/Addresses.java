package io.earthembed.internal;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Prepares addresses for messages, logs and names. A query may be a signature, a fragment a token,
 * and the user info a password, so none of them is shown.
 */
public final class Addresses {
  /** The most characters of an address in a message. */
  private static final int LONGEST = 1_000;

  /** Matches four numbers or brackets: an address that needs no look-up. */
  private static final Pattern NUMERIC =
      Pattern.compile("\\d+(\\.\\d+){3}|[0-9a-f:.]*:[0-9a-f:.%\\w]*");

  /** Matches the signature of a presigned address of S3, Google, Azure, CloudFront or OSS. */
  private static final Pattern SIGNATURE =
      Pattern.compile(
          "(X-Amz-Signature|X-Goog-Signature|x-oss-signature|Signature|sig)=",
          Pattern.CASE_INSENSITIVE);

  /** Matches the parameters of these services that change when an address is signed again. */
  private static final Pattern SIGNING =
      Pattern.compile(
          "(X-Amz-[^=]*|X-Goog-[^=]*|x-oss-[^=]*|Signature|Expires|Policy|Key-Pair-Id"
              + "|AWSAccessKeyId|GoogleAccessId|OSSAccessKeyId|security-token"
              + "|sig|sv|ss|srt|sr|sp|se|st|spr|sip|sdd|skoid|sktid|skt|ske|sks|skv|saoid|suoid|scid)=",
          Pattern.CASE_INSENSITIVE);

  private Addresses() {}

  /** Returns an address without its secrets, for messages. */
  public static String redacted(URI address) {
    return redacted(address.toString());
  }

  /** Returns a text without its secrets; the text may not be a valid address. */
  public static String redacted(String address) {
    return PlainText.line(bare(address), LONGEST);
  }

  /** Returns an address of full length without user, query and fragment, for unique names. */
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
   * Returns an address without user, fragment, and the parameters that sign it: equal for a file
   * whose address was signed again. Other parameters remain, because two files may differ in them.
   */
  public static String unsigned(String address) {
    int fragment = address.indexOf('#');
    String text = fragment < 0 ? address : address.substring(0, fragment);
    int query = text.indexOf('?');
    String bare = bare(text);
    if (query < 0) return bare;
    String[] parameters = text.substring(query + 1).split("&");
    boolean signed = Arrays.stream(parameters).anyMatch(p -> SIGNATURE.matcher(p).lookingAt());
    String kept =
        Arrays.stream(parameters)
            .filter(p -> !signed || !SIGNING.matcher(p).lookingAt())
            .collect(Collectors.joining("&"));
    return kept.isEmpty() ? bare : bare + "?" + kept;
  }

  /**
   * Parses an address from an untrusted source.
   *
   * @throws IllegalArgumentException if the text is not an address; the message hides secrets,
   *     which {@link URI#create} would show
   */
  public static URI parse(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not an address: " + redacted(text));
    }
  }

  /** Returns whether an address names a file; its host is ignored. */
  public static boolean isFile(URI address) {
    return "file".equalsIgnoreCase(address.getScheme());
  }

  /** Returns whether an address is an http or https URL. */
  public static boolean isWeb(URI address) {
    String scheme = address.getScheme();
    return ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
        && address.getHost() != null
        && address.getPort() <= 0xFFFF;
  }

  /**
   * Returns the normalised scheme, host and port of an address.
   *
   * @param address an {@link #isWeb} address; for others, scheme and authority are returned
   *     unchanged
   */
  public static String server(URI address) {
    if (!isWeb(address)) return address.getScheme() + "://" + address.getRawAuthority();
    String scheme = address.getScheme().toLowerCase(Locale.ROOT);
    return scheme + "://" + host(address.getHost()) + ":" + port(address);
  }

  /**
   * Returns the normalised spelling of a host: lower case, without a final dot, and numeric
   * addresses as Java writes them.
   *
   * @param name a name, an IPv4 address, or an IPv6 address with or without brackets
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

  /** Returns the port; the scheme's default if the address names none. */
  public static int port(URI address) {
    if (address.getPort() != -1) return address.getPort();
    return "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
  }
}
