/** Measures how well a model retrieves pictures and texts of a labeled or captioned set. */
@NullMarked
package io.earthembed.evaluation;

import org.jspecify.annotations.NullMarked;
