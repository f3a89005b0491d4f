package io.earthembed.web;

import io.earthembed.image.Acquisition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;

/** The operations that search, and those that searches need. */
final class SearchApi {
  /** The greatest k of a search. */
  static final int MAX_HITS = 10_000;

  private final Searcher searcher;
  private final ImageStore images;
  private final ServerOptions options;

  SearchApi(Searcher searcher, ImageStore images, ServerOptions options) {
    this.searcher = searcher;
    this.images = images;
    this.options = options;
  }

  void addTo(Routes routes) {
    routes.add("POST", "/api/images", this::upload);
    routes.add("POST", "/api/search", this::search);
    routes.add("GET", "/api/fields/{field}", this::field);
  }

  private void search(Exchange exchange) throws IOException {
    SearchRequest request = SearchRequest.read(exchange.json(options.bodyTimeout()), MAX_HITS);
    exchange.send(searcher.search(request));
  }

  private void field(Exchange exchange) throws IOException {
    String id = exchange.variable("field");
    byte[] field = searcher.field(id);
    if (field == null) {
      throw ProblemException.notFound("the score field is no longer kept; search again");
    }
    // Its name is made of the query and the tiles.
    if (exchange.isCurrent(id, "private, max-age=86400, immutable")) return;
    // Scores hardly compress: a tenth, for as much time as half a search of 249,000 tiles.
    exchange.stream("application/octet-stream", new ByteArrayInputStream(field), field.length);
  }

  private void upload(Exchange exchange) throws IOException {
    String type = String.valueOf(exchange.request.getContentType());
    byte[] body = exchange.body(options.imageBytes(), options.bodyTimeout());
    boolean form = type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
    exchange.send(images.add(form ? MultipartForm.file(body, type) : body, acquisition(exchange)));
  }

  private static Acquisition acquisition(Exchange exchange) {
    return ImageStore.acquisition(
        exchange.parameter("time"),
        exchange.numberParameter("lat"),
        exchange.numberParameter("lon"),
        exchange.numberParameter("resolution"));
  }
}
