package io.earthembed.stac;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.earthembed.internal.Addresses;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A request for a page of items.
 *
 * @param address with its query
 * @param body the JSON that is posted, or null for GET
 * @param headers in addition to ours
 */
record StacRequest(URI address, @Nullable JsonObject body, Map<String, String> headers) {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  /** Returns a request for a document. */
  static StacRequest get(URI address) {
    return new StacRequest(address, null, Map.of());
  }

  /** Returns the first request of a search. */
  static StacRequest search(URI address, boolean post, Map<String, Object> parameters) {
    if (post) {
      return new StacRequest(address, GSON.toJsonTree(parameters).getAsJsonObject(), Map.of());
    }
    StringJoiner query = new StringJoiner("&");
    parameters.forEach((name, value) -> query.add(name + "=" + encoded(text(value))));
    String separator = address.getRawQuery() == null ? "?" : "&";
    return get(URI.create(address + separator + query));
  }

  private static String text(Object value) {
    if (value instanceof List<?> list) {
      StringJoiner values = new StringJoiner(",");
      for (Object each : list) values.add(String.valueOf(each));
      return values.toString();
    }
    return value instanceof Map ? GSON.toJson(value) : String.valueOf(value);
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * Returns the request of a link to the next page (STAC API, "Pagination").
   *
   * @param link its {@code href}, {@code method}, {@code headers}, {@code body} and {@code merge}
   * @throws IllegalArgumentException if its method or its address cannot be used
   */
  StacRequest next(JsonObject link) {
    URI target = resolve(address, StacJson.text(link, "href"));
    String method = link.has("method") ? StacJson.text(link, "method") : "GET";
    boolean merge = link.has("merge") && link.get("merge").getAsBoolean();
    Map<String, String> headers = new LinkedHashMap<>(merge ? this.headers : Map.of());
    if (link.has("headers")) {
      link.getAsJsonObject("headers")
          .entrySet()
          .forEach(header -> headers.put(header.getKey(), header(header.getValue())));
    }
    if (method.equalsIgnoreCase("GET")) return new StacRequest(target, null, headers);
    if (!method.equalsIgnoreCase("POST")) {
      throw new IllegalArgumentException("a next link of method " + method);
    }
    JsonObject body = merge && this.body != null ? this.body.deepCopy() : new JsonObject();
    if (link.has("body")) {
      link.getAsJsonObject("body").entrySet().forEach(e -> body.add(e.getKey(), e.getValue()));
    }
    return new StacRequest(target, body, headers);
  }

  private static String header(JsonElement value) {
    if (!value.isJsonArray()) return value.getAsString();
    StringJoiner values = new StringJoiner(", ");
    value.getAsJsonArray().forEach(each -> values.add(each.getAsString()));
    return values.toString();
  }

  /**
   * Returns the address that a document names.
   *
   * @throws IllegalArgumentException if it is no web address, or one of http in a document of https
   */
  static URI resolve(URI document, String href) {
    URI target = document.resolve(Addresses.parse(href));
    if (!Addresses.isWeb(target)) {
      throw new IllegalArgumentException("a link to no web address: " + Addresses.redacted(target));
    }
    if ("https".equalsIgnoreCase(document.getScheme())
        && "http".equalsIgnoreCase(target.getScheme())) {
      throw new IllegalArgumentException(
          "a link from https to http: " + Addresses.redacted(target));
    }
    return target;
  }
}
