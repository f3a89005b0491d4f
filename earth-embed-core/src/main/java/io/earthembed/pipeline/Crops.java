package io.earthembed.pipeline;

import io.earthembed.internal.Checks;
import java.io.Serializable;
import java.util.List;

/** The squares of a tile to embed, each on its own. Immutable. */
public final class Crops implements Serializable {
  private static final long serialVersionUID = 1;

  private enum Kind {
    CENTER,
    FRAGMENTS
  }

  private final Kind kind;
  private final int size;

  private Crops(Kind kind, int size) {
    Checks.positive("size", size);
    this.kind = kind;
    this.size = size;
  }

  /**
   * Returns the square in the middle: one embedding per tile, which keeps the tile's id. In a
   * smaller tile the square has the size of the shorter side.
   *
   * @param size side in pixels, at least 1
   */
  public static Crops center(int size) {
    return new Crops(Kind.CENTER, size);
  }

  /**
   * Returns squares that cover the whole tile, in the layout of {@link FragmentGrid}: 25 of 224 or
   * 9 of 384 in 1068 pixels. Each id is the tile's id and {@code #row_column} of the square's upper
   * left pixel. Tiles must be square and at least as large as a fragment.
   *
   * @param size side of a fragment in pixels, at least 1
   */
  public static Crops fragments(int size) {
    return new Crops(Kind.FRAGMENTS, size);
  }

  /**
   * Returns the squares of a tile.
   *
   * @param height rows of the tile
   * @param width columns of the tile
   * @throws IllegalArgumentException if the tile cannot be cut in this way
   */
  public List<Fragment> of(int height, int width) {
    if (kind == Kind.CENTER) {
      int side = Math.min(size, Math.min(height, width));
      return List.of(new Fragment(height / 2 - side / 2, width / 2 - side / 2, side));
    }
    if (height != width) {
      throw new IllegalArgumentException("a tile that is not square: " + height + " x " + width);
    }
    return FragmentGrid.of(height, size).fragments();
  }

  /** Returns the id of a square's embedding. */
  String id(String tile, Fragment square) {
    return kind == Kind.CENTER ? tile : tile + "#" + square.row() + "_" + square.column();
  }

  /** Returns the id of the tile of an embedding. */
  String tile(String id) {
    return kind == Kind.CENTER ? id : id.substring(0, Math.max(0, id.lastIndexOf('#')));
  }

  /**
   * Returns a description, which is equal for equal crops: {@code centre 384}, {@code fragments
   * 224}. Datasets store it, so its spelling never changes.
   */
  @Override
  public String toString() {
    return (kind == Kind.CENTER ? "centre " : "fragments ") + size;
  }
}
