/** A fuzzer for parsers of untrusted input. */
@NullMarked
package io.earthembed.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
