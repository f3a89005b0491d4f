/** Points, boxes, polygons, the Major TOM grid and UTM, all in WGS 84 degrees or in metres. */
@NullMarked
package io.earthembed.geo;

import org.jspecify.annotations.NullMarked;
