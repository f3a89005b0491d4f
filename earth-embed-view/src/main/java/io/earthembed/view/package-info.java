/** Output for people: maps, galleries, tables, GeoJSON and other exports, progress bars. */
@NullMarked
package io.earthembed.view;

import org.jspecify.annotations.NullMarked;
