/**
 * What notebooks show. {@link io.earthembed.view.notebook.JJavaExtension} is found by the JJava
 * kernel itself. For IJava, which looks for nothing, see {@link
 * io.earthembed.view.notebook.IJavaDisplay}. Neither kernel is needed to use this module.
 */
@org.jspecify.annotations.NullMarked
package io.earthembed.view.notebook;
