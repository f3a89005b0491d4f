package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import io.earthembed.encoder.ModelInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Descriptions of published sets: those that are known, and those of users. */
class PublishedSetsTest {
  private static final String VALID =
      """
      {"name": "mine", "title": "Mine", "source": "https://example.org", "license": "CC0-1.0",
       "attribution": "Me", "model": {"name": "Clay", "version": "1.5", "dimension": 1024},
       "listing": {"kind": "s3", "address": "https://example.org/bucket/", "folder": "a/",
                   "partitions": {"year": "year"}, "file": "{mgrs}_*.parquet"}}
      """;

  @TempDir Path folder;

  @Test
  void everyKnownSetIsComplete() {
    Set<String> names = new HashSet<>();
    for (PublishedSet set : PublishedSets.all()) {
      assertTrue(names.add(set.name()), set.name());
      assertSame(set, PublishedSets.find(set.name()));
      assertFalse(set.attribution().text().isEmpty(), set.name());
      assertFalse(set.attribution().license().isEmpty(), set.name());
      assertTrue(set.attribution().source().startsWith("https://"), set.name());
      assertTrue(set.facts().matches("(?s).*read \\d{4}-\\d{2}-\\d{2}.*"), set.name());
      assertEquals(set.format().equals("parquet"), set.module().isEmpty(), set.name());
    }
    assertEquals(17, names.size());
    assertEquals(
        new ModelInfo("dinov2_vits14_softcon", "2.0.0", 384),
        PublishedSets.find("earth-index").model());
  }

  @Test
  void readsTheDescriptionOfUser() throws Exception {
    Path file = folder.resolve("mine.json");
    Files.writeString(file, VALID);
    PublishedSet set = PublishedSet.read(file);
    assertEquals("PublishedSet[mine: Clay 1.5 (1024-d), CC0-1.0]", set.toString());
    assertEquals("Me, CC0-1.0, https://example.org", set.attribution().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"Mine\"|7|field title is not a text",
        "\"title\"|\"titel\"|field title is missing",
        "\"mine\"|\"My set\"|field name has other characters",
        "1024|0|field model.dimension is not a positive whole number: 0",
        "1024|1.5|field model.dimension is not a positive whole number: 1.5",
        "1024|\"many\"|field model.dimension is not a positive whole number",
        "\"s3\"|\"ftp\"|field listing.kind is none of s3, index, hub",
        "bucket/|bucket|field listing.address has no final slash",
        "https://example.org/bucket/|ftp://example.org/|field listing.address is not an http",
        "https://example.org/bucket/|a b/|field listing.address is not valid",
        "\"a/\"|\"/a\"|field listing.folder is not a path such as a/b/",
        "{\"year\": \"year\"}|{\"year\": \"era\"}|field listing.partitions.year is not valid: neither",
        "{mgrs}|{tile}|field listing.file is not valid",
        "\"folder\"|\"prefix\"|field listing.prefix is not known here; known: [address",
        "\"attribution\"|\"credit\"|field attribution is missing",
      })
  void namesFileAndField(String valid, String wrong, String said) throws Exception {
    Path file = folder.resolve("mine.json");
    Files.writeString(file, VALID.replace(valid, wrong));
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> PublishedSet.read(file));
    assertTrue(e.toString().contains("mine.json"), e::toString);
    assertTrue(e.toString().contains(said), e::toString);
  }

  @Test
  void readsTheColumnMapping() throws Exception {
    Path file = folder.resolve("mine.json");
    String columns = ColumnMapping.builder().id("chip").crs("EPSG:32633").build().toJson();
    Files.writeString(file, VALID.replace("\"title\"", "\"columns\": " + columns + ", \"title\""));
    assertEquals(columns, PublishedSet.read(file).columns().toJson());
    Files.writeString(file, VALID.replace("\"title\"", "\"columns\": {\"era\": 1}, \"title\""));
    CorruptDataException e =
        assertThrows(CorruptDataException.class, () -> PublishedSet.read(file));
    assertTrue(e.toString().contains("mine.json: field columns is not valid: "), e::toString);
  }

  @Test
  void refusesFilesThatAreNoObject() throws Exception {
    Path file = folder.resolve("mine.json");
    for (String text : new String[] {"", "[]", "{", "7"}) {
      Files.writeString(file, text);
      CorruptDataException e =
          assertThrows(CorruptDataException.class, () -> PublishedSet.read(file));
      assertTrue(e.toString().contains("not a JSON object"), e::toString);
    }
  }
}
