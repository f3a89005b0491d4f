/**
 * Jcstress tests of two threads that use one index, encoder or store. Each call returns a right
 * answer, or throws an {@link IllegalStateException} because of the close.
 */
@NullMarked
package io.earthembed.races;

import org.jspecify.annotations.NullMarked;
