/**
 * The main job from end to end: pictures to an archive, embeddings, an index, searches, and what
 * people look at.
 */
@NullMarked
package io.earthembed.guides.quickstart;

import org.jspecify.annotations.NullMarked;
