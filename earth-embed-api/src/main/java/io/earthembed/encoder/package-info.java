/**
 * The first plug point: {@link io.earthembed.encoder.Encoder} turns pictures, texts or places into
 * embeddings; {@link io.earthembed.encoder.EmbeddingModel} holds the towers of one model.
 */
@NullMarked
package io.earthembed.encoder;

import org.jspecify.annotations.NullMarked;
