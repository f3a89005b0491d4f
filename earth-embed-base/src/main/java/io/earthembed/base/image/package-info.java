/** Image files that several modules write. */
@NullMarked
package io.earthembed.base.image;

import org.jspecify.annotations.NullMarked;
