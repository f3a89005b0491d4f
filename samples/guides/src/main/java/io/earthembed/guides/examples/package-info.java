/** The code of README and the guides; here it compiles and runs. */
@NullMarked
package io.earthembed.guides.examples;

import org.jspecify.annotations.NullMarked;
