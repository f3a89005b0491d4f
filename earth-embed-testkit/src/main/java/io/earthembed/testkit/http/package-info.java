/** A real HTTP server on loopback that serves files by range, and misbehaves when told to. */
@NullMarked
package io.earthembed.testkit.http;

import org.jspecify.annotations.NullMarked;
