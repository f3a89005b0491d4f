/** The HTTP client that range reads and downloads share. */
@NullMarked
package io.earthembed.base.http;

import org.jspecify.annotations.NullMarked;
