/** The catalog of an index: tile records in columns, and filters over them. */
@NullMarked
package io.earthembed.catalog;

import org.jspecify.annotations.NullMarked;
