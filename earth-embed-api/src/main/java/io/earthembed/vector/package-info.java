/** Embeddings as numbers: matrices, metrics, ordinal sets and neighbours. */
@NullMarked
package io.earthembed.vector;

import org.jspecify.annotations.NullMarked;
