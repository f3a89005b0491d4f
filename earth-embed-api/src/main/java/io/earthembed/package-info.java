/**
 * The three plug points ({@link io.earthembed.Encoder}, {@link io.earthembed.EmbeddingIndex},
 * {@link io.earthembed.ImageryStore}) and the façade that joins them, {@link
 * io.earthembed.EarthExplorer}.
 */
@NullMarked
package io.earthembed;

import org.jspecify.annotations.NullMarked;
