package io.earthembed.parquet;

import io.earthembed.parquet.internal.Counters;
import io.earthembed.parquet.internal.FileRanges;
import io.earthembed.parquet.internal.HttpRanges;
import io.earthembed.parquet.internal.RangeSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;

/** Where datasets and shards to be scanned are read from. */
final class Sources {
  private Sources() {}

  /** One client for all, made when first wanted. */
  private static final class Client {
    static final HttpClient SHARED =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(StoreOptions.DEFAULT.timeout())
            .build();
  }

  static RangeSource of(URI file) {
    return switch (String.valueOf(file.getScheme())) {
      case "http", "https" ->
          new HttpRanges(
              Client.SHARED,
              file,
              new Counters(),
              StoreOptions.DEFAULT.timeout(),
              StoreOptions.DEFAULT.attempts());
      case "file" -> new FileRanges(Path.of(file), new Counters());
      default -> throw new IllegalArgumentException("not an http, https or file URL: " + file);
    };
  }
}
