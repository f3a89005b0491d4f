package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class UnpackedRuntimeTest {
  private static final String LIBRARY = "libonnxruntime4j_jni.so";

  @TempDir private Path cache;

  private static byte[] packed() throws IOException {
    String name = "/ai/onnxruntime/native/linux-x64/" + LIBRARY;
    try (InputStream content = OrtEnvironment.class.getResourceAsStream(name)) {
      assertNotNull(content, name);
      return content.readAllBytes();
    }
  }

  @Test
  void unpacksOnce() throws IOException {
    Path folder = UnpackedRuntime.unpack(cache);
    assertNotNull(folder);
    Path library = folder.resolve(LIBRARY);
    assertArrayEquals(packed(), Files.readAllBytes(library));
    FileTime old = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(library, old);
    assertEquals(folder, UnpackedRuntime.unpack(cache));
    assertEquals(old, Files.getLastModifiedTime(library), "the library was written again");
  }

  @Test
  void replacesAFileThatIsCutOff() throws IOException {
    Path folder = UnpackedRuntime.unpack(cache);
    assertNotNull(folder);
    Path library = folder.resolve(LIBRARY);
    Files.write(library, new byte[] {1, 2, 3});
    assertEquals(folder, UnpackedRuntime.unpack(cache));
    assertArrayEquals(packed(), Files.readAllBytes(library));
  }

  @Test
  void manyUnpackAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Path>> folders = new ArrayList<>();
      for (int i = 0; i < 4; i++) folders.add(threads.submit(() -> UnpackedRuntime.unpack(cache)));
      for (Future<Path> folder : folders) {
        assertArrayEquals(packed(), Files.readAllBytes(folder.get().resolve(LIBRARY)));
      }
      try (Stream<Path> files = Files.list(folders.get(0).get())) {
        assertEquals(2, files.count(), "temporary files remain");
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void trustsNoFileThatOthersCanWrite() throws IOException {
    Path folder = UnpackedRuntime.unpack(cache);
    assertNotNull(folder);
    Files.setPosixFilePermissions(
        folder.resolve(LIBRARY), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertNull(UnpackedRuntime.unpack(cache));
  }

  @Test
  void failsIfTheCacheCannotBeWritten() throws IOException {
    Path file = Files.createFile(cache.resolve("a file"));
    assertThrows(IOException.class, () -> UnpackedRuntime.unpack(file.resolve("natives")));
  }
}
