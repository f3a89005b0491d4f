package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileRanges;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.parquet.internal.Footer;
import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files by pyarrow whose times are Parquet's own; make_timestamps.py wrote them. */
class TimestampColumnsTest {
  private static final ModelInfo MODEL = new ModelInfo("golden", "1", 6);
  private static final Instant FIRST = Instant.parse("1969-12-31T23:59:58.250Z");

  @TempDir Path folder;

  private static Path file(String kind) {
    return Path.of("src/test/resources/io/earthembed/parquet/timestamps-" + kind + ".parquet");
  }

  private static void assertGolden(GeoParquetDataset dataset) {
    TileCatalog catalog = dataset.catalog();
    assertEquals(12, catalog.size());
    for (int i = 0; i < 12; i++) {
      assertEquals(FIRST.plusSeconds(i), catalog.record(i).timestamp());
      assertEquals(i % 3 == 2 ? Float.NaN : 10 * (i % 10), catalog.cloudCover(i));
      assertEquals(i % 5 == 4, catalog.record(i).source() == null);
      assertArrayEquals(
          new float[] {i, i + 0.125f, i + 0.25f, i + 0.375f, i + 0.5f, i + 0.625f},
          dataset.vectors().row(i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ms", "us", "ns", "int96"})
  void readsTimes(String unit) {
    assertGolden(GeoParquetDataset.open(file(unit), MODEL));
  }

  /** What ArrowEmbeddings exports can be written by pyarrow.parquet.write_table and read again. */
  @Test
  void theFileInMillisecondsHasTheColumnsThatAreExported() throws Exception {
    Footer footer = Footer.read(new FileRanges(file("ms"), new Counters()), 1 << 16);
    byte[] schema =
        Base64.getDecoder().decode(Objects.requireNonNull(footer.metadata().get("ARROW:schema")));
    assertEquals(
        ArrowEmbeddings.schema(6).getFields().stream().map(Field::toString).toList(),
        MessageSerializer.deserializeSchema(
                new ReadChannel(Channels.newChannel(new ByteArrayInputStream(schema))))
            .getFields()
            .stream()
            .map(Field::toString)
            .toList());
  }

  /** Writers older than logical types only set the converted type. */
  @Test
  void readsTimesByTheirConvertedType() throws Exception {
    byte[] old =
        BadDatasetTest.withFooter(
            Files.readAllBytes(file("ms")), m -> m.getSchema().get(4).unsetLogicalType());
    assertGolden(GeoParquetDataset.open(Files.write(folder.resolve("old.parquet"), old), MODEL));
  }
}
