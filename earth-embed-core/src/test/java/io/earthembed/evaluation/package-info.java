@NullMarked
package io.earthembed.evaluation;

import org.jspecify.annotations.NullMarked;
