@org.jspecify.annotations.NullMarked
package io.earthembed.dataset;
