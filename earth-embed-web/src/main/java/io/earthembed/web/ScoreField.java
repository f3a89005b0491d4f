package io.earthembed.web;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.vector.Neighbors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The score of every tile in 16 bits each, and the distribution of the scores. */
final class ScoreField {
  /** Marks a tile that did not pass the filter. */
  private static final int NONE = 0xFFFF;

  private static final int STEPS = 0xFFFE;
  private static final int BINS = 64;

  private final byte[] bytes;
  private final float least;
  private final float greatest;
  private final int[] histogram = new int[BINS];

  /**
   * @param scores the tiles that passed, best first
   * @param tiles number of all tiles
   */
  ScoreField(Neighbors scores, long tiles) {
    int size = scores.size();
    greatest = size == 0 ? 0 : scores.score(0);
    least = size == 0 ? 0 : scores.score(size - 1);
    float range = greatest - least;
    short[] column = new short[Math.toIntExact(tiles)];
    Arrays.fill(column, (short) NONE);
    for (int i = 0; i < size; i++) {
      float share = range > 0 ? (scores.score(i) - least) / range : 1;
      column[(int) scores.ordinal(i)] = (short) Math.round(share * STEPS);
      histogram[Math.min(BINS - 1, (int) (share * BINS))]++;
    }
    ByteBuffer buffer = ByteBuffer.allocate(8 + 2 * column.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putFloat(least).putFloat(greatest).asShortBuffer().put(column);
    bytes = buffer.array();
  }

  /** Returns least and greatest score and the column; callers must not change it. */
  byte[] bytes() {
    return bytes;
  }

  /** Returns the distribution of the scores for clients. */
  JsonObject histogram() {
    JsonObject json = new JsonObject();
    json.addProperty("from", least);
    json.addProperty("to", greatest);
    JsonArray counts = new JsonArray();
    for (int count : histogram) counts.add(count);
    json.add("counts", counts);
    return json;
  }
}
