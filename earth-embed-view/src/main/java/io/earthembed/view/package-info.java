/** What people look at: maps, galleries, GeoJSON, terminal tables and progress bars. */
@NullMarked
package io.earthembed.view;

import org.jspecify.annotations.NullMarked;
