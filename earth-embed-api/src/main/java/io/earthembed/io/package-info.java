/**
 * Files that are there whole or not at all, and what addresses and replies of the web have in
 * common.
 */
@NullMarked
package io.earthembed.io;

import org.jspecify.annotations.NullMarked;
