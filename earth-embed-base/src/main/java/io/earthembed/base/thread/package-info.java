/** The executor that divides computing among the processors. */
@NullMarked
package io.earthembed.base.thread;

import org.jspecify.annotations.NullMarked;
