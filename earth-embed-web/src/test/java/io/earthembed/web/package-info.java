@NullMarked
package io.earthembed.web;

import org.jspecify.annotations.NullMarked;
