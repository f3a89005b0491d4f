package io.earthembed.index.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A foreign manifest with a valid checksum. */
class ShardManifestTest {
  @TempDir Path folder;

  private Path manifest(String... lines) throws IOException {
    String text = "earth-embed sharded index 1\n" + String.join("\n", lines) + "\n";
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return Files.writeString(
        folder.resolve("x.manifest"), text + Long.toHexString(crc.getValue()) + "\n");
  }

  @Test
  void namesShardsBesideItOnly() throws IOException {
    Files.createDirectories(folder.resolve("sub"));
    try (ExactIndex index = new ExactIndex(2, Metric.L2)) {
      index.add(Vectors.of(new float[] {1, 2}));
      index.save(folder.resolve("one"));
      index.save(folder.resolve("sub").resolve("one"));
    }
    try (ShardedIndex good = ShardedIndex.load(manifest("0", "1 one"), ExactIndex::load)) {
      assertEquals(1, good.size());
    }
    for (String[] bad :
        List.of(
            new String[] {"0", "1 sub/one"},
            new String[] {"0", "1 ../" + folder.getFileName() + "/one"},
            new String[] {"0", "1 " + folder.resolve("one")},
            new String[] {"0", "1 sub\\one"},
            new String[] {"0", "1 .."},
            new String[] {"0", "1 ."},
            new String[] {"0", "1 one", "1 one"},
            new String[] {"0", "1 o\0ne"},
            new String[] {"0", "1 o\tne"},
            new String[] {"0", "1 x.manifest"},
            new String[] {"0", "1 sub"},
            new String[] {"0", "one"},
            new String[] {"0", ""},
            new String[] {"0", "-1 one"},
            new String[] {"0", "99999999999999999999 one"},
            new String[] {"zero", "1 one"},
            new String[] {"99999999999", "1 one"})) {
      Path file = manifest(bad);
      CorruptDataException e =
          assertThrows(
              CorruptDataException.class,
              () -> ShardedIndex.load(file, ExactIndex::load).close(),
              String.join("|", bad));
      assertTrue(e.getMessage().contains("x.manifest"), e.getMessage());
    }
  }
}
