package io.earthembed.pipeline;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a square tile into fragments for a model: rows and columns of squares that overlap a little
 * and reach all edges. The rule is that of Major TOM's embeddings (M. Czerkawski, M. Kluczek, J.
 * Bojanowski, "Global and Dense Embeddings of Earth: Major TOM Floating in the Latent Space",
 * 2024): 25 fragments of 224 or 9 of 384 in a tile of 1068 pixels. Immutable and safe for many
 * threads.
 */
public final class FragmentGrid {
  private static final double OVERLAP = 0.1;

  /** The largest count whose square is an int. */
  private static final int MOST_PER_SIDE = 46_340;

  private final int tile;
  private final int size;
  private final int perSide;
  private final int stride;

  private FragmentGrid(int tile, int size, int perSide, int stride) {
    this.tile = tile;
    this.size = size;
    this.perSide = perSide;
    this.stride = stride;
  }

  /**
   * Returns Major TOM's grid of fragments.
   *
   * @param tile side of the tile in pixels
   * @param size side of a fragment in pixels, in [1, tile]; large enough for at most 2^31 - 1
   *     fragments
   */
  public static FragmentGrid of(int tile, int size) {
    if (size < 1 || size > tile) {
      throw new IllegalArgumentException("size outside [1, " + tile + "]: " + size);
    }
    if (size == tile) return new FragmentGrid(tile, size, 1, size);
    // The number of steps for an overlap of a tenth; the actual overlap then makes them fit.
    int steps = (int) Math.max(1, Math.rint((tile - size) / ((1 - OVERLAP) * size)));
    // At least enough that no pixel is left out (the reference may leave some out for odd ratios),
    // and no more than there are positions.
    steps = Math.min(tile - size, Math.max(steps, (tile - 1) / size));
    if (steps >= MOST_PER_SIDE) {
      throw new IllegalArgumentException(
          "size " + size + " cuts a tile of " + tile + " into more than 2^31 - 1 fragments");
    }
    int overlap = (int) Math.ceil(size - (tile - size) / (double) steps);
    return new FragmentGrid(tile, size, steps + 1, size - overlap);
  }

  /**
   * Returns the single fragment in the middle, as EarthEmbeddingExplorer's centre crop: in 1068
   * pixels, 384 start at pixel 342 and 224 at 422.
   *
   * @param tile side of the tile in pixels
   * @param size side of the fragment in pixels, in [1, tile]
   */
  public static Fragment center(int tile, int size) {
    if (size < 1 || size > tile) {
      throw new IllegalArgumentException("size outside [1, " + tile + "]: " + size);
    }
    int start = tile / 2 - size / 2;
    return new Fragment(start, start, size);
  }

  /** Returns the side of the tile in pixels. */
  public int tile() {
    return tile;
  }

  /** Returns the side of a fragment in pixels. */
  public int size() {
    return size;
  }

  /** Returns the number of fragments along a side of the tile. */
  public int perSide() {
    return perSide;
  }

  /** Returns the number of fragments in a tile. */
  public int count() {
    return perSide * perSide;
  }

  /**
   * Returns the fragment at a row and column.
   *
   * @param row 0 for the northernmost
   * @param column 0 for the westernmost
   */
  public Fragment at(int row, int column) {
    return new Fragment(start("row", row), start("column", column), size);
  }

  /**
   * Returns the first pixel of a fragment. The last fragment moves inward if the strides do not end
   * at the edge. If steps of whole pixels would leave a gap before it, each start is rounded
   * separately.
   */
  private int start(String name, int index) {
    if (index < 0 || index >= perSide) {
      throw new IllegalArgumentException(name + " outside [0, " + perSide + "): " + index);
    }
    if (index == perSide - 1) return tile - size;
    boolean gap = tile - size - (long) (perSide - 2) * stride > size;
    return gap ? (int) ((long) index * (tile - size) / (perSide - 1)) : index * stride;
  }

  /** Returns all fragments, row by row from the north, each row from the west. */
  public List<Fragment> fragments() {
    List<Fragment> all = new ArrayList<>();
    for (int row = 0; row < perSide; row++) {
      for (int column = 0; column < perSide; column++) all.add(at(row, column));
    }
    return all;
  }

  @Override
  public String toString() {
    return "FragmentGrid[" + perSide + " x " + perSide + " of " + size + " in " + tile + "]";
  }
}
