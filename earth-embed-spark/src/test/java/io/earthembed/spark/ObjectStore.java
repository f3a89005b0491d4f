package io.earthembed.spark;

import io.earthembed.spark.SparkProcesses.Running;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A private bucket on a server of S3's protocol, S3Proxy, in a process on loopback behind a {@link
 * FaultyProxy}. It keeps the objects as files of a folder, where tests see them.
 */
final class ObjectStore implements AutoCloseable {
  static final String BUCKET = "archive";

  private static final String SECRET = "embed";
  private static final String REGION = "us-east-1";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  /** Causes the faults of the connections to the server. */
  final FaultyProxy proxy;

  private final Process server;
  private final Path base;

  /** Differs from those of other stores, of which one may have taken the port of this one. */
  private final String key = "earth-" + UUID.randomUUID();

  /** Starts the server on a free port, with an empty bucket. */
  static ObjectStore start(Path folder) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return new ObjectStore(Files.createDirectories(folder.resolve("store-" + attempt)));
      } catch (BindException e) {
        // Another process has taken the port before the server could.
        if (attempt == 5) throw e;
      }
    }
  }

  private ObjectStore(Path folder) throws IOException, InterruptedException {
    base = Files.createDirectories(folder.resolve("objects"));
    Files.createDirectories(base.resolve(BUCKET));
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path settings =
        Files.write(
            folder.resolve("s3proxy.conf"),
            List.of(
                "s3proxy.endpoint=http://127.0.0.1:" + port,
                "s3proxy.authorization=aws-v4",
                "s3proxy.identity=" + key,
                "s3proxy.credential=" + SECRET,
                "jclouds.provider=filesystem",
                "jclouds.identity=" + key,
                "jclouds.credential=" + SECRET,
                "jclouds.filesystem.basedir=" + base));
    String jars = System.getProperty("object-store.jars.list");
    Path log = folder.resolve("s3proxy.log");
    server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                Files.readString(Path.of(Objects.requireNonNull(jars))).strip(),
                "org.gaul.s3proxy.Main",
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    proxy = new FaultyProxy(port);
    Running running = new Running(server, log);
    SparkProcesses.await(SparkProcesses.LIMIT, () -> answers() || !server.isAlive(), running);
    if (server.isAlive()) return;
    proxy.close();
    throw new BindException(running.text());
  }

  private boolean answers() {
    try {
      return send("GET", "", null) == 200;
    } catch (IOException e) {
      return false; // it does not listen yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Returns Spark's settings to reach the bucket. */
  List<String> conf() {
    return List.of(
        "spark.hadoop.fs.s3a.endpoint=http://127.0.0.1:" + proxy.port(),
        "spark.hadoop.fs.s3a.endpoint.region=" + REGION,
        "spark.hadoop.fs.s3a.access.key=" + key,
        "spark.hadoop.fs.s3a.secret.key=" + SECRET,
        "spark.hadoop.fs.s3a.path.style.access=true",
        "spark.hadoop.fs.s3a.connection.ssl.enabled=false",
        "spark.hadoop.fs.s3a.connection.timeout=5s",
        "spark.hadoop.fs.s3a.retry.interval=100ms");
  }

  /** Returns the address of an object or a folder for Hadoop. */
  static URI address(String name) {
    return URI.create("s3a://" + BUCKET + "/" + name);
  }

  /** Returns the file that holds an object. */
  Path file(String name) {
    return base.resolve(BUCKET).resolve(name);
  }

  /** Uploads a file. */
  void put(String name, Path file) throws IOException, InterruptedException {
    int status = send("PUT", name, file);
    if (status != 200) throw new IOException(name + ": " + status);
  }

  private int send(String method, String name, @Nullable Path file)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(signed(method, name, Instant.now(), Duration.ofHours(1)))
            .method(
                method,
                file == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofFile(file))
            .timeout(Duration.ofSeconds(30))
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  /** Returns a presigned address, by version 4 of Amazon's signatures. */
  URI signed(String method, String name, Instant from, Duration validity) {
    String host = "127.0.0.1:" + proxy.port();
    String time = TIME.format(from);
    String scope = time.substring(0, 8) + "/" + REGION + "/s3/aws4_request";
    Map<String, String> query = new TreeMap<>();
    query.put("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
    query.put("X-Amz-Credential", key + "/" + scope);
    query.put("X-Amz-Date", time);
    query.put("X-Amz-Expires", "" + validity.toSeconds());
    query.put("X-Amz-SignedHeaders", "host");
    String parameters =
        query.entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    String path = "/" + BUCKET + (name.isEmpty() ? "" : "/" + name);
    String canonical =
        String.join("\n", method, path, parameters, "host:" + host, "", "host", "UNSIGNED-PAYLOAD");
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(StandardCharsets.UTF_8));
      String text =
          String.join("\n", "AWS4-HMAC-SHA256", time, scope, HexFormat.of().formatHex(hash));
      byte[] secret = ("AWS4" + SECRET).getBytes(StandardCharsets.UTF_8);
      for (String step : scope.split("/")) secret = mac(secret, step);
      String signature = HexFormat.of().formatHex(mac(secret, text));
      return URI.create(
          "http://" + host + path + "?" + parameters + "&X-Amz-Signature=" + signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] mac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    server.destroyForcibly();
    try {
      server.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
