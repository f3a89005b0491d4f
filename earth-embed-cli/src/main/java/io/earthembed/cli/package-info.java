/**
 * The command line {@code earth-embed}. {@link io.earthembed.cli.Main} has its commands; each is a
 * class of its own, and so is each group of options that several commands have.
 */
@NullMarked
package io.earthembed.cli;

import org.jspecify.annotations.NullMarked;
