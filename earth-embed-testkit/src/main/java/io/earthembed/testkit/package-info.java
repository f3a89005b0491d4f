/**
 * Contract suites for anybody's plug-ins: extend one in a test, say how an instance is made, and
 * every rule of the interface is checked. They live in main scope so that third parties can depend
 * on them.
 */
@NullMarked
package io.earthembed.testkit;

import org.jspecify.annotations.NullMarked;
