/** Tests of the generated landscapes. */
@NullMarked
package io.earthembed.demo.landscape;

import org.jspecify.annotations.NullMarked;
