@NullMarked
package io.earthembed.base.table;

import org.jspecify.annotations.NullMarked;
