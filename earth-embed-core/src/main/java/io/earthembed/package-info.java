/**
 * The three plug points ({@link io.earthembed.encoder.Encoder}, {@link
 * io.earthembed.index.EmbeddingIndex}, {@link io.earthembed.imagery.ImageryStore}) and the façade
 * that joins them, {@link io.earthembed.EarthExplorer}.
 */
@NullMarked
package io.earthembed;

import org.jspecify.annotations.NullMarked;
