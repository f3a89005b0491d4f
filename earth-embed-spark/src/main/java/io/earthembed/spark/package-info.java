/**
 * Embedding, indexing and searching whole archives on Apache Spark, on as many machines as there
 * are. What is done for a tile is what the other modules do; this one shares it out.
 */
@NullMarked
package io.earthembed.spark;

import org.jspecify.annotations.NullMarked;
