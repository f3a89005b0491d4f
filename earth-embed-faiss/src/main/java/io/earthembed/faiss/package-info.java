/** Implements {@link io.earthembed.index.EmbeddingIndex} with FAISS. */
@NullMarked
package io.earthembed.faiss;

import org.jspecify.annotations.NullMarked;
