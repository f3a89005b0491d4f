/** Types that every package uses: exceptions, devices and progress listeners. */
@NullMarked
package io.earthembed.common;

import org.jspecify.annotations.NullMarked;
