/** A fuzzer for parsers of what is not trusted. */
@NullMarked
package io.earthembed.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
