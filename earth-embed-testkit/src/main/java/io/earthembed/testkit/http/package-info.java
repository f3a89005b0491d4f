/** An HTTP server on loopback whose replies a test writes byte by byte. */
@NullMarked
package io.earthembed.testkit.http;

import org.jspecify.annotations.NullMarked;
