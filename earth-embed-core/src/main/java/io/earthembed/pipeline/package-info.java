/** The way from tiles to embeddings: crop, batch, encode, write, and resume. */
@NullMarked
package io.earthembed.pipeline;

import org.jspecify.annotations.NullMarked;
