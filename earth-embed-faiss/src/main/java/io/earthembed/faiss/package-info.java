/** FAISS behind {@link io.earthembed.EmbeddingIndex}. */
@NullMarked
package io.earthembed.faiss;

import org.jspecify.annotations.NullMarked;
