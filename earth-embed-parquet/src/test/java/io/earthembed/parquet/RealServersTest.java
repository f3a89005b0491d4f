package io.earthembed.parquet;

import static io.earthembed.testkit.ImageryStoreContract.tile;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.testkit.peer.PythonPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests real servers on the loopback interface: nginx and Apache httpd, if installed, and Python's.
 */
final class RealServersTest {
  private static final List<Path> PROGRAMS =
      List.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"), Path.of("/usr/bin"));

  @TempDir Path folder = Path.of(".");
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void write() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    Path small = TestShards.write(root.resolve("small.parquet"), List.of(tile(0), tile(1)));
    // Three megabytes of zeros inside this file would change its offsets, so a separate file tests
    // sizes that are too large to be accepted whole.
    byte[] bytes = Files.readAllBytes(small);
    byte[] large = new byte[bytes.length + (3 << 20)];
    System.arraycopy(bytes, 0, large, large.length - bytes.length, bytes.length);
    Files.write(root.resolve("large.bin"), large);
    Files.createFile(root.resolve("empty.parquet"));
    Files.writeString(root.resolve("page.parquet"), "<!doctype html><title>Sign in</title>");
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (Process process : processes) process.destroyForcibly().waitFor();
  }

  private static Path program(String name) {
    for (Path path : PROGRAMS) {
      if (Files.isExecutable(path.resolve(name))) return path.resolve(name);
    }
    return Assumptions.abort("no " + name);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return free.getLocalPort();
    }
  }

  private void start(int port, String... command) throws Exception {
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    processes.add(process);
    for (int i = 0; i < 300; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 100);
        return;
      } catch (IOException e) {
        assertTrue(process.isAlive(), () -> text(log));
        Thread.sleep(100);
      }
    }
    throw new AssertionError("does not listen: " + text(log));
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static URI url(int port, String name) {
    return URI.create("http://127.0.0.1:" + port + "/" + name);
  }

  private void assertReads(int port) throws Exception {
    try (ParquetImageryStore local = ParquetImageryStore.open();
        ParquetImageryStore store = ParquetImageryStore.open()) {
      for (int row = 0; row < 2; row++) {
        List<String> columns = List.of("B02", "B12", "thumbnail");
        Path file = folder.resolve("root/small.parquet");
        var expected = local.fetchStored(new TileRef(file.toUri(), row), columns);
        var found = store.fetchStored(new TileRef(url(port, "small.parquet"), row), columns);
        for (String column : columns) {
          assertArrayEquals(
              Objects.requireNonNull(expected.get(column)),
              Objects.requireNonNull(found.get(column)));
        }
      }
      assertEquals(0, store.stats().retries());
    }
    assertTrue(failure(port, "page.parquet").contains("a login page"));
    assertTrue(failure(port, "none.parquet").contains("not found"));
    String empty = failure(port, "empty.parquet");
    assertTrue(empty.contains("empty") || empty.contains("not a Parquet file"), empty);
  }

  private static String failure(int port, String name) {
    StoreOptions options = StoreOptions.builder().attempts(1).build();
    try (ParquetImageryStore store = ParquetImageryStore.open(options)) {
      TileRef ref = new TileRef(url(port, name), 0);
      return assertThrows(
              io.earthembed.common.EarthEmbedException.class,
              () -> store.fetch(ref, TileParts.THUMBNAIL))
          .getMessage();
    }
  }

  private void assertRanges(int port, boolean known) {
    // No shard, since its offsets are another file's, but its end is one's.
    String message = failure(port, "large.bin");
    assertEquals(!known, message.contains("ignores byte ranges"), message);
  }

  @Test
  void nginx() throws Exception {
    Path nginx = program("nginx");
    List<String> manners = List.of("", "etag off;", "gzip on; gzip_types *; gzip_min_length 1;");
    int[] ports = {freePort(), freePort(), freePort(), freePort()};
    StringBuilder conf = new StringBuilder("daemon off; master_process off;\n");
    conf.append("pid " + folder.resolve("pid") + ";\nevents {}\nhttp { access_log off;\n");
    for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
      conf.append(kind + "_temp_path " + folder.resolve(kind) + ";\n");
    }
    for (int i = 0; i < 4; i++) {
      String more = i < 3 ? manners.get(i) : "max_ranges 0;";
      conf.append("server { listen 127.0.0.1:" + ports[i] + "; ");
      conf.append("root " + folder.resolve("root") + "; " + more + " }\n");
    }
    Path file = Files.writeString(folder.resolve("nginx.conf"), conf.append("}\n"));
    start(
        ports[0],
        nginx.toString(),
        "-e",
        folder.resolve("errors").toString(),
        "-p",
        folder.toString(),
        "-c",
        file.toString());
    for (int i = 0; i < 4; i++) {
      assertReads(ports[i]);
      assertRanges(ports[i], i < 3);
    }
  }

  @Test
  void apache() throws Exception {
    Path apache = program("apache2");
    for (String manner : List.of("", "FileETag None", "MaxRanges none")) {
      int port = freePort();
      Path file =
          Files.writeString(
              folder.resolve("apache.conf"),
              "ServerRoot /usr/lib/apache2\nServerName x\n"
                  + "LoadModule mpm_event_module modules/mod_mpm_event.so\n"
                  + "LoadModule authz_core_module modules/mod_authz_core.so\n"
                  + ("Listen 127.0.0.1:" + port + "\n")
                  + ("PidFile " + folder.resolve("pid" + port) + "\n")
                  + ("DefaultRuntimeDir " + folder + "\n")
                  + ("ErrorLog " + folder.resolve("errors") + "\n")
                  + ("DocumentRoot " + folder.resolve("root") + "\n")
                  + manner
                  + "\n");
      start(port, apache.toString(), "-X", "-f", file.toString());
      assertReads(port);
      assertRanges(port, !manner.startsWith("MaxRanges"));
    }
  }

  /** It supports no ranges and uses HTTP/1.0. */
  @Test
  void python() throws Exception {
    Assumptions.assumeTrue(PythonPeer.isPresent(), "no -Dearthembed.python");
    int port = freePort();
    start(
        port,
        System.getProperty("earthembed.python", ""),
        "-m",
        "http.server",
        "" + port,
        "--bind",
        "127.0.0.1",
        "--directory",
        folder.resolve("root").toString());
    assertReads(port);
    assertRanges(port, false);
  }
}
