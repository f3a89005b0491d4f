/** Runs other software beside ours, for differential tests and fuzzers. */
@NullMarked
package io.earthembed.testkit.peer;

import org.jspecify.annotations.NullMarked;
