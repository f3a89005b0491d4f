package io.earthembed.spark;

import java.io.Serializable;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of the tiles of a shard in a job.
 *
 * @param shard its URL
 * @param tiles number of the table's tiles in it
 * @param parts names of the complete parts that hold these tiles
 * @param failure why the shard could not be read, or null if it could
 */
record ShardResult(String shard, long tiles, Set<String> parts, @Nullable String failure)
    implements Serializable {}
