package io.earthembed;

import io.earthembed.catalog.TileCatalog;
import io.earthembed.dataset.Duplicates;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.index.EmbeddingIndex;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.vector.Metric;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills an empty index with a dataset, and refuses an index that holds other rows. Logs doubts.
 *
 * @param catalog the dataset's catalog
 */
record IndexFilling(EmbeddingDataset dataset, TileCatalog catalog, EmbeddingIndex index) {
  private static final Logger LOG = LoggerFactory.getLogger(EarthExplorer.class);

  /**
   * Fills the index if it is an empty {@link MutableIndex}, otherwise checks it.
   *
   * @throws IllegalArgumentException if the index does not fit the model, or is not of the dataset
   */
  void fillOrCheck(ModelInfo model) {
    if (index.dimension() != model.dimension()) {
      throw new IllegalArgumentException(
          "the index is " + index.dimension() + "-d, the model " + model);
    }
    IndexLabel wanted = IndexLabel.of(dataset);
    MutableIndex empty = index.ordinalEnd() == 0 && index instanceof MutableIndex m ? m : null;
    Lengths lengths = new Lengths();
    if (empty != null) {
      new IndexLabel(index.label().model(), "").requireFits(wanted);
      boolean quantized =
          dataset.forEachQuantizedBatch(
              batch -> {
                empty.add(batch);
                lengths.look(
                    batch.rows(), batch.dimension(), (row, into) -> batch.get((int) row, into));
              });
      if (!quantized) {
        dataset.forEachBatch(
            batch -> {
              empty.add(batch);
              lengths.look(batch.rows(), batch.dimension(), batch::get);
            });
      }
    }
    if (index.size() != catalog.size()) {
      throw new IllegalArgumentException(
          "the index holds " + index.size() + " vectors, the dataset " + catalog.size());
    }
    if (index.ordinalEnd() != catalog.size()) {
      throw new IllegalArgumentException(
          "the index has had vectors removed: its ordinals end at "
              + index.ordinalEnd()
              + ", the dataset's rows at "
              + catalog.size());
    }
    if (empty != null) {
      // A name that the caller has set remains.
      String called = index.label().dataset();
      empty.label(
          new IndexLabel(
              wanted.model(), called.isEmpty() ? wanted.dataset() : called, wanted.rows()));
      if (index.metric() == Metric.INNER_PRODUCT && lengths.isOther()) {
        LOG.warn(
            "{} has embeddings whose length is not 1, for example {}: scores are inner"
                + " products, which favour longer vectors, not cosines. An index of Metric.COSINE"
                + " compares only directions",
            dataset,
            lengths.other);
      }
    } else {
      index.label().requireFits(wanted);
      if (index.label().rows().isEmpty()) {
        if (RowSample.differs(dataset, index)) {
          throw new IllegalArgumentException(
              "the index holds other rows than the dataset "
                  + dataset
                  + ": the vectors of the first rows differ. The index does not record what it was"
                  + " filled with; fill a new index, and label it:"
                  + " index.label(IndexLabel.of(dataset))");
        }
        LOG.warn(
            "{} does not record which rows it holds: they are assumed to be those of {}, in order."
                + " Label an index after filling it: index.label(IndexLabel.of(dataset))",
            index,
            dataset);
      }
    }
    warnOfEqualIds();
  }

  private void warnOfEqualIds() {
    Duplicates equal = catalog.equalIds();
    if (equal.repeated() > 0) {
      LOG.warn(
          "{}: {} tiles have the id of an earlier one, such as '{}': queries by such an id find the"
              + " first. TileCatalog.equalIds tells which",
          dataset,
          equal.repeated(),
          shown(catalog.id(equal.groups().get(0).first())));
    }
  }

  /** Checks a sample of each batch for vectors that do not have length 1. */
  private static final class Lengths {
    private static final int LOOKS = 64;

    /** The deviation from 1 that half precision or 8 bits per component cause. */
    private static final double TOLERANCE = 0.02;

    private double other = 1;

    /** Supplies the rows of a batch. */
    interface Rows {
      void get(long row, float[] into);
    }

    void look(long rows, int dimension, Rows batch) {
      float[] row = new float[dimension];
      for (long i = 0; i < rows; i += Math.max(1, rows / LOOKS)) {
        batch.get(i, row);
        double squares = 0;
        for (float v : row) squares += (double) v * v;
        double length = Math.sqrt(squares);
        if (length > 0 && Math.abs(length - 1) > Math.abs(other - 1)) other = length;
      }
    }

    boolean isOther() {
      return Math.abs(other - 1) > TOLERANCE;
    }
  }

  /** Returns a dataset's text in a form that is safe for logs. */
  private static String shown(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return plain.length() <= 100 ? plain : plain.substring(0, 100) + "…";
  }
}
