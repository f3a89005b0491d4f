package io.earthembed.faiss;

/**
 * What the vectors of an index are, kept in its file, so that it is not searched with vectors of
 * another model.
 *
 * @param model name and version of the model that made the vectors; empty if not said
 * @param dataset what was embedded; empty if not said
 */
public record IndexLabel(String model, String dataset) {
  /** Says nothing. */
  public static final IndexLabel NONE = new IndexLabel("", "");

  /** Refuses the character that separates the two in a file. */
  public IndexLabel {
    if (model.indexOf('\0') >= 0) throw new IllegalArgumentException("model holds a NUL");
    if (dataset.indexOf('\0') >= 0) throw new IllegalArgumentException("dataset holds a NUL");
  }
}
