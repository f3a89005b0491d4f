/** Fuzzes the files that the API saves. */
@org.jspecify.annotations.NullMarked
package io.earthembed.testkit.saved;
