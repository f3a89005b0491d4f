package io.earthembed.parquet.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.base.range.FileVersion;
import io.earthembed.common.CorruptDataException;
import io.earthembed.parquet.internal.ArrowExtensions.Extension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Extension types in the Arrow schemas of files that pyarrow wrote. */
class ArrowExtensionsTest {
  private static final Path FOLDER = Path.of("src/test/resources/io/earthembed/parquet/foreign");
  private static final String KEY = "ARROW:schema";

  private static Footer footer(String name) throws Exception {
    byte[] file = Files.readAllBytes(FOLDER.resolve(name + ".parquet"));
    return Footer.read(MemoryRanges.of(file), file.length);
  }

  private static List<Extension> of(String schema) {
    FileVersion version = new FileVersion(100, "1");
    return ArrowExtensions.of(
        new Footer("a.parquet", version, List.of(), Map.of(), Map.of(), Map.of(KEY, schema)));
  }

  private static byte[] schema(String name) throws Exception {
    return Base64.getDecoder().decode(footer(name).metadata().get(KEY));
  }

  @Test
  void findsExtensionTypesWithTheirMetadata() throws Exception {
    assertEquals(
        List.of(new Extension("geometry", "geoarrow.polygon", "{\"crs\": \"OGC:CRS84\"}")),
        ArrowExtensions.of(footer("interleaved-polygon-zm")));
    assertEquals(
        List.of(new Extension("geometry", "geoarrow.point", "{}")),
        ArrowExtensions.of(footer("interleaved-no-crs")));
    assertEquals(List.of(), ArrowExtensions.of(footer("half")));
    assertEquals(List.of(), ArrowExtensions.of(footer("polars")));
    assertEquals("arrow.uuid", ArrowExtensions.of(footer("id-uuid")).get(0).name());
  }

  @Test
  void readsMessagesOfBeforeArrow015() throws Exception {
    byte[] schema = schema("interleaved-no-crs");
    byte[] old = Arrays.copyOfRange(schema, 4, schema.length);
    assertEquals(
        ArrowExtensions.of(footer("interleaved-no-crs")),
        of(Base64.getEncoder().encodeToString(old)));
  }

  @Test
  void refusesSchemasThatAreNotValid() {
    for (String text : List.of("", "!", "AAAA", "/////wAAAAA=", "/////xAAAAAAAAAA")) {
      CorruptDataException e = assertThrows(CorruptDataException.class, () -> of(text));
      assertTrue(e.toString().contains("a.parquet: an ARROW:schema that is not"), e::toString);
    }
  }

  /** Damaged schemas are read or refused, and nothing is thrown but the refusal. */
  @Test
  void readsOrRefusesDamagedSchemas() throws Exception {
    byte[] schema = schema("interleaved-point");
    int refused = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] damaged = schema.clone();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        // Most of the bytes are those of the reference system, in the middle.
        int at = random.nextInt(400);
        boolean front = random.nextBoolean();
        damaged[front ? at : damaged.length - 1 - at] = (byte) random.nextInt(256);
      }
      if (random.nextInt(8) == 0) damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      try {
        of(Base64.getEncoder().encodeToString(damaged));
      } catch (CorruptDataException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertTrue(refused > 0 && refused < 20_000);
  }
}
