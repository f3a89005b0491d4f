package io.earthembed.parquet;

import static io.earthembed.testkit.ImageryStoreContract.tile;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests file URLs in a hostile catalog's spellings, and paths that are no regular files. */
final class LocalUrlsTest {
  @TempDir Path folder = Path.of(".");

  private static void assertSecret(Throwable e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    assertFalse(trace.toString().contains("secret"), trace.toString());
  }

  @Test
  void anAllowListAllowsNoFileWhateverHostItNames() throws Exception {
    Path file = TestShards.write(folder.resolve("s.parquet"), List.of(tile(0)));
    ShardAccess held = ShardAccess.DIRECT.onlyFrom(Set.of("127.0.0.1", "h", "localhost", ""));
    try (ParquetImageryStore store = ParquetImageryStore.open(StoreOptions.defaults(), held)) {
      for (String start :
          List.of(
              "file:",
              "FILE:",
              "file://",
              "file://h",
              "file://localhost",
              "file://127.0.0.1",
              "file://me:secret@h",
              "file:////h")) {
        for (String end : List.of("", "?X-Amz-Signature=secret", "#secret")) {
          TileRef ref = new TileRef(URI.create(start + file + end), 0);
          EarthEmbedException e =
              assertThrows(EarthEmbedException.class, () -> store.fetch(ref, TileParts.THUMBNAIL));
          assertSecret(e);
          assertTrue(e.getMessage().endsWith("s.parquet: files may not be read"), e.getMessage());
        }
      }
    }
  }

  @Test
  void aFileIsOfThisMachineAndHasNoQuery() throws Exception {
    Path file = TestShards.write(folder.resolve("a b.parquet"), List.of(tile(0)));
    String path = file.toUri().getRawPath();
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      for (String url :
          List.of("file:" + path, "file://" + path, "FILE:" + path, "file://localhost" + path)) {
        TileRef ref = new TileRef(URI.create(url), 0);
        assertEquals("S2X_TEST_0", store.fetch(ref, TileParts.THUMBNAIL).productId(), url);
      }
      for (String url :
          List.of(
              "file://elsewhere" + path,
              "file:" + path + "?secret",
              "file:" + path + "#secret",
              "file:relative",
              "file://me:secret@h" + path,
              "file:/a%00b",
              "file://h")) {
        TileRef ref = new TileRef(URI.create(url), 0);
        IllegalArgumentException e =
            assertThrows(
                IllegalArgumentException.class, () -> store.fetch(ref, TileParts.THUMBNAIL), url);
        assertSecret(e);
        assertTrue(String.valueOf(e.getMessage()).contains("file:"), url);
      }
    }
  }

  /** Reading a pipe would block, and reading a device would never end. */
  @Test
  @Timeout(600)
  void readsRegularFilesOnly() throws Exception {
    Path pipe = folder.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    Assumptions.assumeTrue(made.waitFor(300, TimeUnit.SECONDS) && made.exitValue() == 0);
    Path link = Files.createSymbolicLink(folder.resolve("link"), pipe);
    try (ParquetImageryStore store = ParquetImageryStore.open()) {
      for (Path file : List.of(pipe, link, Path.of("/dev/zero"), Path.of("/dev/null"))) {
        TileRef ref = new TileRef(file.toUri(), 0);
        RangeReadException e =
            assertThrows(RangeReadException.class, () -> store.fetch(ref, TileParts.THUMBNAIL));
        assertTrue(e.getMessage().endsWith(": is no regular file"), e.getMessage());
        assertThrows(
            EarthEmbedException.class, () -> GeoParquetDataset.open(List.of(file.toUri()), null));
      }
      TileRef ref = new TileRef(folder.toUri(), 0);
      RangeReadException e =
          assertThrows(RangeReadException.class, () -> store.fetch(ref, TileParts.THUMBNAIL));
      assertTrue(e.getMessage().endsWith(": is a folder"), e.getMessage());
    }
  }

  /** All spellings of a host count as one, in a list and in a URL. */
  @Test
  void anAllowListKnowsAHostInAnySpelling() throws Exception {
    TestShards.write(folder.resolve("s.parquet"), List.of(tile(0)));
    try (RangeServer server = RangeServer.start(folder)) {
      String url = server.url("s.parquet").toString();
      for (String host :
          List.of("127.0.0.1", "127.000.000.001", "::ffff:127.0.0.1", "[::ffff:7f00:1]")) {
        ShardAccess held = ShardAccess.DIRECT.onlyFrom(Set.of(host));
        try (ParquetImageryStore store = ParquetImageryStore.open(StoreOptions.defaults(), held)) {
          for (String other : List.of("127.0.0.1", "[::ffff:127.0.0.1]")) {
            TileRef ref = new TileRef(URI.create(url.replace("127.0.0.1", other)), 0);
            assertEquals("S2X_TEST_0", store.fetch(ref, TileParts.THUMBNAIL).productId());
          }
        }
      }
    }
  }

  /** The JDK's message for an invalid header shows all of it. */
  @Test
  void anAuthorizationThatIsNoneIsNotShown() throws Exception {
    TestShards.write(folder.resolve("s.parquet"), List.of(tile(0)));
    ShardAccess broken =
        new ShardAccess() {
          @Override
          public URI address(URI shard) {
            return shard;
          }

          @Override
          public java.util.Optional<String> authorization(URI address) {
            return java.util.Optional.of("Bearer secret\nX: y");
          }
        };
    try (RangeServer server = RangeServer.start(folder);
        ParquetImageryStore store = ParquetImageryStore.open(StoreOptions.defaults(), broken)) {
      TileRef ref = new TileRef(server.url("s.parquet"), 0);
      assertSecret(
          assertThrows(RangeReadException.class, () -> store.fetch(ref, TileParts.THUMBNAIL)));
      assertEquals(0, server.requests());
    }
  }
}
