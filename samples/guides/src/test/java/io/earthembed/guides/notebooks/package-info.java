@org.jspecify.annotations.NullMarked
package io.earthembed.guides.notebooks;
