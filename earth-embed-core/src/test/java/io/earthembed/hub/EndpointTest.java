package io.earthembed.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointTest {
  private static final String HF_DATA =
      "https://huggingface.co/datasets/Major-TOM/Core-S2L2A/resolve/main/images/part_00001.parquet";
  private static final String CN_DATA =
      "https://modelscope.cn/datasets/Major-TOM/Core-S2L2A/resolve/master/images/part_00001.parquet";
  private static final String AI_DATA = CN_DATA.replace(".cn", ".ai");
  private static final String HF_MODEL = "https://huggingface.co/org/name/resolve/main/a/b.onnx";
  private static final String CN_MODEL =
      "https://modelscope.cn/models/org/name/resolve/master/a/b.onnx";

  @Test
  void rewritesEveryHostToEveryOther() {
    List<String> data = List.of(HF_DATA, CN_DATA, AI_DATA);
    List<Endpoint> endpoints =
        List.of(Endpoint.HUGGING_FACE, Endpoint.MODELSCOPE_CN, Endpoint.MODELSCOPE_AI);
    for (int to = 0; to < 3; to++) {
      for (String from : data) assertEquals(data.get(to), endpoints.get(to).rewrite(from));
    }
    assertEquals(CN_MODEL, Endpoint.MODELSCOPE_CN.rewrite(HF_MODEL));
    assertEquals(HF_MODEL, Endpoint.HUGGING_FACE.rewrite(CN_MODEL));
    assertEquals(
        CN_DATA,
        Endpoint.MODELSCOPE_CN.rewrite(HF_DATA.replace("huggingface.co", "hf-mirror.com")));
    assertEquals(HF_DATA, Endpoint.HUGGING_FACE.rewrite(CN_DATA.replace("//", "//www.")));
    assertEquals(
        "http://127.0.0.1:9/models/org/name/resolve/master/a/b.onnx",
        Endpoint.MODELSCOPE_CN.withBase("http://127.0.0.1:9").rewrite(HF_MODEL));
  }

  @Test
  void keepsOtherRevisionsQueriesAndForeignAddresses() {
    assertEquals(
        "https://modelscope.cn/models/o/n/resolve/v1.2/f?download=true",
        Endpoint.MODELSCOPE_CN.rewrite("https://huggingface.co/o/n/resolve/v1.2/f?download=true"));
    for (String foreign :
        List.of(
            "shards/part.parquet",
            "file:///data/part.parquet",
            "https://example.org/datasets/o/n/resolve/main/f",
            "https://huggingface.co/api/models/o/n")) {
      assertSame(foreign, Endpoint.MODELSCOPE_AI.rewrite(foreign));
    }
  }

  @Test
  void buildsAddresses() {
    HubRepo data = HubRepo.dataset("Major-TOM/Core-S2L2A");
    assertEquals(
        URI.create(HF_DATA), Endpoint.HUGGING_FACE.address(data, "images/part_00001.parquet"));
    assertEquals(
        URI.create(CN_MODEL),
        Endpoint.MODELSCOPE_CN.address(HubRepo.model("org/name"), "a/b.onnx"));
    assertEquals(
        "https://huggingface.co/o/n/resolve/abc/a%20b",
        Endpoint.HUGGING_FACE.address(HubRepo.model("o/n").withRevision("abc"), "a b").toString());
  }

  /**
   * A revision with slashes cannot be confused with the file's path, in addresses and in the cache.
   */
  @Test
  void keepsRevisionsWithSlashesApart() {
    HubRepo repo = HubRepo.model("o/n");
    HubRepo request = repo.withRevision("refs/pr/1");
    assertEquals(
        "https://huggingface.co/o/n/resolve/refs%2Fpr%2F1/c.json",
        Endpoint.HUGGING_FACE.address(request, "c.json").toString());
    Hub hub = Hub.from(Map.of());
    assertNotEquals(
        hub.directory(repo.withRevision("a")).resolve("b/c.json"),
        hub.directory(repo.withRevision("a/b")).resolve("c.json"));
    // And so do the paths of two mirrors on one host.
    assertNotEquals(
        hub.toBuilder()
            .endpoint(Endpoint.HUGGING_FACE.withBase("http://h/one"))
            .build()
            .directory(repo),
        hub.toBuilder()
            .endpoint(Endpoint.HUGGING_FACE.withBase("http://h/two"))
            .build()
            .directory(repo));
  }

  @Test
  void refusesWhatLeavesTheFolder() {
    HubRepo repo = HubRepo.model("o/n");
    for (String bad :
        List.of("../x", "/x", "a//b", "a/./b", "", "a\\b", "C:x", "a\0b", "a\nb", "..", "a/..")) {
      assertThrows(
          IllegalArgumentException.class, () -> Endpoint.HUGGING_FACE.address(repo, bad), bad);
    }
    assertThrows(IllegalArgumentException.class, () -> HubRepo.model("name"));
    assertThrows(IllegalArgumentException.class, () -> HubRepo.model("../name"));
    assertThrows(IllegalArgumentException.class, () -> repo.withRevision("a/../../b"));
    assertThrows(IllegalArgumentException.class, () -> Endpoint.named("nowhere"));
    for (String base : List.of("https://me:secret@h", "https://h?secret", "https://h/a b?secret")) {
      Throwable e =
          assertThrows(
              IllegalArgumentException.class, () -> Endpoint.HUGGING_FACE.withBase(base), base);
      assertFalse(String.valueOf(e).contains("secret"), String.valueOf(e));
    }
  }

  @Test
  void readsTheEnvironment() {
    Hub hub =
        Hub.from(
            Map.of(
                "EARTH_EMBED_ENDPOINT", "modelscope.ai",
                "EARTH_EMBED_CACHE", "some/cache",
                "EARTH_EMBED_OFFLINE", "1",
                "HF_TOKEN", "hf",
                "MODELSCOPE_API_TOKEN", "ms"));
    assertEquals(Endpoint.MODELSCOPE_AI, hub.endpoint());
    assertEquals(Path.of("some/cache"), hub.cache());
    assertTrue(hub.offline());
    assertEquals("Bearer ms", hub.authorization(URI.create(AI_DATA)).orElseThrow());
    assertFalse(hub.authorization(URI.create(HF_DATA)).isPresent(), "another host");
    assertFalse(
        hub.toBuilder()
            .endpoint(Endpoint.HUGGING_FACE)
            .build()
            .authorization(URI.create(HF_DATA))
            .isPresent());
    assertFalse(
        hub.authorization(URI.create(AI_DATA.replace("https", "http"))).isPresent(),
        "in the clear");
    // A mirror of Hugging Face is another origin.
    URI mirror = URI.create(HF_DATA.replace("huggingface.co", "hf-mirror.com"));
    Map<String, String> mirrored =
        Map.of("EARTH_EMBED_ENDPOINT", "hf-mirror.com", "HF_TOKEN", "hf");
    assertFalse(Hub.from(mirrored).authorization(mirror).isPresent());
    assertTrue(Hub.from(Map.of("HF_TOKEN", "hf")).authorization(URI.create(HF_DATA)).isPresent());
  }
}
