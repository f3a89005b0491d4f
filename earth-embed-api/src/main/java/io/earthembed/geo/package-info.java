/** Places on the Earth: points, boxes, the Major TOM grid and UTM, all WGS 84 degrees or metres. */
@NullMarked
package io.earthembed.geo;

import org.jspecify.annotations.NullMarked;
