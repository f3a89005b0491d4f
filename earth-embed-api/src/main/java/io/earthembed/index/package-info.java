/**
 * The second plug point: {@link io.earthembed.index.EmbeddingIndex} finds the stored embeddings
 * that are most similar to a query.
 */
@NullMarked
package io.earthembed.index;

import org.jspecify.annotations.NullMarked;
