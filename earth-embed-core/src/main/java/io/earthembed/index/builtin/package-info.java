/** Indexes that need no engine: exact search in memory, and one index over several shards. */
@NullMarked
package io.earthembed.index.builtin;

import org.jspecify.annotations.NullMarked;
