@NullMarked
package io.earthembed.index.builtin;

import org.jspecify.annotations.NullMarked;
