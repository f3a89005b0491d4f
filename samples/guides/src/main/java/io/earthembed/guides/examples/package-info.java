/** The code that README and the guides show, so that it compiles and runs. */
@NullMarked
package io.earthembed.guides.examples;

import org.jspecify.annotations.NullMarked;
