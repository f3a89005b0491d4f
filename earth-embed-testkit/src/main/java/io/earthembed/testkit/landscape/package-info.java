/** Procedural Sentinel-2 landscapes, for tests and for quickstarts without imagery. */
@NullMarked
package io.earthembed.testkit.landscape;

import org.jspecify.annotations.NullMarked;
