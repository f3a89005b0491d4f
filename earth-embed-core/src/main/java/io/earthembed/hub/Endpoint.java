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
 * A host of models and datasets, and how it lays out their addresses: {@code
 * base/models/ORG/NAME/resolve/master/FILE} at ModelScope, without {@code models/} and with {@code
 * main} at Hugging Face. Immutable.
 *
 * @param base scheme and host, a port where it is unusual, and a path where the host has others; no
 *     slash at its end
 * @param modelPath what stands before a model's name: {@code ""} or {@code "models/"}
 * @param datasetPath what stands before a dataset's name: {@code "datasets/"}
 * @param branch the branch where no other revision is asked for
 */
public record Endpoint(String base, String modelPath, String datasetPath, String branch) {
  /** huggingface.co. */
  public static final Endpoint HUGGING_FACE =
      new Endpoint("https://huggingface.co", "", "datasets/", "main");

  /** modelscope.cn, in China. */
  public static final Endpoint MODELSCOPE_CN =
      new Endpoint("https://modelscope.cn", "models/", "datasets/", "master");

  /** modelscope.ai, elsewhere. */
  public static final Endpoint MODELSCOPE_AI =
      new Endpoint("https://modelscope.ai", "models/", "datasets/", "master");

  private static final String MIRROR_OF_HUGGING_FACE = "hf-mirror.com";
  private static final List<Endpoint> KNOWN = List.of(HUGGING_FACE, MODELSCOPE_CN, MODELSCOPE_AI);

  /** Scheme and host, then the path up to the repository, the revision, and the rest. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?i:https?)://(?:www\\.)?([^/?#]+)/"
              + "((?:models/|datasets/)?)([^/?#]+/[^/?#]+)/resolve/([^/?#]+)/([^?#]+)(.*)");

  /** Checks its arguments. */
  public Endpoint {
    URI uri = Addresses.parse(base);
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    // A password or a query would be shown, and the cache would be named after it.
    if (!http
        || uri.getHost() == null
        || base.endsWith("/")
        || !Addresses.shown(uri).equals(base)) {
      throw new IllegalArgumentException(
          "base must be http(s)://host, without a slash, a user or a query: "
              + Addresses.shown(base));
    }
    if (branch.isBlank()) throw new IllegalArgumentException("branch is blank");
  }

  /**
   * The endpoint of a name, as the environment variable {@code EARTH_EMBED_ENDPOINT} takes it.
   *
   * @param name {@code huggingface}, {@code modelscope.cn} or {@code modelscope.ai}, or one's whole
   *     base address
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
                  + Addresses.shown(name));
    };
  }

  /** The same layout at another address, such as a mirror's. */
  public Endpoint withBase(String address) {
    return new Endpoint(address, modelPath, datasetPath, branch);
  }

  /** Where a file of a repository lies. */
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
   * The address of the same file at this endpoint. Addresses of Hugging Face, its mirror
   * hf-mirror.com, modelscope.cn and modelscope.ai are understood, in every direction; the default
   * branch of the one becomes that of the other, and any other revision stays. What is no such
   * address is returned as it is, which holds for files and foreign hosts.
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
    // At Hugging Face, "models" could be an organisation's name, at ModelScope a kind must stand.
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

  /** Whether an address lies at this endpoint: the only place its token may be sent to. */
  public boolean isOrigin(URI address) {
    URI own = URI.create(base);
    return own.getScheme().equalsIgnoreCase(address.getScheme())
        && own.getHost().equalsIgnoreCase(address.getHost())
        && Addresses.port(own) == Addresses.port(address);
  }

  /**
   * A revision as one part of a path, as in {@code refs%2Fpr%2F1}: it ends where the file begins.
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
