package io.earthembed.parquet.internal.listing;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.earthembed.base.http.HttpDocuments;
import io.earthembed.base.http.HttpDocuments.Document;
import io.earthembed.base.http.HttpDocuments.StatusException;
import io.earthembed.common.CorruptDataException;
import io.earthembed.internal.Addresses;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A dataset's repository at Hugging Face, listed by its tree API, page by page. Safe for many
 * threads.
 *
 * @param endpoint address of the hub, with a final slash
 * @param repository owner and name
 */
public record HubTree(HttpDocuments http, URI endpoint, String repository) implements Folders {
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");
  private static final String REVISION = "main";

  @Override
  public List<Entry> list(String folder, boolean deep) {
    String path = folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder;
    URI address =
        endpoint.resolve(
            endpoint.getRawPath()
                + "api/datasets/"
                + Folders.encode(repository)
                + "/tree/"
                + REVISION
                + (path.isEmpty() ? "" : "/" + Folders.encode(path))
                + (deep ? "?recursive=true" : ""));
    List<Entry> entries = new ArrayList<>();
    Set<URI> read = new HashSet<>();
    while (true) {
      if (!read.add(address) || read.size() > MOST_PAGES) {
        throw Folders.endless(name(), "page " + read.size() + " leads back to one before it");
      }
      Document page;
      try {
        page = http.get(address);
      } catch (StatusException e) {
        if (e.status() == 404) return List.of();
        throw e;
      }
      add(page.text(), deep, entries);
      Matcher next = NEXT.matcher(page.headers().firstValue("Link").orElse(""));
      if (!next.find()) return entries;
      URI then = page.address().resolve(Addresses.parse(next.group(1)));
      if (!Addresses.isWeb(then)) {
        throw new CorruptDataException(name(), "the next page of the listing is no web address");
      }
      address = then;
    }
  }

  private void add(String text, boolean deep, List<Entry> entries) {
    try {
      for (JsonElement element : new Gson().fromJson(text, JsonArray.class)) {
        JsonObject entry = element.getAsJsonObject();
        String path = entry.get("path").getAsString();
        boolean folder = entry.get("type").getAsString().equals("directory");
        if (folder && !deep) entries.add(new Entry(path + "/", -1));
        if (!folder) entries.add(new Entry(path, entry.get("size").getAsLong()));
      }
    } catch (JsonParseException
        | IllegalStateException
        | ClassCastException
        | NullPointerException
        | UnsupportedOperationException
        | NumberFormatException e) {
      throw new CorruptDataException(name(), "no listing of a repository: " + e.getMessage(), e);
    }
  }

  @Override
  public URI address(String path) {
    return endpoint.resolve(
        endpoint.getRawPath()
            + "datasets/"
            + Folders.encode(repository)
            + "/resolve/"
            + REVISION
            + "/"
            + Folders.encode(path));
  }

  @Override
  public String name() {
    return Addresses.redacted(endpoint) + "datasets/" + repository;
  }
}
