package io.earthembed.hub;

import io.earthembed.internal.Addresses;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host of models and datasets, and the layout of its addresses: {@code
 * base/models/ORG/NAME/resolve/master/FILE} at ModelScope; Hugging Face omits {@code models/} and
 * uses {@code main}. Immutable.
 *
 * @param base scheme and host; also a port if it is not the default, and a path if the host needs
 *     one; no final slash
 * @param modelPath path before a model's name: {@code ""} or {@code "models/"}
 * @param datasetPath path before a dataset's name: {@code "datasets/"}
 * @param branch the default revision
 */
public record Endpoint(String base, String modelPath, String datasetPath, String branch) {
  /** huggingface.co. */
  public static final Endpoint HUGGING_FACE =
      new Endpoint("https://huggingface.co", "", "datasets/", "main");

  /** modelscope.cn, in China. */
  public static final Endpoint MODELSCOPE_CN =
      new Endpoint("https://modelscope.cn", "models/", "datasets/", "master");

  /** modelscope.ai, outside China. */
  public static final Endpoint MODELSCOPE_AI =
      new Endpoint("https://modelscope.ai", "models/", "datasets/", "master");

  private static final String MIRROR_OF_HUGGING_FACE = "hf-mirror.com";
  private static final List<Endpoint> KNOWN = List.of(HUGGING_FACE, MODELSCOPE_CN, MODELSCOPE_AI);

  /** Matches scheme and host, the path to the repository, the revision and the rest. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?i:https?)://(?:www\\.)?([^/?#]+)/"
              + "((?:models/|datasets/)?)([^/?#]+/[^/?#]+)/resolve/([^/?#]+)/([^?#]+)(.*)");

  /** Checks its arguments. */
  public Endpoint {
    URI uri = Addresses.parse(base);
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    // Refused, because a password or a query would appear in messages and in cache names.
    if (!http
        || uri.getHost() == null
        || base.endsWith("/")
        || !Addresses.redacted(uri).equals(base)) {
      throw new IllegalArgumentException(
          "base must be http(s)://host, without a slash, a user or a query: "
              + Addresses.redacted(base));
    }
    if (branch.isBlank()) throw new IllegalArgumentException("branch is blank");
  }

  /**
   * Returns the endpoint of a name, as in the environment variable {@code EARTH_EMBED_ENDPOINT}.
   *
   * @param name {@code huggingface}, {@code modelscope.cn} or {@code modelscope.ai}, or the base
   *     address of one of these
   * @throws IllegalArgumentException for another name
   */
  public static Endpoint named(String name) {
    String known = name.toLowerCase(Locale.ROOT).replaceFirst("^https?://(www\\.)?", "");
    return switch (known) {
      case "huggingface", "huggingface.co" -> HUGGING_FACE;
      case MIRROR_OF_HUGGING_FACE -> HUGGING_FACE.withBase("https://" + MIRROR_OF_HUGGING_FACE);
      case "modelscope.cn" -> MODELSCOPE_CN;
      case "modelscope.ai" -> MODELSCOPE_AI;
      default ->
          throw new IllegalArgumentException(
              "endpoint must be huggingface, modelscope.cn or modelscope.ai: "
                  + Addresses.redacted(name));
    };
  }

  /** Returns this layout at another address, such as a mirror's. */
  public Endpoint withBase(String address) {
    return new Endpoint(address, modelPath, datasetPath, branch);
  }

  /** Returns the address of a repository's file. */
  public URI address(HubRepo repo, String file) {
    String path = HubRepo.checkPath(file);
    String kind = repo.kind() == HubRepo.Kind.MODEL ? modelPath : datasetPath;
    String revision = repo.revision().isEmpty() ? branch : repo.revision();
    return URI.create(
        base
            + "/"
            + kind
            + encode(repo.name())
            + "/resolve/"
            + folder(revision)
            + "/"
            + encode(path));
  }

  /**
   * Rewrites a file's address to this endpoint. The method understands addresses of Hugging Face,
   * its mirror hf-mirror.com, modelscope.cn and modelscope.ai. A default branch becomes this
   * endpoint's default branch; other revisions are kept. Other addresses, such as local files and
   * other hosts, are returned unchanged.
   *
   * @param url a file's address
   */
  public String rewrite(String url) {
    Matcher address = ADDRESS.matcher(url);
    if (!address.matches()) return url;
    Endpoint from = of(address.group(1));
    if (from == null) return url;
    String kind = address.group(2);
    boolean dataset = kind.equals(from.datasetPath);
    // At Hugging Face "models" could be an organisation's name; ModelScope needs a kind.
    if (!dataset && !kind.equals(from.modelPath)) return url;
    String revision = address.group(4).equals(from.branch) ? branch : address.group(4);
    return base
        + "/"
        + (dataset ? datasetPath : modelPath)
        + address.group(3)
        + "/resolve/"
        + revision
        + "/"
        + address.group(5)
        + address.group(6);
  }

  private @Nullable Endpoint of(String authority) {
    String host = authority.toLowerCase(Locale.ROOT);
    if (host.equals(MIRROR_OF_HUGGING_FACE)) return HUGGING_FACE;
    if (host.equals(URI.create(base).getRawAuthority())) return this;
    for (Endpoint known : KNOWN) {
      if (known.base.endsWith("//" + host)) return known;
    }
    return null;
  }

  /**
   * Returns whether an address belongs to this endpoint. Only such addresses may receive its token.
   */
  public boolean isOrigin(URI address) {
    URI own = URI.create(base);
    return own.getScheme().equalsIgnoreCase(address.getScheme())
        && own.getHost().equalsIgnoreCase(address.getHost())
        && Addresses.port(own) == Addresses.port(address);
  }

  /**
   * Encodes a revision as one segment of a path, as in {@code refs%2Fpr%2F1}, so that it ends
   * before the file.
   */
  static String folder(String revision) {
    return encode(revision).replace("/", "%2F");
  }

  private static String encode(String path) {
    StringBuilder encoded = new StringBuilder();
    for (String part : path.split("/", -1)) {
      if (!encoded.isEmpty()) encoded.append('/');
      encoded.append(URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"));
    }
    return encoded.toString();
  }
}
