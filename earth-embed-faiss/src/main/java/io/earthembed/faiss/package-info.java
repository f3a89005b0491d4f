/** FAISS behind {@link io.earthembed.index.EmbeddingIndex}. */
@NullMarked
package io.earthembed.faiss;

import org.jspecify.annotations.NullMarked;
