package io.earthembed.index.builtin;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.Neighbors;
import java.util.List;
import java.util.Map;

/**
 * Some shards of a a sharded index did not answer. It carries what the others found, so that a
 * caller may show it, and says which are missing, so that nobody takes it for the whole.
 */
public final class PartialResultException extends EarthEmbedException {
  private static final long serialVersionUID = 1L;

  private final transient List<Neighbors> results;
  private final transient Map<String, RuntimeException> failed;

  PartialResultException(List<Neighbors> results, Map<String, RuntimeException> failed) {
    super(
        "no answer from "
            + String.join(", ", failed.keySet())
            + ": "
            + failed.values().iterator().next().getMessage(),
        failed.values().iterator().next());
    this.results = List.copyOf(results);
    this.failed = Map.copyOf(failed);
  }

  /** What the other shards found: one entry for each query, in the whole index's ordinals. */
  public List<Neighbors> results() {
    return results;
  }

  /** The shards that failed, by name, and why. */
  public Map<String, RuntimeException> failed() {
    return failed;
  }
}
