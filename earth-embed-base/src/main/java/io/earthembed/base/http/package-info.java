/** What range reads and downloads share of HTTP. */
@NullMarked
package io.earthembed.base.http;

import org.jspecify.annotations.NullMarked;
