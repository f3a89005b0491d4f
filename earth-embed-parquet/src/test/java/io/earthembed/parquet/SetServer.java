package io.earthembed.parquet;

import com.google.gson.Gson;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files of a folder by range on the loopback interface, and lists them as Amazon S3, as
 * a web server and as Hugging Face do. Counts and records requests. Safe for many threads.
 */
final class SetServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

  static {
    // Otherwise the JDK's server delays a body by about 40 ms until its header is acknowledged.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  private final Path root;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicLong sent = new AtomicLong();
  private final List<String> paths = new CopyOnWriteArrayList<>();
  private volatile Function<String, @Nullable String> documents = path -> null;
  private volatile int pageSize = 5;
  private volatile long latency;
  private volatile String etag = "";
  private volatile @Nullable TreeMap<String, Long> keys;

  SetServer(Path root) throws IOException {
    this.root = root;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + path);
  }

  /** Sets how many entries a page of a listing has. */
  SetServer pageSize(int entries) {
    pageSize = entries;
    return this;
  }

  /** Sets the pause before each reply. */
  void latency(long millis) {
    latency = millis;
  }

  /** Answers some paths, with their queries, with documents instead. */
  void documents(Function<String, @Nullable String> documents) {
    this.documents = documents;
  }

  /** Gives all files another version. */
  void changeFiles() {
    etag = "x" + etag;
  }

  /** Returns the paths and queries of all requests since the last call. */
  List<String> requests() {
    List<String> all = List.copyOf(paths);
    paths.clear();
    return all;
  }

  /** Returns the bytes of bodies since the last call. */
  long bytes() {
    return sent.getAndSet(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      URI uri = exchange.getRequestURI();
      String target = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
      paths.add(target);
      if (latency > 0) Thread.sleep(latency);
      String document = documents.apply(target);
      String path = uri.getPath().substring(1);
      if (document == null
          && uri.getRawQuery() != null
          && uri.getRawQuery().contains("list-type")) {
        document = bucket(path, query(uri.getRawQuery()));
      }
      if (document == null && path.startsWith("api/datasets/")) {
        document = tree(exchange, path, uri.getRawQuery());
      }
      if (document == null && Files.isDirectory(root.resolve(path)) && path.endsWith("/")) {
        document = page(path);
      }
      if (document != null) {
        send(exchange, 200, document.getBytes(StandardCharsets.UTF_8));
        return;
      }
      Path file = root.resolve(path.replaceFirst("^datasets/[^/]+/[^/]+/resolve/main/", ""));
      if (Files.isRegularFile(file)) file(exchange, file);
      else exchange.sendResponseHeaders(404, -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    sent.addAndGet(body.length);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) exchange.getResponseBody().write(body);
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new HashMap<>();
    for (String part : raw.split("&", -1)) {
      String[] pair = part.split("=", 2);
      query.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  private synchronized TreeMap<String, Long> keys() throws IOException {
    TreeMap<String, Long> known = keys;
    if (known != null) return known;
    known = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        known.put(root.relativize(file).toString(), Files.size(file));
      }
    }
    keys = known;
    return known;
  }

  /** Lists the bucket whose folder is the path. */
  private String bucket(String path, Map<String, String> query) throws IOException {
    String asked = query.getOrDefault("prefix", "");
    String prefix = path + asked;
    TreeMap<String, Long> entries = new TreeMap<>();
    for (Map.Entry<String, Long> key : keys().tailMap(prefix).entrySet()) {
      if (!key.getKey().startsWith(prefix)) break;
      String name = key.getKey().substring(path.length());
      int slash = name.indexOf('/', asked.length());
      boolean folder = query.containsKey("delimiter") && slash >= 0;
      entries.put(folder ? name.substring(0, slash + 1) : name, folder ? -1L : key.getValue());
    }
    String after = query.getOrDefault("continuation-token", "");
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    int count = 0;
    String last = "";
    boolean more = false;
    for (Map.Entry<String, Long> entry : entries.tailMap(after, false).entrySet()) {
      if (count++ == pageSize) {
        more = true;
        break;
      }
      last = entry.getKey();
      if (entry.getValue() < 0) {
        xml.append("<CommonPrefixes><Prefix>").append(last).append("</Prefix></CommonPrefixes>");
      } else {
        xml.append("<Contents><Key>").append(last).append("</Key><ETag>&quot;e&quot;</ETag><Size>");
        xml.append(entry.getValue()).append("</Size></Contents>");
      }
    }
    xml.append("<IsTruncated>").append(more).append("</IsTruncated>");
    if (more) xml.append("<NextContinuationToken>").append(last).append("</NextContinuationToken>");
    return xml.append("</ListBucketResult>").toString();
  }

  private String tree(HttpExchange exchange, String path, @Nullable String query)
      throws IOException {
    String folder = path.replaceFirst("^api/datasets/[^/]+/[^/]+/tree/main/?", "");
    boolean deep = query != null && query.contains("recursive=true");
    int from =
        query != null && query.contains("cursor=")
            ? Integer.parseInt(query(query).get("cursor"))
            : 0;
    List<Map<String, Object>> all = new ArrayList<>();
    TreeSet<String> folders = new TreeSet<>();
    for (Map.Entry<String, Long> key : keys().entrySet()) {
      if (!key.getKey().startsWith(folder + "/")) continue;
      int slash = key.getKey().indexOf('/', folder.length() + 1);
      if (slash >= 0 && folders.add(key.getKey().substring(0, slash))) {
        all.add(Map.of("type", "directory", "path", key.getKey().substring(0, slash), "size", 0));
      }
      if (slash < 0 || deep) {
        all.add(Map.of("type", "file", "path", key.getKey(), "size", key.getValue()));
      }
    }
    int to = Math.min(all.size(), from + pageSize);
    if (to < all.size()) {
      String next = url(path) + "?recursive=" + deep + "&cursor=" + to;
      exchange.getResponseHeaders().set("Link", "<" + next + ">; rel=\"next\"");
    }
    return new Gson().toJson(all.subList(from, to));
  }

  private String page(String path) throws IOException {
    StringBuilder html = new StringBuilder("<html><body><a href=\"../\">Parent</a>");
    html.append("<a href=\"?C=N;O=D\">Name</a><a href=\"https://example.org/\">elsewhere</a>");
    Map<String, String> names = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(root.resolve(path))) {
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        String name = file.getFileName() + (Files.isDirectory(file) ? "/" : "");
        names.put(name, name.replace("=", "%3D"));
      }
    }
    names.forEach((name, link) -> html.append("<a href=\"" + link + "\">" + name + "</a>"));
    return html.append("</body></html>").toString();
  }

  private void file(HttpExchange exchange, Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    String tag = "\"" + etag + bytes.length + "\"";
    exchange.getResponseHeaders().set("ETag", tag);
    exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
    String condition = exchange.getRequestHeaders().getFirst("If-Range");
    String header = exchange.getRequestHeaders().getFirst("Range");
    Matcher range = RANGE.matcher(header == null ? "" : header);
    if (!range.matches() || condition != null && !condition.equals(tag)) {
      send(exchange, 200, bytes);
      return;
    }
    boolean suffix = range.group(1).isEmpty();
    int from =
        suffix
            ? Math.max(0, bytes.length - Integer.parseInt(range.group(2)))
            : Integer.parseInt(range.group(1));
    int to = suffix ? bytes.length : Math.min(bytes.length, Integer.parseInt(range.group(2)) + 1);
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + bytes.length);
    send(exchange, 206, Arrays.copyOfRange(bytes, from, to));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
