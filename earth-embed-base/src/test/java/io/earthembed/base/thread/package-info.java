@NullMarked
package io.earthembed.base.thread;

import org.jspecify.annotations.NullMarked;
