package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Region;
import io.earthembed.vector.Vectors;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Opens regions of sets that make_sets.py wrote with pyarrow, DuckDB and GeoPandas, served from the
 * loopback interface as the hosts of published sets serve them.
 */
class PublishedRegionTest {
  private static final Path SETS =
      Path.of("src/test/resources/io/earthembed/parquet/sets").toAbsolutePath();

  /** Within geohash u3, but not all of it. */
  private static final BoundingBox BERLIN = new BoundingBox(12, 51.5, 17, 56);

  private static final Instant JULY = Instant.parse("2024-07-01T00:00:00Z");

  @TempDir Path folder;
  private SetServer server;

  @BeforeEach
  void serve() throws Exception {
    server = new SetServer(SETS);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private record Row(GeoPoint center, Instant time, float first) {}

  private static Map<String, Row> rows(String kind) throws Exception {
    JsonObject all =
        JsonParser.parseString(Files.readString(SETS.resolve("expected.json"))).getAsJsonObject();
    Map<String, Row> rows = new TreeMap<>();
    for (JsonElement element : all.getAsJsonArray(kind)) {
      JsonObject row = element.getAsJsonObject();
      rows.put(
          row.get("id").getAsString(),
          new Row(
              new GeoPoint(row.get("lat").getAsDouble(), row.get("lon").getAsDouble()),
              Instant.ofEpochSecond(row.has("time") ? row.get("time").getAsLong() : 0),
              row.get("first").getAsFloat()));
    }
    return rows;
  }

  private static Map<String, Row> rows(String kind, Region region, Instant from, Instant until)
      throws Exception {
    Map<String, Row> rows = rows(kind);
    rows.values()
        .removeIf(
            row ->
                !region.contains(row.center)
                    || row.time.isBefore(from)
                    || !row.time.isBefore(until));
    assertFalse(rows.isEmpty());
    return rows;
  }

  /** Describes the set of the test files. */
  private PublishedSet set(String listing) {
    return PublishedSet.parse(
        "test.json",
        """
        {"name": "test", "title": "Test", "source": "https://example.org/test",
         "license": "CC-BY-4.0", "attribution": "Example",
         "model": {"name": "Clay", "version": "1.5", "dimension": 8},
         "listing": {%s}}
        """
            .formatted(listing.replace("SERVER", server.url("").toString())));
  }

  private static final String HIVE =
      "\"partitions\": {\"geohash_l2\": \"geohash\", \"year\": \"year\", \"month\": \"month\"}";

  private PublishedSet hive() {
    return set("\"kind\": \"s3\", \"address\": \"SERVER\", \"folder\": \"hive/\", " + HIVE);
  }

  private StoreOptions cached() {
    return StoreOptions.builder().cache(folder.resolve("cache"), 1 << 30).build();
  }

  private static StoreOptions uncached() {
    return StoreOptions.builder().attempts(1).build();
  }

  private static void assertHolds(Map<String, Row> expected, GeoParquetDataset dataset) {
    Map<String, Row> found = new TreeMap<>();
    Vectors vectors = dataset.vectors();
    for (int i = 0; i < dataset.catalog().size(); i++) {
      String id = dataset.catalog().id(i);
      Row row = Objects.requireNonNull(expected.get(id), () -> id + " is not wanted");
      assertTrue(row.center.distanceTo(dataset.catalog().center(i)) < 0.01);
      found.put(id, new Row(row.center, row.time, vectors.row(i)[0]));
    }
    assertEquals(expected, found);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"kind\": \"s3\", \"address\": \"SERVER\", \"folder\": \"hive/\", ",
        "\"kind\": \"s3\", \"address\": \"SERVER\", \"folder\": \"duckdb/\", ",
        "\"kind\": \"index\", \"address\": \"SERVER\", \"folder\": \"hive/\", ",
        "\"kind\": \"index\", \"address\": \"SERVERduckdb/\", ",
        "\"kind\": \"hub\", \"address\": \"SERVER\", \"repository\": \"owner/name\", \"folder\":"
            + " \"hive/\", ",
      })
  void opensRegionAndPeriodOfPartitions(String listing) throws Exception {
    PublishedSet set = set(listing + HIVE);
    GeoParquetDataset dataset = set.in(BERLIN).between(Instant.MIN, JULY).with(uncached()).open();
    assertHolds(rows("hive", BERLIN, Instant.MIN, JULY), dataset);
    List<String> files =
        server.requests().stream().filter(path -> path.contains(".parquet")).distinct().toList();
    assertEquals(1, files.size(), files.toString());
    assertTrue(files.get(0).contains("u3/year=2024/month=6/"), files.toString());
    assertEquals("Example, CC-BY-4.0, https://example.org/test", dataset.attribution().toString());
  }

  @Test
  void opensLocalFolderAsDuckDbPartitionsIt() throws Exception {
    PublishedSet set =
        set(
            "\"kind\": \"index\", \"address\": \""
                + SETS.resolve("duckdb").toUri()
                + "\", "
                + HIVE);
    assertHolds(
        rows("hive", BERLIN, JULY, Instant.MAX), set.in(BERLIN).between(JULY, Instant.MAX).open());
  }

  @Test
  void opensRegionAcrossTheAntimeridian() throws Exception {
    BoundingBox pacific = new BoundingBox(150, -90, -150, 90);
    GeoParquetDataset dataset = hive().in(pacific).with(uncached()).open();
    assertHolds(rows("hive", pacific, Instant.MIN, Instant.MAX), dataset);
    assertEquals(
        4, server.requests().stream().filter(p -> p.contains(".parquet")).distinct().count());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "31TDF;2;41;3;42",
        "17SKV;-84;35;-83;36",
        "60KXF;178;-18;179;-17",
        "33XWG;14;78;17;79"
      })
  void readsOnlyTilesOfTheRegion(String tile) throws Exception {
    String[] parts = tile.split(";", -1);
    BoundingBox box =
        new BoundingBox(
            Double.parseDouble(parts[1]),
            Double.parseDouble(parts[2]),
            Double.parseDouble(parts[3]),
            Double.parseDouble(parts[4]));
    PublishedSet set =
        set(
            "\"kind\": \"s3\", \"address\": \"SERVER\", \"folder\": \"mgrs/\","
                + "\"file\": \"{mgrs}_{start}_{end}.parquet\"");
    GeoParquetDataset dataset = set.in(box).with(uncached()).open();
    assertHolds(rows("mgrs", box, Instant.MIN, Instant.MAX), dataset);
    assertTrue(server.requests().stream().anyMatch(path -> path.contains(parts[0])));
    EarthEmbedException e =
        assertThrows(
            EarthEmbedException.class,
            () -> set.in(box).between(Instant.parse("2025-01-01T00:00:00Z"), Instant.MAX).open());
    assertTrue(e.toString().contains("no file of the region and the period"), e::toString);
  }

  @Test
  void opensFilesOfManifest() throws Exception {
    PublishedSet set =
        set(
            "\"kind\": \"manifest\", \"address\": \"SERVERmanifest.parquet\", \"path\": \"path\","
                + "\"rows\": \"rows\", \"box\": [\"xmin\", \"ymin\", \"xmax\", \"ymax\"],"
                + "\"year\": \"year\"");
    Instant year = Instant.parse("2025-01-01T00:00:00Z");
    PublishedRegion region = set.in(BERLIN).between(year, Instant.MAX).with(uncached());
    assertEquals(
        List.of(server.url("hive/geohash_l2=u3/year=2025/month=6/part-0.parquet")), region.files());
    assertHolds(rows("hive", BERLIN, year, Instant.MAX), region.open());
  }

  /** TerraBit's description as it is, but for the dimension, reads files of its schema. */
  @Test
  void opensPackedBitsOfManifest() throws Exception {
    String terrabit;
    try (InputStream in =
        Objects.requireNonNull(
            PublishedSets.class.getResourceAsStream("sets/terrabit-clay-v1.5.json"))) {
      terrabit = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    PublishedSet set =
        PublishedSet.parse("terrabit.json", terrabit.replace("1024", "16"))
            .at(server.url("bits/manifest.parquet"));
    BoundingBox box = new BoundingBox(13, 51, 13.03, 53);
    assertHolds(rows("bits", box, Instant.MIN, Instant.MAX), set.in(box).with(uncached()).open());
  }

  @Test
  void listsFilesOfStacGeoParquetAndOfTiles() {
    PublishedSet stac =
        set(
            "\"kind\": \"manifest\", \"address\": \"SERVERstac.parquet\", \"path\":"
                + " \"assets.embeddings.href\", \"box\": [\"bbox.xmin\", \"bbox.ymin\","
                + " \"bbox.xmax\", \"bbox.ymax\"]");
    assertEquals(
        List.of(
            server.url("hive/geohash_l2=80/year=2024/month=6/part-0.parquet"),
            server.url("hive/geohash_l2=80/year=2025/month=6/part-0.parquet")),
        stac.in(new BoundingBox(-180, 0, -179, 1)).with(uncached()).files());
    PublishedSet tessera = PublishedSets.find("tessera").at(server.url("registry.parquet"));
    assertEquals(
        List.of(
            URI.create(
                "https://s3.us-west-2.amazonaws.com/tessera-embeddings/v1/"
                    + "global_0.1_degree_representation/2024/grid_13.35_52.55/"
                    + "grid_13.35_52.55.npy")),
        tessera.in(BERLIN).with(uncached()).files());
    assertEquals(
        1,
        tessera
            .in(new BoundingBox(-1, 10, 1, 10.05))
            .between(Instant.parse("2024-01-01T00:00:00Z"), Instant.MAX)
            .with(uncached())
            .files()
            .size());
  }

  /** Answers as a STAC API with one item, and a link to the next page, or none. */
  private void serveStac(String next) {
    String landing =
        "{'type':'Catalog','id':'x','links':[{'rel':'search','href':'search','method':'GET'}]}";
    String item =
        "{'type':'Feature','id':'u3','bbox':[11.25,50.6,22.5,56.25],'properties':{'start_datetime':"
            + "'2024-01-01T00:00:00Z','end_datetime':'2025-01-01T00:00:00Z','datetime':null},"
            + "'assets':{'embeddings':{'href':'hive/geohash_l2=u3/year=2024/month=6/part-0.parquet'"
            + "}}}";
    String links = next.isEmpty() ? "" : "{'rel':'next','href':'" + next + "'}";
    String page = "{'type':'FeatureCollection','features':[" + item + "],'links':[" + links + "]}";
    server.documents(
        path ->
            path.equals("/")
                ? landing.replace('\'', '"')
                : path.startsWith("/search") ? page.replace('\'', '"') : null);
  }

  private PublishedSet stac() {
    return set(
        "\"kind\": \"stac\", \"address\": \"SERVER\", \"collections\": [\"yearly\"],"
            + "\"asset\": \"embeddings\"");
  }

  @Test
  void opensItemsOfStacFromTheCacheTheSecondTime() throws Exception {
    serveStac("");
    PublishedRegion region = stac().in(BERLIN).between(Instant.MIN, JULY).with(cached());
    assertHolds(rows("hive", BERLIN, Instant.MIN, JULY), region.open());
    assertTrue(server.requests().stream().anyMatch(path -> path.contains("bbox=12")));
    assertHolds(rows("hive", BERLIN, Instant.MIN, JULY), region.open());
    assertEquals(1, server.requests().size());
  }

  @Test
  void refusesPagesOfStacThatLeadInCircles() {
    serveStac("search?page=2");
    assertFails(stac().in(BERLIN).with(cached()), "127.0.0.1");
    serveStac("");
    assertEquals(1, stac().in(BERLIN).with(cached()).files().size()); // the failure was not kept
  }

  @Test
  void refusesFilesOfThisMachineThatServersName() {
    PublishedSet set =
        set(
            "\"kind\": \"manifest\", \"address\": \"SERVERmanifest.parquet\", \"path\": \"path\","
                + "\"replace\": {\"hive/\": \"file:/etc/\"}");
    assertFails(set.in(BERLIN).with(uncached()), "lists a file of this machine: file:/etc/");
  }

  @Test
  void planSaysWhatIsRead() throws Exception {
    RegionPlan plan = hive().in(BERLIN).between(Instant.MIN, JULY).with(uncached()).plan();
    assertEquals(1, plan.files());
    assertEquals(1, plan.rowGroups());
    assertEquals(6, plan.rows());
    assertTrue(plan.bytes() > 6 * 8 * 4 && plan.bytes() < 6_000, () -> "" + plan.bytes());
    assertTrue(plan.toString().contains("1 of 1 listed files"), plan::toString);
    assertHolds(rows("hive", BERLIN, Instant.MIN, JULY), plan.open());
    assertHolds(rows("hive", BERLIN, Instant.MIN, JULY), plan.open());
  }

  @Test
  void leavesOutRowGroupsByTheirStatistics() {
    PublishedSet set = set("\"kind\": \"s3\", \"address\": \"SERVER\", \"folder\": \"hive/\"");
    RegionPlan plan = set.in(BERLIN).between(Instant.MIN, JULY).with(uncached()).plan();
    assertEquals(1, plan.files());
    assertTrue(plan.toString().contains("1 of 12 listed files"), plan::toString);
  }

  @Test
  void opensFromTheCacheTheSecondTime() throws Exception {
    Map<String, Row> wanted = rows("hive", BERLIN, Instant.MIN, Instant.MAX);
    PublishedRegion region = hive().in(BERLIN).with(cached());
    assertHolds(wanted, region.open());
    assertEquals(2, requestedFiles(server.requests()));
    server.bytes();
    assertHolds(wanted, region.open());
    List<String> second = server.requests();
    assertEquals(2, second.size(), second.toString()); // one for each file
    assertEquals(2, server.bytes()); // of one byte
    assertHolds(wanted, region.withoutRevalidation().open());
    assertEquals(List.of(), server.requests());
    server.close();
    assertHolds(wanted, region.withoutRevalidation().open());
  }

  @Test
  void readsFilesAgainThatHaveChanged() throws Exception {
    Map<String, Row> wanted = rows("hive", BERLIN, Instant.MIN, Instant.MAX);
    PublishedRegion region = hive().in(BERLIN).with(cached());
    assertHolds(wanted, region.open());
    server.changeFiles();
    assertHolds(wanted, region.open());
    server.requests();
    assertHolds(wanted, region.open());
    assertEquals(2, server.requests().size());
  }

  private static long requestedFiles(List<String> requests) {
    return requests.stream().filter(p -> p.contains(".parquet")).distinct().count();
  }

  private static void assertFails(PublishedRegion region, String... said) {
    EarthEmbedException e = assertThrows(EarthEmbedException.class, region::open);
    for (String text : said) assertTrue(e.toString().contains(text), e::toString);
  }

  @Test
  void namesPartitionsThatAreThereIfNoneIsWanted() {
    assertFails(
        hive().in(new BoundingBox(100, 0, 101, 1)).with(uncached()),
        "hive/: no file of the region and the period. Left out: geohash_l2 80, e7, ez, u2, u3, xb");
    assertFails(
        hive().between(Instant.parse("2026-01-01T00:00:00Z"), Instant.MAX).with(uncached()),
        "year 2024, 2025");
  }

  @Test
  void refusesListingsWithoutEnd() {
    server.documents(
        path ->
            !path.contains("list-type")
                ? null
                : "<ListBucketResult><Contents><Key>hive/geohash_l2=u3/a.parquet</Key>"
                    + "<Size>1</Size></Contents><IsTruncated>true</IsTruncated>"
                    + "<NextContinuationToken>t</NextContinuationToken></ListBucketResult>");
    assertFails(hive().in(BERLIN).with(uncached()), "the listing has no end");
    server.documents(path -> path.startsWith("/hive/") ? "<a href=\"more/\">more</a>" : null);
    PublishedSet index =
        set("\"kind\": \"index\", \"address\": \"SERVER\", \"folder\": \"hive/\", " + HIVE);
    assertFails(index.in(BERLIN).with(uncached()), "the listing has no end");
    String[] links = {"a", "b"};
    server.documents(path -> path.startsWith("/api/") ? links[0] : null);
    PublishedSet hub =
        set(
            "\"kind\": \"hub\", \"address\": \"SERVER\", \"repository\": \"owner/name\","
                + " \"folder\": \"hive/\"");
    assertFails(hub.in(BERLIN).with(uncached()), "no listing of a repository");
  }

  @Test
  void refusesDocumentsThatAreNoListing() {
    server.documents(path -> path.contains("list-type") ? "<html><body>hello</body></html>" : null);
    assertFails(hive().in(BERLIN).with(uncached()), "no listing of a bucket: html");
    server.documents(path -> path.contains("list-type") ? "<ListBucketResult><Contents>" : null);
    assertFails(hive().in(BERLIN).with(uncached()), "no listing of a bucket");
    server.documents(
        path ->
            path.contains("list-type")
                ? "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"
                : null);
    assertFails(hive().in(BERLIN).with(uncached()), "without a token for the rest");
  }

  /** A cached listing names a file that is gone: the folder is listed again. */
  @Test
  void listsAgainIfListedFileIsGone() throws Exception {
    Path copy = folder.resolve("copy");
    Path old = copy.resolve("hive/geohash_l2=u3/year=2024/month=6/old.parquet");
    Path file = old.resolveSibling("new.parquet");
    Files.createDirectories(old.getParent());
    Path source = SETS.resolve("hive/geohash_l2=u3/year=2024/month=6/part-0.parquet");
    Files.copy(source, old);
    Map<String, Row> wanted = rows("hive", BERLIN, Instant.MIN, JULY);
    PublishedSet set;
    try (SetServer first = new SetServer(copy)) {
      set = hive().at(first.url(""));
      assertHolds(wanted, set.in(BERLIN).with(cached()).open());
      Files.move(old, file);
      // A listing that is made now has the new name.
      first.documents(
          path ->
              path.contains("list-type")
                  ? "<ListBucketResult><Contents><Key>hive/geohash_l2=u3/year=2024/month=6/"
                      + "new.parquet</Key><Size>9</Size></Contents></ListBucketResult>"
                  : null);
      assertHolds(wanted, set.in(BERLIN).with(cached()).open());
      // A fresh listing whose file is gone is an error, and nothing is half open.
      Files.delete(file);
      assertFails(set.in(BERLIN).with(uncached()), "new.parquet", "not found");
    }
  }

  /** One file of two is damaged at first: what was read of the other is kept. */
  @Test
  void continuesWithWhatIsCachedAfterFailure() throws Exception {
    PublishedRegion region = hive().in(BERLIN).with(cached());
    server.documents(
        path -> path.contains("year=2025") && path.endsWith("t") ? "oops, no Parquet" : null);
    assertFails(region, "year=2025/month=6/part-0.parquet", "not a Parquet file");
    server.documents(path -> null);
    server.requests();
    assertHolds(rows("hive", BERLIN, Instant.MIN, Instant.MAX), region.open());
    List<String> again = server.requests();
    assertEquals(1, again.stream().filter(path -> path.contains("year=2024")).count());
    assertTrue(again.stream().anyMatch(path -> path.contains("year=2025")), again.toString());
    assertFalse(again.stream().anyMatch(path -> path.contains("list-type")), again.toString());
  }

  @Test
  void refusesFilesWhoseReferenceSystemIsUnknown() {
    PublishedSet set =
        set(
            "\"kind\": \"manifest\", \"address\": \"SERVERbits/manifest.parquet\", \"path\":"
                + " \"path\"");
    assertFails(
        set.in(BERLIN).with(uncached()),
        "shard-0.parquet: the coordinate reference system of bbox is not known");
  }

  @Test
  void refusesOtherDimensionsBeforeReadingEmbeddings() {
    PublishedSet other =
        PublishedSet.parse(
            "test.json",
            """
            {"name": "test", "title": "Test", "source": "s", "license": "l", "attribution": "a",
             "model": {"name": "Clay", "version": "1.5", "dimension": 16},
             "listing": {"kind": "s3", "address": "%s", "folder": "hive/"}}
            """
                .formatted(server.url("")));
    assertFails(
        other.in(BERLIN).with(uncached()),
        "row group 0 has 48 values in 6 embeddings, so not all are of dimension 16");
  }

  @Test
  void refusesPeriodIfNothingNamesTimes() {
    PublishedSet set = set("\"kind\": \"s3\", \"address\": \"SERVER\", \"folder\": \"mgrs/\"");
    assertFails(
        set.between(Instant.MIN, JULY).with(uncached()),
        "has no times, neither in a column nor in its path");
  }

  @Test
  void saysWhichModuleReadsRasters() {
    assertFails(
        PublishedSets.find("alphaearth").in(BERLIN),
        "alphaearth holds arrays of pixels (cog)",
        "module earth-embed-raster");
  }

  @Test
  void refusesBadArguments() {
    assertThrows(IllegalArgumentException.class, () -> hive().between(JULY, JULY));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> PublishedSets.find("earth"));
    assertTrue(e.toString().contains("earth-index"), e::toString);
    assertThrows(IllegalArgumentException.class, () -> StoreOptions.builder().cache(folder, -1));
  }
}
