package io.earthembed.index;

import io.earthembed.dataset.EmbeddingDataset;

/**
 * Describes the vectors of an index. An index keeps the label in its file, so that it is neither
 * searched with vectors of another model nor used for other rows.
 *
 * @param model name and version of the model that made the vectors ({@link
 *     io.earthembed.encoder.ModelInfo#nameAndVersion}); empty if unknown
 * @param dataset description of the embedded data, for people; empty if unknown
 * @param rows fingerprint of the rows and their order ({@code TileCatalog.fingerprint}); empty if
 *     unknown
 */
public record IndexLabel(String model, String dataset, String rows) {
  /** The empty label. */
  public static final IndexLabel NONE = new IndexLabel("", "", "");

  /** Refuses NUL, which separates the three texts in a file. */
  public IndexLabel {
    requireNoNul("model", model);
    requireNoNul("dataset", dataset);
    requireNoNul("rows", rows);
  }

  /** Creates a label without a fingerprint of the rows. */
  public IndexLabel(String model, String dataset) {
    this(model, dataset, "");
  }

  private static void requireNoNul(String name, String value) {
    if (value.indexOf('\0') >= 0) throw new IllegalArgumentException(name + " holds a NUL");
  }

  /** Returns the label of an index that holds a dataset's embeddings in their order. */
  public static IndexLabel of(EmbeddingDataset dataset) {
    return new IndexLabel(
        dataset.model().nameAndVersion(),
        dataset.name().replace('\0', ' '),
        dataset.catalog().fingerprint());
  }

  /** Returns the label as one text, for a file; {@link #parse} reads it. */
  public String text() {
    return model + '\0' + dataset + (rows.isEmpty() ? "" : '\0' + rows);
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IllegalArgumentException if it is not a label
   */
  public static IndexLabel parse(String text) {
    String[] parts = text.split("\0", -1);
    if (parts.length < 2 || parts.length > 3) {
      throw new IllegalArgumentException("a label of " + parts.length + " texts, not 2 or 3");
    }
    return new IndexLabel(parts[0], parts[1], parts.length > 2 ? parts[2] : "");
  }

  /**
   * Fails unless an index with this label fits a dataset. Only texts that both labels have are
   * compared.
   *
   * @param wanted the dataset's label
   * @throws IllegalArgumentException naming the difference and the remedy
   */
  public void requireFits(IndexLabel wanted) {
    if (differ(model, wanted.model)) {
      throw new IllegalArgumentException(
          "the index is labeled as of the model '"
              + model
              + "', not of '"
              + wanted.model
              + "': open it with that model, or fill an index with this one's embeddings");
    }
    if (differ(rows, wanted.rows)) {
      throw new IllegalArgumentException(
          "the index holds other rows than the dataset: it is labeled as of "
              + named(this)
              + ", the dataset is "
              + named(wanted)
              + "; ids have changed, or their order, as when a part of another name was added."
              + " Fill an index anew, or, if it does hold these rows in this order,"
              + " label it: index.label(IndexLabel.of(dataset))");
    }
  }

  private static boolean differ(String one, String other) {
    return !one.isEmpty() && !other.isEmpty() && !one.equals(other);
  }

  private static String named(IndexLabel label) {
    String rows = "rows " + label.rows;
    return label.dataset.isEmpty() ? rows : "'" + label.dataset + "' (" + rows + ")";
  }
}
