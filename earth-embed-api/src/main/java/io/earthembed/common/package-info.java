/** Types that every package uses: the exceptions, devices, and listeners to progress. */
@NullMarked
package io.earthembed.common;

import org.jspecify.annotations.NullMarked;
