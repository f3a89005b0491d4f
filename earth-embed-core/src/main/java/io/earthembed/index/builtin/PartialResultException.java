package io.earthembed.index.builtin;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.vector.Neighbors;
import java.util.List;
import java.util.Map;

/**
 * Reports that some shards of a sharded index failed. It has the hits of the other shards, so that
 * a caller may show them, and the names of the failed shards.
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

  /** Returns the hits of the other shards: one entry per query, in the whole index's ordinals. */
  public List<Neighbors> results() {
    return results;
  }

  /** Returns the failed shards, by name, with the causes. */
  public Map<String, RuntimeException> failed() {
    return failed;
  }
}
