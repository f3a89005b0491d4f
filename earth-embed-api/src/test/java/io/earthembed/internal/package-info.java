@NullMarked
package io.earthembed.internal;

import org.jspecify.annotations.NullMarked;
