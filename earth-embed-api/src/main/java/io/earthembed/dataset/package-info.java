/**
 * Stored embeddings: {@link io.earthembed.dataset.EmbeddingDataset} reads a set of them, {@link
 * io.earthembed.dataset.EmbeddingSink} writes one.
 */
@NullMarked
package io.earthembed.dataset;

import org.jspecify.annotations.NullMarked;
