/**
 * What two threads see that meet at one index, encoder or store: a right answer or an {@link
 * IllegalStateException} that says it is closed, and nothing else. For jcstress.
 */
@NullMarked
package io.earthembed.races;

import org.jspecify.annotations.NullMarked;
