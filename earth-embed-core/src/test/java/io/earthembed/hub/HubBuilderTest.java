package io.earthembed.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class HubBuilderTest {
  private static final URI FILE = URI.create("https://huggingface.co/a/b/resolve/main/c");

  private static String refusal(Executable call) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void hasTheDefaultsThatItsJavadocStates() {
    Hub hub = Hub.from(Map.of());
    assertEquals(Endpoint.HUGGING_FACE, hub.endpoint());
    assertFalse(hub.offline());
    assertEquals(5, hub.attempts());
    assertEquals(Duration.ofSeconds(60), hub.timeout());
    assertTrue(hub.authorization(FILE).isEmpty());
  }

  @Test
  void takesEverySetting() {
    Hub hub =
        Hub.from(Map.of()).toBuilder()
            .cache(Path.of("cache"))
            .token("secret")
            .offline(true)
            .attempts(2)
            .timeout(Duration.ofSeconds(3))
            .build();
    assertEquals(Path.of("cache"), hub.cache());
    assertTrue(hub.offline());
    assertEquals(2, hub.attempts());
    assertEquals(Duration.ofSeconds(3), hub.timeout());
    assertEquals("Bearer secret", hub.authorization(FILE).orElseThrow());
    assertFalse(hub.toString().contains("secret"));
  }

  /** A token is for one host only, so an endpoint that is set after it drops it. */
  @Test
  void dropsTheTokenOfAnotherEndpoint() {
    Hub first = Hub.from(Map.of()).toBuilder().token("secret").build();
    Hub second = first.toBuilder().endpoint(Endpoint.HUGGING_FACE).build();
    assertTrue(second.authorization(FILE).isEmpty());
    assertEquals("Bearer secret", first.authorization(FILE).orElseThrow());
  }

  @Test
  void refusesValuesOutOfRange() {
    Hub.Builder builder = Hub.from(Map.of()).toBuilder();
    assertEquals("attempts must be positive: 0", refusal(() -> builder.attempts(0)));
    assertEquals("timeout must be positive: PT0S", refusal(() -> builder.timeout(Duration.ZERO)));
    String message = refusal(() -> builder.token("bad token"));
    assertEquals("token must be printable ASCII without spaces", message);
  }
}
