package io.earthembed.solr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SolrOptionsTest {
  private static final SolrOptions DEFAULTS = SolrOptions.of("http://host:8983/solr", "tiles");

  private static String refusal(Executable call) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void hasTheDefaultsThatItsJavadocStates() {
    assertEquals(
        "SolrOptions[urls=[http://host:8983/solr], collection=tiles, shards=1, replicas=1,"
            + " candidates=0, timeout=PT1M]",
        DEFAULTS.toString());
  }

  @Test
  void takesEverySettingAndDiffersInEach() {
    List<UnaryOperator<SolrOptions.Builder>> changes =
        List.of(
            b -> b.urls(List.of("http://a:1/solr", "https://b:2/solr")),
            b -> b.collection("other"),
            b -> b.shards(2),
            b -> b.replicas(3),
            b -> b.candidates(4),
            b -> b.timeout(Duration.ofSeconds(5)));
    SolrOptions.Builder all = DEFAULTS.toBuilder();
    for (UnaryOperator<SolrOptions.Builder> change : changes) {
      assertNotEquals(DEFAULTS, change.apply(DEFAULTS.toBuilder()).build());
      all = change.apply(all);
    }
    assertEquals(
        "SolrOptions[urls=[http://a:1/solr, https://b:2/solr], collection=other, shards=2,"
            + " replicas=3, candidates=4, timeout=PT5S]",
        all.build().toString());
    assertEquals(DEFAULTS, DEFAULTS.toBuilder().build());
    assertEquals(DEFAULTS.hashCode(), DEFAULTS.toBuilder().build().hashCode());
  }

  @Test
  void refusesValuesOutOfRange() {
    SolrOptions.Builder builder = DEFAULTS.toBuilder();
    assertEquals("urls is empty", refusal(() -> builder.urls(List.of())));
    assertEquals(
        "urls: not an http or https URL: ftp://host",
        refusal(() -> builder.urls(List.of("ftp://host"))));
    assertEquals("urls: not a URL: a b", refusal(() -> builder.urls(List.of("a b"))));
    assertEquals("not the name of a collection: ../x", refusal(() -> builder.collection("../x")));
    assertEquals("shards must be positive: 0", refusal(() -> builder.shards(0)));
    assertEquals("replicas must be positive: -1", refusal(() -> builder.replicas(-1)));
    assertEquals("candidates must not be negative: -1", refusal(() -> builder.candidates(-1)));
    assertEquals("timeout must be positive: PT0S", refusal(() -> builder.timeout(Duration.ZERO)));
    assertEquals(DEFAULTS, builder.build());
  }

  /** Neither the description nor a refusal shows the password of a URL. */
  @Test
  void hidesThePassword() {
    SolrOptions options = SolrOptions.of("http://me:secret@host:8983/solr", "tiles");
    assertFalse(options.toString().contains("secret"), options.toString());
    try (SolrCollection collection = new SolrCollection(options)) {
      assertFalse(collection.toString().contains("secret"), collection.toString());
    }
    for (String url : List.of("ftp://me:secret@host", "http://me:secret@ho st")) {
      String message = refusal(() -> SolrOptions.of(url, "tiles"));
      assertFalse(message.contains("secret"), message);
    }
  }
}
