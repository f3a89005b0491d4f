@NullMarked
package io.earthembed.base.file;

import org.jspecify.annotations.NullMarked;
