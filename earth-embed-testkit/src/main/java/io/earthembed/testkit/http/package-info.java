/** HTTP servers on loopback that serve files by range and inject faults. */
@NullMarked
package io.earthembed.testkit.http;

import org.jspecify.annotations.NullMarked;
