@NullMarked
package io.earthembed.base.http;

import org.jspecify.annotations.NullMarked;
