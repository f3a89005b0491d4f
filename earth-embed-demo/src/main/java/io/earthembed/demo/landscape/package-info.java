/** Procedural Sentinel-2 landscapes, to try things on without imagery. */
@NullMarked
package io.earthembed.demo.landscape;

import org.jspecify.annotations.NullMarked;
