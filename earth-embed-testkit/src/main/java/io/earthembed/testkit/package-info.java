/**
 * Contract suites for plug-ins. A test extends a suite and creates an instance; the suite checks
 * every rule of the interface. The suites are in main scope so that third parties can depend on
 * them.
 */
@NullMarked
package io.earthembed.testkit;

import org.jspecify.annotations.NullMarked;
