/** Jobs on real Spark processes, started as a user starts them, with the shaded artifact. */
@NullMarked
package io.earthembed.spark;

import org.jspecify.annotations.NullMarked;
