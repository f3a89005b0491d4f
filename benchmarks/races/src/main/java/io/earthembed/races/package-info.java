/**
 * Jcstress tests of two threads that use one index, encoder or store. Each call gives a right
 * answer or an {@link IllegalStateException} that says it is closed.
 */
@NullMarked
package io.earthembed.races;

import org.jspecify.annotations.NullMarked;
