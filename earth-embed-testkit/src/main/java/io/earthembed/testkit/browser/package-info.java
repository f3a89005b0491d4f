/** Opens pages in a browser, for tests that click and type as a person does. */
@NullMarked
package io.earthembed.testkit.browser;

import org.jspecify.annotations.NullMarked;
