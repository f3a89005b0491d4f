/**
 * Files that are there whole or not at all, what addresses and replies of the web have in common,
 * and computing that is divided among the processors.
 */
@NullMarked
package io.earthembed.io;

import org.jspecify.annotations.NullMarked;
