/** CSV and timestamps. */
@NullMarked
package io.earthembed.base.text;

import org.jspecify.annotations.NullMarked;
