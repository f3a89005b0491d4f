package io.earthembed.collection;

import io.earthembed.base.table.LiveRows;
import io.earthembed.vector.Vectors;
import java.util.function.Consumer;

/** Takes the batches of all rows of a table, in order, and passes the live rows on. */
final class LiveBatches implements Consumer<Vectors> {
  private final LiveRows live;
  private final Consumer<Vectors> batches;
  private int next;

  /**
   * @param batches receives batches of at least one live row
   */
  LiveBatches(LiveRows live, Consumer<Vectors> batches) {
    this.live = live;
    this.batches = batches;
  }

  @Override
  public void accept(Vectors batch) {
    int from = next;
    next = Math.addExact(from, Math.toIntExact(batch.rows()));
    int first = live.number(from);
    int end = live.number(next);
    if (end - first == batch.rows()) {
      batches.accept(batch);
    } else if (first < end) {
      Vectors chosen = Vectors.allocate(end - first, batch.dimension());
      float[] row = new float[batch.dimension()];
      for (int number = first; number < end; number++) {
        batch.get(live.row(number) - from, row);
        chosen.set(number - first, row);
      }
      batches.accept(chosen);
    }
  }
}
