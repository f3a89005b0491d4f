package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class EmbedTaskTest {
  @Test
  void aSignatureDoesNotChangeAPart() {
    String shard = "https://h/part.parquet?versionId=7";
    String signed = shard + "&X-Amz-Date=1&X-Amz-Signature=a";
    assertEquals(EmbedTask.partName(shard), EmbedTask.partName(signed));
    assertNotEquals(EmbedTask.partName(shard), EmbedTask.partName(shard.replace('7', '8')));
  }

  /** Files that begin with an underscore are hidden to readers, Spark's own among them. */
  @Test
  void namesPartsThatReadersSee() {
    for (String shard :
        List.of(
            "https://host/images/part_00001.parquet",
            "https://host/images/_part.parquet",
            "https://host/images/%20part.parquet?token=1",
            "https://host/images/",
            "file:/images/\u6771.parquet")) {
      String name = EmbedTask.partName(shard);
      assertTrue(name.matches("[A-Za-z0-9][A-Za-z0-9_]{0,99}"), name);
    }
    assertEquals(
        "part_00001_", EmbedTask.partName("https://host/part_00001.parquet").substring(0, 11));
  }
}
