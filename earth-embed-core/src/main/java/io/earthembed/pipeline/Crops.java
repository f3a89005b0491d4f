package io.earthembed.pipeline;

import java.io.Serializable;
import java.util.List;

/** Which squares of a tile are embedded, each for itself. Immutable. */
public final class Crops implements Serializable {
  private static final long serialVersionUID = 1;

  private enum Kind {
    CENTRE,
    FRAGMENTS
  }

  private final Kind kind;
  private final int size;

  private Crops(Kind kind, int size) {
    if (size < 1) throw new IllegalArgumentException("size must be positive: " + size);
    this.kind = kind;
    this.size = size;
  }

  /**
   * The square in the middle, one embedding for a tile, which keeps the tile's id. A smaller tile
   * is taken as far as its shorter side goes.
   *
   * @param size pixels of its side, at least 1
   */
  public static Crops centre(int size) {
    return new Crops(Kind.CENTRE, size);
  }

  /**
   * Squares that cover the whole tile, as {@link FragmentGrid} lays them: 25 of 224 or 9 of 384 out
   * of 1068 pixels. The id of each is the tile's, then {@code #row_column} of its upper left pixel.
   * Tiles must be square, and no smaller than a fragment.
   *
   * @param size pixels of a fragment's side, at least 1
   */
  public static Crops fragments(int size) {
    return new Crops(Kind.FRAGMENTS, size);
  }

  /**
   * The squares of a tile.
   *
   * @param height its rows
   * @param width its columns
   * @throws IllegalArgumentException if it cannot be cut so
   */
  public List<Fragment> of(int height, int width) {
    if (kind == Kind.CENTRE) {
      int side = Math.min(size, Math.min(height, width));
      return List.of(new Fragment(height / 2 - side / 2, width / 2 - side / 2, side));
    }
    if (height != width) {
      throw new IllegalArgumentException("a tile that is not square: " + height + " x " + width);
    }
    return FragmentGrid.of(height, size).fragments();
  }

  /** The id of a square's embedding. */
  String id(String tile, Fragment square) {
    return kind == Kind.CENTRE ? tile : tile + "#" + square.row() + "_" + square.column();
  }

  /** The id of the tile that an embedding was made from. */
  String tile(String id) {
    return kind == Kind.CENTRE ? id : id.substring(0, Math.max(0, id.lastIndexOf('#')));
  }

  /** In words, which are equal for equal crops: {@code centre 384}, {@code fragments 224}. */
  @Override
  public String toString() {
    return (kind == Kind.CENTRE ? "centre " : "fragments ") + size;
  }
}
