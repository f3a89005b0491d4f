package io.earthembed.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.image.codec.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the directory
class RetrievalCommandTest {
  @TempDir Path directory;

  private void pictures(LandscapeKind kind, String label) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("set/" + label));
    for (int i = 0; i < 4; i++) {
      Files.write(
          folder.resolve(i + ".png"),
          ImageFiles.encodePng(Landscape.generate(kind, i, 64).trueColor()));
    }
  }

  @Test
  void measuresTheDemoModelOnFoldersOfClasses() throws IOException {
    pictures(LandscapeKind.FOREST, "Forest");
    pictures(LandscapeKind.RIVER, "River");
    Path names = Files.writeString(directory.resolve("names"), "River=a river");
    String set = directory.resolve("set").toString();
    Ran table = Ran.of("retrieval", "--images", set, "--names", names.toString(), "--k", "3");
    assertEquals(0, table.status(), table.err());
    assertTrue(table.out().contains("on set, 8 pictures, prompts farslip"), table.out());
    assertTrue(
        table.out().contains("| zero-shot top-1 | 100.0 | 100.0 to 100.0 | 8 |"), table.out());
    assertTrue(table.out().contains("| image-to-image precision@3 | "), table.out());
    Ran json = Ran.of("retrieval", "--images", set, "--prompts", "ms-clip", "--json");
    assertEquals(1, json.out().lines().count(), json.out());
    JsonObject report = new Gson().fromJson(json.out(), JsonObject.class);
    assertEquals(5, report.getAsJsonArray("figures").size());
    assertEquals("ms-clip", report.get("prompts").getAsString());
  }

  @Test
  void saysWhatIsWrong() {
    Ran none = Ran.of("retrieval", "--images", directory.resolve("none").toString());
    assertEquals(Main.USAGE, none.status());
    assertTrue(none.err().contains("--images is no folder: "), none.err());
    Ran empty = Ran.of("retrieval", "--images", directory.toString());
    assertEquals(Main.FAILED, empty.status());
    assertTrue(empty.err().contains("expected FOLDER/CLASS/PICTURE"), empty.err());
    String folder = directory.toString();
    Ran both = Ran.of("retrieval", "--images", folder, "--captions", "a", "--labels", "b");
    assertEquals(Main.USAGE, both.status());
    assertTrue(both.err().contains("exclude each other"), both.err());
  }
}
