/** Embeddings as numbers: matrices, metrics, ordinal sets and neighbors. */
@NullMarked
package io.earthembed.vector;

import org.jspecify.annotations.NullMarked;
