/**
 * Embeds, indexes and searches whole archives on Apache Spark, on any number of machines. The other
 * modules process each tile; this one distributes the work.
 */
@NullMarked
package io.earthembed.spark;

import org.jspecify.annotations.NullMarked;
