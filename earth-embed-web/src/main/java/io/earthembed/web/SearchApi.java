package io.earthembed.web;

import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Acquisition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
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

  /** Reads what the client knows of a picture: time, place and ground resolution. */
  private static Acquisition acquisition(Exchange exchange) {
    Acquisition known = Acquisition.UNKNOWN;
    String time = exchange.parameter("time");
    if (time != null) {
      try {
        known = known.withTime(Instant.parse(time));
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException(
            "the parameter time is not a time such as 2024-06-30T10:20:31Z: " + time, e);
      }
    }
    Double latitude = exchange.numberParameter("lat");
    Double longitude = exchange.numberParameter("lon");
    if (latitude != null && longitude != null) {
      known = known.withCenter(new GeoPoint(latitude, longitude));
    } else if (latitude != null || longitude != null) {
      throw new IllegalArgumentException("of lat and lon, only one is given");
    }
    Double resolution = exchange.numberParameter("resolution");
    return resolution == null ? known : known.withResolution(resolution);
  }
}
