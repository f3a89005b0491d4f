/** Tests of the generated landscapes. */
@NullMarked
package io.earthembed.testkit.landscape;

import org.jspecify.annotations.NullMarked;
