package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.image.codec.ImageFiles;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The server does what openapi.yaml says, operation by operation. */
class OpenApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static TestServer server;
  private static JsonNode document;
  private static final Set<String> EXERCISED = new HashSet<>();

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.start(folder, 40, ServerOptions.DEFAULT);
    HttpResponse<byte[]> answer = server.get("/api/openapi.yaml");
    document = new YAMLMapper().readTree(answer.body());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Fails unless the document describes an answer, and its body has the described form. */
  private static JsonNode check(String method, String template, HttpResponse<byte[]> answer)
      throws IOException {
    JsonNode operation = document.at("/paths/" + template.replace("/", "~1") + "/" + method);
    assertFalse(operation.isMissingNode(), template);
    JsonNode responses = operation.path("responses");
    JsonNode response = responses.path(String.valueOf(answer.statusCode()));
    if (response.isMissingNode() && answer.statusCode() >= 400)
      response = responses.path("default");
    assertFalse(response.isMissingNode(), method + template + " gave " + answer.statusCode());
    if (response.has("$ref")) response = document.at(response.get("$ref").asText().substring(1));
    EXERCISED.add(method.toUpperCase(Locale.ROOT) + " " + template);
    if (answer.statusCode() == 304) return JSON.nullNode();
    String type = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
    JsonNode content = response.path("content").path(type);
    assertFalse(content.isMissingNode(), method + template + " gave the type " + type);
    for (String header : List.of("ETag", "Retry-After")) {
      if (response.path("headers").has(header)) {
        assertTrue(answer.headers().firstValue(header).isPresent(), header);
      }
    }
    if (!type.endsWith("json")) return JSON.nullNode();
    JsonNode body = JSON.readTree(answer.body());
    assertEquals(List.of(), errors(content.get("schema"), body), body.toString());
    return body;
  }

  private static List<String> errors(JsonNode schema, JsonNode body) {
    ObjectNode whole = (ObjectNode) schema.deepCopy();
    whole.set("components", document.get("components"));
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    List<String> errors = new ArrayList<>();
    registry.getSchema(whole).validate(body).forEach(e -> errors.add(e.toString()));
    return errors;
  }

  private static JsonNode get(String template, String path) throws Exception {
    return check("get", template, server.get(path));
  }

  private static JsonNode search(String body) throws Exception {
    assertEquals(
        List.of(),
        errors(document.at("/components/schemas/Search").deepCopy(), JSON.readTree(body)),
        "the request itself is as described");
    return check("post", "/api/search", server.post("/api/search", body));
  }

  private static void analysis(String name, String schema, String body, int status)
      throws Exception {
    assertEquals(
        List.of(),
        errors(document.at("/components/schemas/" + schema).deepCopy(), JSON.readTree(body)),
        "the request itself is as described");
    HttpResponse<byte[]> answer = server.post("/api/explorers/demo/" + name, body);
    assertEquals(status, answer.statusCode(), name);
    check("post", "/api/explorers/{explorer}/" + name, answer);
  }

  @Test
  void everyOperationIsAsDescribed() throws Exception {
    assertEquals("up", get("/health", "/health").get("status").asText());
    get("/ready", "/ready");
    get("/api", "/api");
    get("/api/openapi.yaml", "/api/openapi.yaml");
    JsonNode explorers = get("/api/explorers", "/api/explorers").get("explorers");
    assertEquals("ready", explorers.get(0).get("status").asText());
    assertEquals("failed", explorers.get(1).get("status").asText());
    String one = "/api/explorers/{explorer}";
    get(one + "/points", "/api/explorers/demo/points");
    get(one + "/points", "/api/explorers/none/points");
    get(one + "/tiles", "/api/explorers/demo/tiles?lat=1&lon=2");
    get(one + "/tiles", "/api/explorers/demo/tiles?lat=1");
    get(one + "/tiles", "/api/explorers/demo/tiles?id=none");
    get(one + "/tiles/{row}", "/api/explorers/demo/tiles/3");
    get(one + "/tiles/{row}", "/api/explorers/demo/tiles/40");
    for (String view : List.of("", "?view=crop", "?view=tile&bands=B08,B04,B11", "?view=x")) {
      get(one + "/tiles/{row}/picture", "/api/explorers/demo/tiles/3/picture" + view);
    }
    get(one + "/pictures", "/api/explorers/demo/pictures?rows=1,2");
    get(one + "/pictures", "/api/explorers/demo/pictures");

    byte[] png =
        ImageFiles.encodePng(Landscape.generate(LandscapeKind.values()[0], 5, 64).trueColor());
    HttpRequest.Builder upload = server.request("/api/images").header("Content-Type", "image/png");
    String image =
        check(
                "post",
                "/api/images",
                server.send(upload.POST(HttpRequest.BodyPublishers.ofByteArray(png)).build()))
            .get("image")
            .asText();
    check(
        "post",
        "/api/images",
        server.send(upload.POST(HttpRequest.BodyPublishers.ofString("no picture")).build()));

    JsonNode found =
        search(
            """
            {"explorers": ["demo"], "parts": [{"text": "a river"}, {"image": "%s", "weight": 0.5},
             {"place": {"lat": 1, "lon": 2}, "weight": -0.25}], "k": 3,
             "filter": {"from": "2024-01-01", "to": "2024-12-31", "circle":
               {"lat": 0, "lon": 0, "meters": 2e7}, "box": {"west": -180, "south": -90, "east": 180, "north": 90}}}
            """
                .formatted(image));
    JsonNode result = found.get("results").get(0);
    assertEquals(3, result.get("hits").size());
    get("/api/fields/{field}", "/api/fields/" + result.get("field").asText());
    get("/api/fields/{field}", "/api/fields/" + "0".repeat(32));
    String[] ids = new String[5];
    for (int row = 0; row < 5; row++) {
      ids[row] = get(one + "/tiles/{row}", "/api/explorers/demo/tiles/" + row).get("id").asText();
    }
    JsonNode learned =
        search(
            """
            {"explorers": ["demo"], "parts": [{"text": "a river"}], "k": 3, "feedback": {"suggest": 4,
             "good": ["%s", "%s", "%s"], "bad": ["%s", "%s"]}}
            """
                .formatted((Object[]) ids));
    assertEquals("logistic-regression", learned.at("/results/0/learner").asText());
    assertEquals(4, learned.at("/results/0/suggestions").size());
    analysis("changes", "ChangeRequest", "{\"k\": 3, \"before\": {\"to\": \"2024-01-20\"}}", 200);
    analysis("changes", "ChangeRequest", "{\"earlier\": \"none\"}", 404);
    analysis("outliers", "OutlierRequest", "{\"neighbors\": 3, \"k\": 2}", 200);
    analysis("clusters", "ClusterRequest", "{\"clusters\": 3, \"k\": 2}", 200);
    analysis("clusters", "ClusterRequest", "{\"clusters\": 41}", 400);
    check("post", "/api/search", server.post("/api/search", "{\"parts\": []}"));
    check("post", "/api/search", server.post("/api/search", "{"));
    for (String format : List.of("zip", "geojson", "csv", "kml", "geoparquet", "stac", "none")) {
      String body = "{\"explorers\": [\"demo\"], \"parts\": [{\"text\": \"snow\"}], \"k\": 2}";
      HttpResponse<byte[]> file = server.post("/api/export?format=" + format, body);
      assertEquals(format.equals("none") ? 400 : 200, file.statusCode(), format);
      check("post", "/api/export", file);
    }
    for (String analysis : List.of("changes", "outliers", "clusters")) {
      String path = "/api/explorers/{explorer}/" + analysis + "/export";
      String address = path.replace("{explorer}", "demo") + "?format=";
      HttpResponse<byte[]> file = server.post(address + "csv", "{\"k\": 2}");
      assertEquals(200, file.statusCode(), analysis);
      check("post", path, file);
      check("post", path, server.post(address + "none", "{}"));
    }

    Set<String> described = new TreeSet<>();
    for (var path : document.get("paths").properties()) {
      for (String method : path.getValue().propertyNames()) {
        described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
      }
    }
    assertEquals(described, new TreeSet<>(EXERCISED), "exercised here");
    assertEquals(described, new TreeSet<>(server.server.operations()), "served");
  }

  @Test
  void anAnswerOfAnotherFormWouldBeNoticed() throws Exception {
    JsonNode schema = document.at("/components/schemas/Hit");
    assertNotNull(schema);
    assertFalse(errors(schema, JSON.readTree("{\"row\": 1}")).isEmpty());
  }
}
