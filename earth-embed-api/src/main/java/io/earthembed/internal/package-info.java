/** Texts and URLs in messages. Exported to the modules of earth-embed only. */
@NullMarked
package io.earthembed.internal;

import org.jspecify.annotations.NullMarked;
