package io.earthembed.parquet.internal.listing;

import io.earthembed.base.http.HttpDocuments;
import io.earthembed.base.http.HttpDocuments.Document;
import io.earthembed.base.http.HttpDocuments.StatusException;
import io.earthembed.internal.Addresses;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A web server that answers a request for a folder with a page of links to its entries, as Apache,
 * nginx and Python's http.server do. Links to other places are ignored. Safe for many threads.
 *
 * @param root address of the first folder, with a final slash
 */
public record IndexPages(HttpDocuments http, URI root) implements Folders {
  private static final Pattern LINK =
      Pattern.compile("<a\\s[^>]*?href\\s*=\\s*[\"']([^\"'>]+)[\"']", Pattern.CASE_INSENSITIVE);

  @Override
  public List<Entry> list(String folder, boolean deep) {
    URI address = address(folder);
    Document page;
    try {
      page = http.get(address);
    } catch (StatusException e) {
      if (e.status() == 404) return List.of();
      throw e;
    }
    Set<String> names = new LinkedHashSet<>();
    String own = page.address().getRawPath();
    Matcher link = LINK.matcher(page.text());
    while (link.find()) {
      String name = below(own, page.address(), link.group(1).replace("&amp;", "&"));
      if (!name.isEmpty()) names.add(name);
    }
    List<Entry> entries = new ArrayList<>();
    for (String name : names) entries.add(new Entry(folder + name, -1));
    return entries;
  }

  /** Returns the name of an entry that a link leads to, or an empty text if it leads elsewhere. */
  private static String below(String folder, URI page, String link) {
    URI target;
    try {
      target = page.resolve(link);
    } catch (IllegalArgumentException e) {
      return "";
    }
    String path = target.getRawPath();
    boolean here =
        path != null
            && target.getRawQuery() == null
            && Addresses.isWeb(target)
            && Addresses.server(target).equals(Addresses.server(page))
            && path.startsWith(folder);
    if (!here) return "";
    String name = path.substring(folder.length());
    int slash = name.indexOf('/');
    boolean entry = !name.isEmpty() && (slash < 0 || slash == name.length() - 1);
    return entry && !name.equals("/")
        ? URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8)
        : "";
  }

  @Override
  public URI address(String path) {
    return root.resolve(root.getRawPath() + Folders.encode(path));
  }

  @Override
  public String name() {
    return Addresses.redacted(root);
  }
}
