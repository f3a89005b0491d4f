package io.earthembed.spark;

import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of the tiles of a shard in a job.
 *
 * @param shard its URL
 * @param tiles number of the table's tiles in it
 * @param parts the complete parts that hold these tiles; for each, the names and lengths of its
 *     files, or none if the driver knows the part from the start of the job
 * @param assumptions what the encoder assumed of crops because it is unknown, and the number of
 *     crops that this job encoded so
 * @param failure why the shard could not be read, or null if it could
 */
record ShardResult(
    String shard,
    long tiles,
    Map<String, Map<String, Long>> parts,
    Map<String, Long> assumptions,
    @Nullable String failure)
    implements Serializable {}
