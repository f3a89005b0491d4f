/** Other people's software, run beside ours: differential tests and fuzzers. */
@NullMarked
package io.earthembed.testkit.peer;

import org.jspecify.annotations.NullMarked;
