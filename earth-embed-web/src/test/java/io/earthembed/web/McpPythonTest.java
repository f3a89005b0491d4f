package io.earthembed.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.testkit.peer.PythonPeer;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The official Python client lists and calls every tool. */
@Timeout(600)
class McpPythonTest {
  @TempDir Path folder;

  private static JsonArray call(PythonPeer client, String tool, String arguments) throws Exception {
    String answer = client.ask("{\"tool\": \"" + tool + "\", \"arguments\": " + arguments + "}");
    JsonObject json = JsonParser.parseString(answer).getAsJsonObject();
    assertEquals(false, json.get("error").getAsBoolean(), answer);
    return json.getAsJsonArray("content");
  }

  @Test
  void callsEveryTool() throws Exception {
    try (PythonPeer client = PythonPeer.start(Path.of("src/test/python/mcp_peer.py"));
        TestServer server = TestServer.start(folder, 20, ServerOptions.DEFAULT)) {
      String name = client.ask(server.server.address() + "mcp");
      assertEquals("{\"server\": \"earth-embed\"}", name);
      assertEquals(
          "[\"describe_explorers\", \"look_at_tile\", \"search_tiles\"]", client.ask("{}"));
      JsonArray described = call(client, "describe_explorers", "{}");
      assertTrue(described.toString().contains("Generated landscapes"), described.toString());
      JsonArray found =
          call(client, "search_tiles", "{\"text\": \"a river\", \"explorer\": \"demo\", \"k\": 1}");
      JsonObject result =
          JsonParser.parseString(found.get(0).getAsJsonObject().get("text").getAsString())
              .getAsJsonObject();
      JsonObject best = result.getAsJsonArray("hits").get(0).getAsJsonObject();
      assertTrue(best.get("id").getAsString().startsWith("river-"), best.toString());
      JsonArray seen =
          call(client, "look_at_tile", "{\"tile\": " + best.get("id") + ", \"view\": \"crop\"}");
      JsonObject picture = seen.get(0).getAsJsonObject();
      assertEquals("image", picture.get("type").getAsString());
      byte[] png = Base64.getDecoder().decode(picture.get("data").getAsString());
      assertEquals(DemoEarth.PIXELS, ImageFiles.decode(png, "the answer").width());
    }
  }
}
