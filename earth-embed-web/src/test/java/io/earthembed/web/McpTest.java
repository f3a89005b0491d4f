package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.Hit;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.catalog.TileFilter;
import io.earthembed.geo.BoundingBox;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The official client lists and calls every tool. */
@Timeout(600)
class McpTest {
  private static final String TOKEN = "a-token-of-some-length";

  @TempDir static Path folder;
  private static TestServer server;
  private static McpSyncClient client;

  @BeforeAll
  static void start() {
    server = TestServer.start(folder, 30, ServerOptions.builder().token(TOKEN).build());
    client = client(TOKEN);
    client.initialize();
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static McpSyncClient client(String token) {
    HttpClientStreamableHttpTransport transport =
        HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + server.server.port())
            .endpoint("/mcp")
            .httpRequestCustomizer(
                (request, method, uri, body, context) ->
                    request.header("Authorization", "Bearer " + token))
            .build();
    return McpClient.sync(transport).requestTimeout(Duration.ofSeconds(30)).build();
  }

  private static McpSchema.CallToolResult call(String tool, Map<String, Object> arguments) {
    return client.callTool(new McpSchema.CallToolRequest(tool, arguments));
  }

  private static String text(McpSchema.CallToolResult result) {
    List<McpSchema.Content> contents = result.content();
    return ((McpSchema.TextContent) contents.get(contents.size() - 1)).text();
  }

  @Test
  void listsTheTools() {
    List<String> names = client.listTools().tools().stream().map(McpSchema.Tool::name).toList();
    assertEquals(
        List.of("describe_explorers", "look_at_tile", "search_tiles"),
        names.stream().sorted().toList());
    assertTrue(text(call("describe_explorers", Map.of())).contains("Generated landscapes"));
  }

  @Test
  void filtersByAttributes() {
    McpSchema.CallToolResult found =
        call(
            "search_tiles",
            Map.of(
                "text",
                "a river",
                "attributes",
                Map.of("third", Map.of("is", true), "number", Map.of("below", 10))));
    assertEquals(false, found.isError(), text(found));
    JsonObject json = new Gson().fromJson(text(found), JsonObject.class);
    List<Integer> numbers = new ArrayList<>();
    for (JsonElement hit : json.getAsJsonArray("hits")) {
      numbers.add(hit.getAsJsonObject().getAsJsonObject("attributes").get("number").getAsInt());
    }
    assertEquals(List.of(0, 3, 6, 9), numbers.stream().sorted().toList());
  }

  @Test
  void searchesAndLooks() {
    McpSchema.CallToolResult found =
        call(
            "search_tiles",
            Map.of(
                "text",
                "a river",
                "without",
                "snow",
                "box",
                Map.of("west", -180, "south", -90, "east", 180, "north", 30),
                "k",
                3));
    assertEquals(false, found.isError(), text(found));
    JsonObject json = JsonParser.parseString(text(found)).getAsJsonObject();
    SearchResult expected =
        server
            .earth()
            .explorer()
            .search(
                Query.text("a river").minus(0.5, Query.text("snow")),
                SearchOptions.builder()
                    .k(3)
                    .filter(TileFilter.within(new BoundingBox(-180, -90, 180, 30)))
                    .build());
    int i = 0;
    for (Hit hit : expected.hits()) {
      JsonObject one = json.getAsJsonArray("hits").get(i++).getAsJsonObject();
      assertEquals(hit.tile().id(), one.get("id").getAsString());
      assertEquals(hit.score(), one.get("score").getAsFloat());
    }
    assertEquals(3, i);

    String id = expected.hits().get(0).tile().id();
    McpSchema.CallToolResult seen = call("look_at_tile", Map.of("tile", id, "view", "tile"));
    McpSchema.ImageContent image = (McpSchema.ImageContent) seen.content().get(0);
    assertEquals("image/png", image.mimeType());
    byte[] png = Base64.getDecoder().decode(image.data());
    Raster picture = ImageFiles.decode(png, "the answer");
    assertEquals(DemoEarth.PIXELS, picture.width());

    // The picture of a tile finds the tile.
    McpSchema.CallToolResult again =
        call("search_tiles", Map.of("picture", Base64.getEncoder().encodeToString(png), "k", 1));
    assertTrue(text(again).contains("\"id\":\"" + id.replace("\"", "\\\"") + "\""), text(again));
  }

  @Test
  void wrongArgumentsAreNamed() {
    for (Map<String, Object> wrong :
        List.<Map<String, Object>>of(
            Map.of(),
            Map.of("text", ""),
            Map.of("tile", "none"),
            Map.of("text", "a river", "explorer", "none"),
            Map.of("text", "a river", "clouds", 101),
            Map.of("picture", "!"))) {
      McpSchema.CallToolResult refused = call("search_tiles", wrong);
      assertEquals(true, refused.isError(), wrong + " gave " + text(refused));
    }
    assertEquals(true, call("look_at_tile", Map.of("tile", "none")).isError());
  }

  /** A client on two pipes, as an agent that has started the program. */
  @Test
  void overStreams() throws Exception {
    PipedInputStream in = new PipedInputStream(1 << 16);
    PipedInputStream answers = new PipedInputStream(1 << 20);
    try (PipedOutputStream asked = new PipedOutputStream(in);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(answers, StandardCharsets.UTF_8));
        AgentConnection connection =
            AgentConnection.open(
                List.of(server.earth().served()),
                ServerOptions.DEFAULT,
                in,
                new PipedOutputStream(answers))) {
      String[] messages = {
        "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"initialize\", \"params\":"
            + " {\"protocolVersion\": \"2025-06-18\", \"capabilities\": {}, \"clientInfo\":"
            + " {\"name\": \"test\", \"version\": \"1\"}}}",
        "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}",
        "{\"jsonrpc\": \"2.0\", \"id\": 2, \"method\": \"tools/call\", \"params\": {\"name\":"
            + " \"search_tiles\", \"arguments\": {\"text\": \"a river\", \"k\": 1}}}"
      };
      asked.write((messages[0] + '\n').getBytes(StandardCharsets.UTF_8));
      asked.flush();
      JsonObject first = JsonParser.parseString(reader.readLine()).getAsJsonObject();
      assertEquals(1, first.get("id").getAsInt());
      asked.write((messages[1] + '\n' + messages[2] + '\n').getBytes(StandardCharsets.UTF_8));
      asked.flush();
      JsonObject second = JsonParser.parseString(reader.readLine()).getAsJsonObject();
      assertEquals(2, second.get("id").getAsInt(), second.toString());
      assertTrue(second.toString().contains("river-"), second.toString());
      asked.close();
      connection.join();
    }
  }

  @Test
  void needsTheToken() {
    try (McpSyncClient stranger = client("b-token-of-some-length")) {
      assertThrows(RuntimeException.class, stranger::initialize);
    }
  }
}
