/** An HTTP server on loopback that serves files by range and injects faults. */
@NullMarked
package io.earthembed.demo.http;

import org.jspecify.annotations.NullMarked;
