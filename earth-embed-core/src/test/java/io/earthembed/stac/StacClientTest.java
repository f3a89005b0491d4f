package io.earthembed.stac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.BoundingBox;
import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.imagery.TileRecord;
import io.earthembed.stac.StacServer.Reply;
import io.earthembed.stac.StacServer.Request;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class StacClientTest {
  private static final StacSearch ALL = StacSearch.of("c");

  /** Answers searches; the landing page offers POST unless the method is given. */
  private static StacServer server(Function<Request, Reply> search) throws IOException {
    return server("POST", search);
  }

  private static StacServer server(String method, Function<Request, Reply> search)
      throws IOException {
    return new StacServer(
        request -> request.path().equals("/") ? StacServer.landing(method) : search.apply(request));
  }

  private static StacClient client(StacServer server) {
    return StacClient.builder(server.api()).attempts(3).timeout(Duration.ofSeconds(5)).build();
  }

  private static List<String> ids(StacServer server, StacSearch search) {
    return client(server).search(search).map(StacItem::id).toList();
  }

  private static String failure(StacServer server) {
    return assertThrows(EarthEmbedException.class, () -> ids(server, ALL)).getMessage();
  }

  @Test
  void postsAllConditions() throws IOException {
    try (StacServer server = server(request -> StacServer.page("", "a"))) {
      StacSearch search =
          StacSearch.of("one", "two")
              .ids(List.of("a"))
              .in(new BoundingBox(10, 45, 11.5, 46))
              .between(Instant.parse("2024-01-01T00:00:00Z"), Instant.MAX)
              .where("eo:cloud_cover", "gte", 1)
              .where("eo:cloud_cover", "lt", 20.5)
              .where("platform", "in", List.of("s2a", "s2b"))
              .pageSize(7);
      assertEquals(List.of("a"), ids(server, search));
      assertEquals("POST", server.requests.get(1).method());
      assertEquals(
          JsonParser.parseString(
              StacServer.json(
                  "{'collections':['one','two'],'ids':['a'],'bbox':[10.0,45.0,11.5,46.0],"
                      + "'datetime':'2024-01-01T00:00:00Z/..','query':{'eo:cloud_cover':"
                      + "{'gte':1,'lt':20.5},'platform':{'in':['s2a','s2b']}},'limit':7}")),
          JsonParser.parseString(server.requests.get(1).body()));
    }
  }

  @Test
  void writesConditionsIntoAnAddressIfPostIsNotOffered() throws IOException {
    try (StacServer server = server("GET", request -> StacServer.page("", "a"))) {
      StacSearch search =
          ALL.in(new BoundingBox(-1, 45, 1, 46))
              .between(Instant.MIN, Instant.parse("2024-01-01T00:00:00Z"))
              .where("a+b", "eq", "x&y");
      assertEquals(List.of("a"), ids(server, search));
      assertEquals(
          "/search?collections=c&bbox=-1.0,45.0,1.0,46.0&datetime=../2024-01-01T00:00:00Z"
              + "&query={\"a+b\":{\"eq\":\"x&y\"}}&limit=100",
          URLDecoder.decode(server.requests.get(1).path(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void followsNextLinksOfBothMethods() throws IOException {
    Function<Request, Reply> pages =
        request -> {
          if (request.method().equals("POST") && !request.body().contains("token")) {
            return StacServer.page(
                "'href':'search','method':'POST','merge':true,'headers':{'X-Test':['1','2']},"
                    + "'body':{'token':'t1','limit':3}",
                "a",
                "b");
          }
          if (request.method().equals("POST")) {
            return StacServer.page("'href':'/stac/search?token=t2'", "c");
          }
          return StacServer.page("", "d");
        };
    try (StacServer server = server(pages)) {
      assertEquals(List.of("a", "b", "c", "d"), ids(server, ALL));
      Request second = server.requests.get(2);
      assertEquals(
          JsonParser.parseString(StacServer.json("{'collections':['c'],'limit':3,'token':'t1'}")),
          JsonParser.parseString(second.body()));
      assertEquals("1, 2", second.header());
      assertEquals("/search?token=t2", server.requests.get(3).path());
      assertEquals("", server.requests.get(3).header());
    }
  }

  @Test
  void requestsOnlyThePagesThatAreRead() throws IOException {
    AtomicInteger page = new AtomicInteger();
    try (StacServer server =
        server(
            request -> {
              int n = page.incrementAndGet();
              return StacServer.page("'href':'search?page=" + n + "'", "a" + n, "b" + n);
            })) {
      List<StacItem> three = client(server).search(ALL).limit(3).toList();
      assertEquals(List.of("a1", "b1", "a2"), three.stream().map(StacItem::id).toList());
      assertEquals(2, page.get());
    }
  }

  @Test
  void searchesBothHalvesOfABoxAcrossTheAntimeridian() throws IOException {
    try (StacServer server =
        server(
            request ->
                request.body().contains("[170.0,-10.0,180.0,10.0]")
                    ? StacServer.page("", "both", "west")
                    : StacServer.page("", "east", "both"))) {
      assertEquals(
          List.of("both", "west", "east"),
          ids(server, ALL.in(new BoundingBox(170, -10, -170, 10))));
      assertTrue(server.requests.get(2).body().contains("[-180.0,-10.0,-170.0,10.0]"));
    }
  }

  @Test
  void refusesNextLinksThatFormACircle() throws IOException {
    try (StacServer server =
        server(
            "GET",
            request ->
                request.path().endsWith("page=2")
                    ? StacServer.page("'href':'search?page=1'", "b")
                    : StacServer.page("'href':'search?page=2'", "a"))) {
      String message = failure(server);
      assertTrue(message.contains("/search: its next links lead in a circle"), message);
      assertEquals(4, server.requests.size());
    }
  }

  @Test
  void endsWhateverTheServerSends() throws IOException {
    AtomicInteger page = new AtomicInteger();
    try (StacServer endless =
            server(
                request ->
                    StacServer.page(
                        "'href':'search?page=" + page.incrementAndGet() + "'", "same"));
        StacServer empty =
            server(
                request ->
                    StacServer.page("'href':'search?page=" + page.incrementAndGet() + "'"))) {
      EarthEmbedException many =
          assertThrows(EarthEmbedException.class, () -> ids(endless, ALL.limit(50)));
      assertTrue(many.getMessage().contains("more than 50 items"), many.getMessage());
      String none = failure(empty);
      assertTrue(none.contains("100 pages in a row have no item"), none);
    }
  }

  @Test
  void repeatsWhatFailsForATime() throws IOException {
    AtomicInteger requests = new AtomicInteger();
    try (StacServer server =
        server(
            request ->
                requests.incrementAndGet() < 3
                    ? new Reply(503, "busy", Map.of("Retry-After", "0"))
                    : StacServer.page("", "a"))) {
      assertEquals(List.of("a"), ids(server, ALL));
      assertEquals(3, requests.get());
    }
  }

  @Test
  void namesTheAddressOfFailures() throws IOException {
    try (StacServer busy = server(request -> new Reply(503, "", Map.of("Retry-After", "0")));
        StacServer bad =
            server(
                request ->
                    new Reply(400, StacServer.json("{'description':'no bbox'}"), Map.of()))) {
      assertEquals(busy.api() + "search, 3 attempts: HTTP 503", failure(busy));
      assertEquals(bad.api() + "search: HTTP 400: {\"description\":\"no bbox\"}", failure(bad));
      assertEquals(2, bad.requests.size());
    }
  }

  @Test
  void namesTheAddressOfMalformedPages() throws IOException {
    for (String body :
        List.of(
            "",
            "[1]",
            "null",
            "{'features':3}",
            "{}",
            "{'features':[{}]}",
            "{'features':[{'id':'a','bbox':[1,2,3]}]}",
            "{'features':[{'id':'a','bbox':[1,'x',3,4]}]}",
            "{'features':[{'id':'a','bbox':[1,50,3,40]}]}",
            "{'features':[{'id':'a','properties':{'datetime':'soon'}}]}",
            "{'features':[{'id':'a','assets':{'x':{}}}]}",
            "{'features':[{'id':'a','assets':{'x':{'href':'a b'}}}]}",
            "{'features':[],'links':[{'rel':'next'}]}",
            "{'features':[],'links':[{'rel':'next','href':'file:///etc/passwd'}]}",
            "{'features':[],'links':[{'rel':'next','href':'search','method':'PUT'}]}",
            "{'features':[],'links':[{'rel':'next','href':'search','headers':3}]}",
            "{'features':[" + "[".repeat(100_000),
            "<!doctype html><html>")) {
      try (StacServer server = server(request -> Reply.ok(StacServer.json(body)))) {
        CorruptDataException e =
            assertThrows(CorruptDataException.class, () -> ids(server, ALL), body);
        assertTrue(e.getMessage().startsWith(server.api() + "search: "), e.getMessage());
      }
    }
  }

  @Test
  void refusesALinkFromHttpsToHttp() {
    assertThrows(
        IllegalArgumentException.class,
        () -> StacRequest.resolve(URI.create("https://a.org/search"), "http://a.org/next"));
  }

  @Test
  void namesALandingPageWithoutASearch() throws IOException {
    try (StacServer server = new StacServer(request -> StacServer.landing())) {
      String message = failure(server);
      assertEquals(
          server.api() + " is no STAC API with a search: it has no link of relation search",
          message);
    }
  }

  @Test
  void refusesBadArguments() {
    assertThrows(IllegalArgumentException.class, () -> StacClient.of(URI.create("file:///x")));
    assertThrows(IllegalArgumentException.class, () -> ALL.pageSize(0));
    assertThrows(IllegalArgumentException.class, () -> ALL.limit(0));
    assertThrows(IllegalArgumentException.class, () -> ALL.where("a", "like", 1));
    assertThrows(IllegalArgumentException.class, () -> ALL.where("a", "eq", Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> ALL.between(Instant.MAX, Instant.EPOCH));
  }

  @Test
  void readsAnItem() throws IOException {
    String json =
        StacServer.json(
            "{'type':'Feature','id':'S2A_31UFQ','collection':'sentinel-2-l2a',"
                + "'bbox':[3.0,51.0,0,5.0,52.0,10],'geometry':{'type':'Point','coordinates':[4,51]},"
                + "'properties':{'datetime':'2024-06-01T10:50:31.024000+02:00',"
                + "'eo:cloud_cover':12.5,'gone':null,'flags':[true,null,'x']},"
                + "'assets':{'red':{'href':'B04.tif','type':'image/tiff','roles':['data'],"
                + "'raster:bands':[{'scale':0.0001,'offset':-0.1}]},"
                + "'jp2':{'href':'s3://bucket/B04.jp2'}}}");
    try (StacServer server = new StacServer(request -> Reply.ok(json))) {
      StacItem item = client(server).item(server.api().resolve("items/1"));
      assertEquals("sentinel-2-l2a", item.collection());
      assertEquals(new BoundingBox(3, 51, 5, 52), item.bbox());
      assertEquals(Instant.parse("2024-06-01T08:50:31.024Z"), item.datetime());
      assertNull(item.start());
      assertEquals("{\"type\":\"Point\",\"coordinates\":[4,51]}", item.geometry());
      assertEquals(12.5, item.number("eo:cloud_cover"));
      assertTrue(Double.isNaN(item.number("gone")));
      assertEquals(List.of(true, Map.of(), "x"), item.properties().get("flags"));
      StacAsset red = item.asset("red");
      assertEquals(server.api().resolve("items/B04.tif"), red.href());
      assertEquals("image/tiff", red.type());
      assertEquals(List.of("data"), red.roles());
      assertEquals(
          Map.of("raster:bands", List.of(Map.of("scale", 0.0001, "offset", -0.1))),
          red.properties());
      assertEquals("s3://bucket/B04.jp2", item.asset("jp2").href().toString());
      EarthEmbedException none = assertThrows(EarthEmbedException.class, () -> item.asset("B08"));
      assertEquals("item S2A_31UFQ has no asset B08, only [jp2, red]", none.getMessage());
      TileRecord tile = item.tile(MajorTomGrid.CORE);
      assertEquals(new GeoPoint(51.5, 4), tile.center());
      assertEquals(MajorTomGrid.CORE.cellOf(tile.center()), tile.cell());
      assertEquals("S2A_31UFQ", tile.productId());
      assertEquals(item.datetime(), tile.timestamp());
      assertEquals(12.5f, tile.cloudCover());
      assertEquals(item.tileRef(), tile.source());
      assertEquals(server.api().resolve("items/1"), item.tileRef().shard());
    }
  }
}
