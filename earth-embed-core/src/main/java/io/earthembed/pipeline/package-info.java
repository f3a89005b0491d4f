/** Turns tiles into embeddings: crops, batches, encodes, writes and resumes. */
@NullMarked
package io.earthembed.pipeline;

import org.jspecify.annotations.NullMarked;
