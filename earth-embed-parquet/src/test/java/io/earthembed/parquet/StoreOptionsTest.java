package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class StoreOptionsTest {
  private static final StoreOptions OTHER =
      StoreOptions.builder()
          .tailGuess(64)
          .parallelism(2)
          .timeout(Duration.ofSeconds(1))
          .deadline(Duration.ofSeconds(2))
          .attempts(3)
          .connectionsPerHost(4)
          .cache(Path.of("cache"), 5)
          .build();

  private static String refusal(Executable call) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void hasTheDefaultsThatItsJavadocStates() {
    StoreOptions options = StoreOptions.defaults();
    assertEquals(2 << 20, options.tailGuess());
    assertEquals(8, options.parallelism());
    assertEquals(Duration.ofSeconds(20), options.timeout());
    assertEquals(Duration.ofMinutes(5), options.deadline());
    assertEquals(5, options.attempts());
    assertEquals(16, options.connectionsPerHost());
    assertEquals(Optional.empty(), options.cacheFolder());
    assertEquals(0, options.cacheBytes());
  }

  @Test
  void takesEverySetting() {
    assertEquals(
        "StoreOptions[tailGuess=64, parallelism=2, timeout=PT1S, deadline=PT2S, attempts=3,"
            + " connectionsPerHost=4, cacheFolder=cache, cacheBytes=5]",
        OTHER.toString());
    assertEquals(Optional.of(Path.of("cache")), OTHER.cacheFolder());
    assertEquals(OTHER, OTHER.toBuilder().build());
    assertEquals(OTHER.hashCode(), OTHER.toBuilder().build().hashCode());
  }

  @Test
  void differsInEverySetting() {
    for (UnaryOperator<StoreOptions.Builder> change :
        List.<UnaryOperator<StoreOptions.Builder>>of(
            b -> b.tailGuess(65),
            b -> b.parallelism(9),
            b -> b.timeout(Duration.ofSeconds(9)),
            b -> b.deadline(Duration.ofSeconds(9)),
            b -> b.attempts(9),
            b -> b.connectionsPerHost(9),
            b -> b.cache(Path.of("other"), 5),
            b -> b.cache(Path.of("cache"), 9))) {
      assertNotEquals(OTHER, change.apply(OTHER.toBuilder()).build());
    }
  }

  @Test
  void neverChangesBuiltOptions() {
    StoreOptions.Builder builder = OTHER.toBuilder();
    StoreOptions built = builder.build();
    builder.attempts(9);
    assertEquals(3, built.attempts());
    assertEquals(3, OTHER.attempts());
    assertEquals(9, builder.build().attempts());
  }

  /** A cluster sends them to its executors. */
  @Test
  void survivesSerialization() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(OTHER);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertEquals(OTHER, in.readObject());
    }
  }

  @Test
  void refusesValuesOutOfRange() {
    StoreOptions.Builder builder = StoreOptions.builder();
    assertEquals("tailGuess below 64: 63", refusal(() -> builder.tailGuess(63)));
    assertEquals("parallelism must be positive: 0", refusal(() -> builder.parallelism(0)));
    assertEquals("timeout must be positive: PT0S", refusal(() -> builder.timeout(Duration.ZERO)));
    assertEquals(
        "deadline must be positive: PT-1S",
        refusal(() -> builder.deadline(Duration.ofSeconds(-1))));
    assertEquals("attempts must be positive: 0", refusal(() -> builder.attempts(0)));
    assertEquals(
        "connectionsPerHost must be positive: -2", refusal(() -> builder.connectionsPerHost(-2)));
    assertEquals(
        "cacheBytes must not be negative: -1", refusal(() -> builder.cache(Path.of("c"), -1)));
    assertEquals(StoreOptions.defaults(), builder.build());
  }
}
