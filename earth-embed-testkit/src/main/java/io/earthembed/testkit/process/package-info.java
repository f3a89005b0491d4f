/**
 * Runs code in separate processes, so that it can neither end the tests' process nor exhaust its
 * memory.
 */
@NullMarked
package io.earthembed.testkit.process;

import org.jspecify.annotations.NullMarked;
