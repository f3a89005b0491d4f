/** What the ordinals of an index mean: tile records in columns, filters over them, datasets. */
@NullMarked
package io.earthembed.catalog;

import org.jspecify.annotations.NullMarked;
