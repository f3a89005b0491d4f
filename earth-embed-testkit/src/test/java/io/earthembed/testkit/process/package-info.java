@org.jspecify.annotations.NullMarked
package io.earthembed.testkit.process;
