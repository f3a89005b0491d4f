/** Processes of their own for tests: what must not end, or fill, the one that tests run in. */
@NullMarked
package io.earthembed.testkit.process;

import org.jspecify.annotations.NullMarked;
