/**
 * A collection of embeddings that changes while it is searched. {@link
 * io.earthembed.collection.CollectionWriter} adds and removes tiles; {@link
 * io.earthembed.collection.EmbeddingCollection} reads the collection, in any number of processes.
 *
 * <p>A collection is a folder of segments. A segment is immutable: a catalog, its vectors and an
 * index over them. An addition writes a new segment; a removal writes the bitmap of a segment's
 * removed rows; a merge writes one segment of the live rows of several. A manifest names the files
 * of the current version and is replaced atomically, so every reader sees a whole version.
 */
@NullMarked
package io.earthembed.collection;

import org.jspecify.annotations.NullMarked;
