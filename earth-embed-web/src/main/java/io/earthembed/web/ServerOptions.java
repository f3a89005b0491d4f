package io.earthembed.web;

import io.earthembed.image.codec.ImageFiles;
import io.earthembed.internal.Checks;
import io.earthembed.internal.Settings;
import io.earthembed.view.BaseTiles;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Options of a server. Immutable and safe for many threads. */
public final class ServerOptions {
  /** The default options. */
  public static final ServerOptions DEFAULT = builder().build();

  private final Values values;

  private static final class Values extends Settings<Values> {
    String host = "127.0.0.1";
    String token = "";
    List<String> origins = List.of();
    List<String> frames = List.of();
    @Nullable BaseTiles baseMap;
    int searches = Math.max(2, Runtime.getRuntime().availableProcessors());
    int fetches = 16;
    int waiting = 256;
    Duration patience = Duration.ofSeconds(10);
    Duration bodyTimeout = Duration.ofSeconds(30);
    Duration fetchTimeout = Duration.ofSeconds(60);
    long imageBytes = 32L << 20;
    long imagePixels = 25_000_000;
    Duration imageLife = Duration.ofMinutes(30);
    long cacheBytes = 256L << 20;
    ServerMetrics metrics = ServerMetrics.NONE;
  }

  private ServerOptions(Values values) {
    this.values = values;
  }

  /** Returns a builder with the defaults. */
  public static Builder builder() {
    return new Builder(new Values());
  }

  /** Returns a builder with these settings. */
  public Builder toBuilder() {
    return new Builder(values.copy());
  }

  /** Returns the name or address that the server listens on. */
  public String host() {
    return values.host;
  }

  /** Returns the token that requests must carry; empty if none is needed. */
  String token() {
    return values.token;
  }

  /** Returns the origins of other pages that may use the API. */
  public List<String> origins() {
    return values.origins;
  }

  /** Returns the origins of pages that may show the page in a frame. */
  public List<String> frames() {
    return values.frames;
  }

  /** Returns the base map of the page, or null. */
  public @Nullable BaseTiles baseMap() {
    return values.baseMap;
  }

  /** Returns how many searches run at once. */
  public int searches() {
    return values.searches;
  }

  /** Returns how many reads of pictures and exports run at once. */
  public int fetches() {
    return values.fetches;
  }

  /** Returns how many requests wait for their turn. */
  public int waiting() {
    return values.waiting;
  }

  /** Returns how long a request waits for its turn. */
  public Duration patience() {
    return values.patience;
  }

  /** Returns how long the body of a request may take to arrive. */
  public Duration bodyTimeout() {
    return values.bodyTimeout;
  }

  /** Returns how long the read of a tile may take. */
  public Duration fetchTimeout() {
    return values.fetchTimeout;
  }

  /** Returns the most bytes of an uploaded picture. */
  public long imageBytes() {
    return values.imageBytes;
  }

  /** Returns the most pixels of an uploaded picture. */
  public long imagePixels() {
    return values.imagePixels;
  }

  /** Returns how long an uploaded picture is kept after its last use. */
  public Duration imageLife() {
    return values.imageLife;
  }

  /** Returns the most bytes each of kept pictures, uploads, score fields and comparisons. */
  public long cacheBytes() {
    return values.cacheBytes;
  }

  /** Returns what measures the server. */
  public ServerMetrics metrics() {
    return values.metrics;
  }

  /** Returns the options without the token. */
  @Override
  public String toString() {
    return "ServerOptions[" + host() + (token().isEmpty() ? "" : ", with a token") + "]";
  }

  /** Builds options. Not safe for several threads at once. */
  public static final class Builder {
    private final Values values;

    private Builder(Values values) {
      this.values = values;
    }

    /**
     * Sets the name or address that the server listens on (default 127.0.0.1, which other machines
     * cannot reach). Any other than loopback needs a {@link #token}.
     */
    public Builder host(String host) {
      values.host = Objects.requireNonNull(host, "host");
      return this;
    }

    /**
     * Sets the token that requests to the API must carry, as {@code Authorization: Bearer TOKEN}
     * (default none).
     *
     * @param token at least 16 characters out of letters, digits, and {@code -._~+/=}
     */
    public Builder token(String token) {
      if (!token.matches("[A-Za-z0-9._~+/=-]{16,512}")) {
        throw new IllegalArgumentException(
            "the token is not 16 to 512 letters, digits or characters of -._~+/=");
      }
      values.token = token;
      return this;
    }

    /**
     * Sets the origins of other pages that may use the API, such as {@code
     * https://maps.example.org} (default none).
     */
    public Builder origins(String... origins) {
      for (String origin : origins) requireOrigin(origin);
      values.origins = List.of(origins);
      return this;
    }

    /**
     * Sets the origins of pages that may show the page in a frame (default none).
     *
     * @param origins such as {@code https://example.org}, or {@code http://localhost:*} for any
     *     port
     */
    public Builder frames(String... origins) {
      for (String origin : origins) requireOrigin(origin.replaceFirst(":\\*$", ""));
      values.frames = List.of(origins);
      return this;
    }

    private static void requireOrigin(String origin) {
      if (!origin.matches("https?://[A-Za-z0-9.\\[\\]:-]+")) {
        throw new IllegalArgumentException(
            "not an origin, which is scheme, host and port: " + origin);
      }
    }

    /**
     * Sets the base map of the page (default none: the page has coastlines of its own). Browsers
     * ask its server for tiles, so it learns which places users look at.
     */
    public Builder baseMap(BaseTiles tiles) {
      values.baseMap = Objects.requireNonNull(tiles, "tiles");
      return this;
    }

    /**
     * Sets how many searches run at once (default one for each processor, at least 2). Decoding and
     * encoding of pictures counts as a search. Half as many exports run beside them, at least one.
     */
    public Builder searches(int searches) {
      Checks.positive("searches", searches);
      values.searches = searches;
      return this;
    }

    /** Sets how many pictures are read from the archive at once (default 16). */
    public Builder fetches(int fetches) {
      Checks.positive("fetches", fetches);
      values.fetches = fetches;
      return this;
    }

    /** Sets how many requests of a kind wait for their turn; others get 429 (default 256). */
    public Builder waiting(int waiting) {
      Checks.notNegative("waiting", waiting);
      values.waiting = waiting;
      return this;
    }

    /** Sets how long a request waits for its turn before it gets 429 (default 10 s). */
    public Builder patience(Duration patience) {
      Checks.positive("patience", patience);
      values.patience = patience;
      return this;
    }

    /**
     * Sets how long the body of a request may take to arrive (default 30 s). {@link ExplorerServer}
     * gives the header as long.
     */
    public Builder bodyTimeout(Duration timeout) {
      Checks.positive("bodyTimeout", timeout);
      values.bodyTimeout = timeout;
      return this;
    }

    /** Sets how long the read of a tile's pixels may take (default 60 s). */
    public Builder fetchTimeout(Duration timeout) {
      Checks.positive("fetchTimeout", timeout);
      values.fetchTimeout = timeout;
      return this;
    }

    /** Sets the most bytes of an uploaded picture, at most 1 GiB (default 32 MiB). */
    public Builder imageBytes(long bytes) {
      if (bytes < 1 || bytes > 1L << 30) {
        throw new IllegalArgumentException("imageBytes out of range: " + bytes);
      }
      values.imageBytes = bytes;
      return this;
    }

    /**
     * Sets the most pixels of an uploaded picture, checked before it is decoded (default 25
     * million).
     *
     * @param pixels in [1, {@link ImageFiles#MAX_PIXELS}]
     */
    public Builder imagePixels(long pixels) {
      if (pixels < 1 || pixels > ImageFiles.MAX_PIXELS) {
        throw new IllegalArgumentException("imagePixels out of range: " + pixels);
      }
      values.imagePixels = pixels;
      return this;
    }

    /** Sets how long an uploaded picture is kept after its last use (default 30 minutes). */
    public Builder imageLife(Duration life) {
      Checks.positive("imageLife", life);
      values.imageLife = life;
      return this;
    }

    /**
     * Sets the most bytes of memory that each of the four kinds of kept data may take: pictures of
     * tiles, uploads, score fields, comparisons of tiles (default 256 MiB).
     */
    public Builder cacheBytes(long bytes) {
      Checks.positive("cacheBytes", bytes);
      values.cacheBytes = bytes;
      return this;
    }

    /** Sets what measures the server (default nothing). */
    public Builder metrics(ServerMetrics metrics) {
      values.metrics = Objects.requireNonNull(metrics, "metrics");
      return this;
    }

    /** Returns the options. */
    public ServerOptions build() {
      return new ServerOptions(values.copy());
    }
  }
}
