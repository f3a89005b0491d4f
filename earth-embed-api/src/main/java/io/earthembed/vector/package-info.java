/** Embeddings as numbers: matrices, metrics, ordinal sets, neighbours and the exact index. */
@NullMarked
package io.earthembed.vector;

import org.jspecify.annotations.NullMarked;
