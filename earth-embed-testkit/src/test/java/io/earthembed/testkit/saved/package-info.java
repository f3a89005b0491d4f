/** Files that the API saves, as somebody hostile would write them. */
@org.jspecify.annotations.NullMarked
package io.earthembed.testkit.saved;
